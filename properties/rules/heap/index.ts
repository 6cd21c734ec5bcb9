import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { ALLOCATING_PROPERTIES } from './allocating.ts';
import { COHERENCE_PROPERTIES } from './coherence.ts';
import { MEMORY_PROPERTIES } from './memory.ts';

/** Properties of DMA heaps. */
export const HEAP_PROPERTIES: readonly Property[] = [
  ...ALLOCATING_PROPERTIES,
  ...MEMORY_PROPERTIES,
  ...COHERENCE_PROPERTIES,
];
