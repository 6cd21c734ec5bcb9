import type { Fault } from '../fault.ts';
import { ATTACHING_FAULTS } from './attaching.ts';
import { ENDING_FAULTS } from './ending.ts';

/** Mistakes about vgem's fences. */
export const VGEM_FAULTS: readonly Fault[] = [...ATTACHING_FAULTS, ...ENDING_FAULTS];
