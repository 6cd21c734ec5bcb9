import type { Property } from '../../check/property.ts';
import { CREATION_PROPERTIES } from './creation.ts';

/** Properties of FENCE-001 to FENCE-050. */
export const FENCE_A_PROPERTIES: readonly Property[] = [...CREATION_PROPERTIES];
