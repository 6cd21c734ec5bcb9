import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { CACHE_PROPERTIES } from './caches.ts';
import { MAINTENANCE_PROPERTIES } from './maintenance.ts';

/** Properties of caches, and of keeping them in step. */
export const HW_CACHE_PROPERTIES: readonly Property[] = [
  ...CACHE_PROPERTIES,
  ...MAINTENANCE_PROPERTIES,
];
