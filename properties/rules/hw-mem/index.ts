import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { BUS_PROPERTIES } from './buses.ts';
import { MEMORY_PROPERTIES } from './memory.ts';

/** Properties of simulated memory and of the buses to it. */
export const HW_MEM_PROPERTIES: readonly Property[] = [...MEMORY_PROPERTIES, ...BUS_PROPERTIES];
