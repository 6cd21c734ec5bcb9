import type { Unchecked } from './registry.ts';

/** Rules of built families that no property checks, each with the reason. */
export const UNCHECKED: readonly Unchecked[] = [];
