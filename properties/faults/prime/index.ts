import type { Fault } from '../fault.ts';
import { CLOSING_FAULTS } from './closing.ts';
import { EXPORTING_FAULTS } from './exporting.ts';
import { IMPORTING_FAULTS } from './importing.ts';

/** Mistakes about sharing objects between device files. */
export const PRIME_FAULTS: readonly Fault[] = [
  ...EXPORTING_FAULTS,
  ...IMPORTING_FAULTS,
  ...CLOSING_FAULTS,
];
