import type { Unchecked } from './unchecked.ts';

/** Rules of FENCE-001 to FENCE-050 that no property checks, each with the reason: none. */
export const UNCHECKED_FENCE_A: readonly Unchecked[] = [];
