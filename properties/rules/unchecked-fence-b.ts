import type { Unchecked } from './unchecked.ts';

/** Rules from FENCE-051 to FENCE-092 that no property checks, each with the reason. */
export const UNCHECKED_FENCE_B: readonly Unchecked[] = [];
