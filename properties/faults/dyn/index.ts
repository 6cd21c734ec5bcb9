import type { Fault } from '../fault.ts';
import { MOVING_FAULTS } from './moving.ts';
import { SIDE_FAULTS } from './sides.ts';

/** Mistakes about buffers that move, and about those who follow them. */
export const DYN_FAULTS: readonly Fault[] = [...SIDE_FAULTS, ...MOVING_FAULTS];
