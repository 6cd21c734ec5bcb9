import type { Fault } from '../fault.ts';
import { ALLOCATING_FAULTS } from './allocating.ts';
import { COHERENCE_FAULTS } from './coherence.ts';
import { MEMORY_FAULTS } from './memory.ts';

/** Mistakes about DMA heaps. */
export const HEAP_FAULTS: readonly Fault[] = [
  ...ALLOCATING_FAULTS,
  ...MEMORY_FAULTS,
  ...COHERENCE_FAULTS,
];
