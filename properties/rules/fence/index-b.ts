import type { Property } from '../../check/property.ts';
import { DEADLINE_PROPERTIES } from './deadlines.ts';
import { ENABLING_PROPERTIES } from './enabling.ts';
import { ORDERING_PROPERTIES } from './ordering.ts';
import { POLLING_PROPERTIES } from './polling.ts';
import { SLEEPING_PROPERTIES } from './sleeping.ts';
import { STATUS_PROPERTIES } from './status.ts';
import { TIMESTAMP_PROPERTIES } from './timestamps.ts';
import { TRACING_PROPERTIES } from './tracing.ts';
import { WAIT_ANY_PROPERTIES } from './wait-any.ts';
import { WAITING_PROPERTIES } from './waiting.ts';

/** Properties of FENCE-051 to FENCE-092. */
export const FENCE_B_PROPERTIES: readonly Property[] = [
  ...ENABLING_PROPERTIES,
  ...POLLING_PROPERTIES,
  ...STATUS_PROPERTIES,
  ...TIMESTAMP_PROPERTIES,
  ...WAITING_PROPERTIES,
  ...SLEEPING_PROPERTIES,
  ...WAIT_ANY_PROPERTIES,
  ...ORDERING_PROPERTIES,
  ...DEADLINE_PROPERTIES,
  ...TRACING_PROPERTIES,
];
