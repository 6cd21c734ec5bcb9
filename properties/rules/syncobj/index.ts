import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { CALL_PROPERTIES } from './calls.ts';
import { FENCE_PROPERTIES } from './fences.ts';

/** Properties of synchronisation objects. */
export const SYNCOBJ_PROPERTIES: readonly Property[] = [...CALL_PROPERTIES, ...FENCE_PROPERTIES];
