import type { Unchecked } from './unchecked.ts';

/** Rules about arrays and merges that no property checks, each with the reason. */
export const UNCHECKED_ARRAY: readonly Unchecked[] = [
  {
    rule: 'UNWRAP-003',
    reason: 'it is about the head node of a chain and its predecessors, and chains are not built',
  },
  {
    rule: 'UNWRAP-004',
    reason: 'the only reference that a cursor owns is on a chain node, and chains are not built',
  },
  {
    rule: 'UNWRAP-005',
    reason: 'a childless array ends the walk early only if a chain goes on behind it',
  },
];
