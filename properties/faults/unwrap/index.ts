import type { Fault } from '../fault.ts';
import { MERGED_ARRAY_FAULTS } from './array.ts';
import { CHAIN_WALK_FAULTS } from './chains.ts';
import { MERGE_FAULTS } from './merge.ts';

/** Mistakes about walking through containers, and merging. */
export const UNWRAP_FAULTS: readonly Fault[] = [
  ...MERGE_FAULTS,
  ...MERGED_ARRAY_FAULTS,
  ...CHAIN_WALK_FAULTS,
];
