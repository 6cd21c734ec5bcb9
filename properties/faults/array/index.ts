import type { Fault } from '../fault.ts';
import { ARMING_FAULTS } from './arming.ts';
import { COMPLETION_FAULTS } from './completion.ts';
import { CONTENTS_FAULTS } from './contents.ts';
import { CREATION_FAULTS } from './creation.ts';
import { ERROR_FAULTS } from './errors.ts';
import { POLLING_FAULTS } from './polling.ts';

/** Mistakes about fence arrays. */
export const ARRAY_FAULTS: readonly Fault[] = [
  ...CREATION_FAULTS,
  ...ARMING_FAULTS,
  ...COMPLETION_FAULTS,
  ...POLLING_FAULTS,
  ...ERROR_FAULTS,
  ...CONTENTS_FAULTS,
];
