import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { ATTACHING_PROPERTIES } from './attaching.ts';
import { ENDING_PROPERTIES } from './ending.ts';

/** Properties of vgem's fences. */
export const VGEM_PROPERTIES: readonly Property[] = [...ATTACHING_PROPERTIES, ...ENDING_PROPERTIES];
