import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { MERGED_ARRAY_PROPERTIES } from './array.ts';
import { CHAIN_WALK_PROPERTIES } from './chains.ts';
import { MERGE_PROPERTIES } from './merge.ts';
import { MERGE_RACE_PROPERTIES } from './races.ts';

/** Properties of walking through containers, and merging. */
export const UNWRAP_PROPERTIES: readonly Property[] = [
  ...MERGED_ARRAY_PROPERTIES,
  ...CHAIN_WALK_PROPERTIES,
  ...MERGE_PROPERTIES,
  ...MERGE_RACE_PROPERTIES,
];
