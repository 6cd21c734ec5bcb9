import type { Fault } from '../fault.ts';
import { BARRIER_FAULTS } from './barriers.ts';
import { DEADLINE_FAULTS } from './deadlines.ts';
import { ENABLING_FAULTS } from './enabling.ts';
import { ORDERING_FAULTS } from './ordering.ts';
import { POLLING_FAULTS } from './polling.ts';
import { SLEEPING_FAULTS } from './sleeping.ts';
import { STATUS_FAULTS } from './status.ts';
import { TIMESTAMP_FAULTS } from './timestamps.ts';
import { TRACING_FAULTS } from './tracing.ts';
import { WAIT_ANY_FAULTS } from './wait-any.ts';
import { WAITING_FAULTS } from './waiting.ts';

/** Faults against FENCE-051 to FENCE-092. */
export const FENCE_B_FAULTS: readonly Fault[] = [
  ...ENABLING_FAULTS,
  ...POLLING_FAULTS,
  ...STATUS_FAULTS,
  ...TIMESTAMP_FAULTS,
  ...WAITING_FAULTS,
  ...SLEEPING_FAULTS,
  ...BARRIER_FAULTS,
  ...WAIT_ANY_FAULTS,
  ...ORDERING_FAULTS,
  ...DEADLINE_FAULTS,
  ...TRACING_FAULTS,
];
