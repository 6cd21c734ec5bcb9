import type { Property } from '../../check/property.ts';
import { ENABLING_PROPERTIES } from './enabling.ts';
import { POLLING_PROPERTIES } from './polling.ts';
import { SLEEPING_PROPERTIES } from './sleeping.ts';
import { STATUS_PROPERTIES } from './status.ts';
import { TIMESTAMP_PROPERTIES } from './timestamps.ts';
import { WAITING_PROPERTIES } from './waiting.ts';

/** Properties of FENCE-051 to FENCE-092. */
export const FENCE_B_PROPERTIES: readonly Property[] = [
  ...ENABLING_PROPERTIES,
  ...POLLING_PROPERTIES,
  ...STATUS_PROPERTIES,
  ...TIMESTAMP_PROPERTIES,
  ...WAITING_PROPERTIES,
  ...SLEEPING_PROPERTIES,
];
