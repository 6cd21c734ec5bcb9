import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { READINESS_PROPERTIES } from './readiness.ts';
import { SLOT_PROPERTIES } from './slots.ts';
import { WAITING_PROPERTIES } from './waiting.ts';

/** Properties of polling buffers. */
export const POLL_PROPERTIES: readonly Property[] = [
  ...READINESS_PROPERTIES,
  ...SLOT_PROPERTIES,
  ...WAITING_PROPERTIES,
];
