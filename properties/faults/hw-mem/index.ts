import type { Fault } from '../fault.ts';
import { BUS_FAULTS } from './buses.ts';
import { MEMORY_FAULTS } from './memory.ts';

/** Mistakes about simulated memory and the buses to it. */
export const HW_MEM_FAULTS: readonly Fault[] = [...MEMORY_FAULTS, ...BUS_FAULTS];
