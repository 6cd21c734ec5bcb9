import type { Fault } from '../fault.ts';
import { CHAIN_FILE_FAULTS } from './chains.ts';
import { DEADLINE_FAULTS } from './deadlines.ts';
import { INFO_FAULTS } from './info.ts';
import { LIFE_FAULTS } from './life.ts';
import { MERGE_FAULTS } from './merge.ts';
import { NAME_FAULTS } from './names.ts';
import { POLLING_FAULTS } from './polling.ts';

/** Mistakes about files that carry a fence. */
export const SYNCFILE_FAULTS: readonly Fault[] = [
  ...LIFE_FAULTS,
  ...NAME_FAULTS,
  ...MERGE_FAULTS,
  ...POLLING_FAULTS,
  ...INFO_FAULTS,
  ...DEADLINE_FAULTS,
  ...CHAIN_FILE_FAULTS,
];
