import type { Fault } from '../fault.ts';
import { ENABLING_FAULTS } from './enabling.ts';
import { POLLING_FAULTS } from './polling.ts';
import { SLEEPING_FAULTS } from './sleeping.ts';
import { STATUS_FAULTS } from './status.ts';
import { TIMESTAMP_FAULTS } from './timestamps.ts';
import { WAITING_FAULTS } from './waiting.ts';

/** Faults against FENCE-051 to FENCE-092. */
export const FENCE_B_FAULTS: readonly Fault[] = [
  ...ENABLING_FAULTS,
  ...POLLING_FAULTS,
  ...STATUS_FAULTS,
  ...TIMESTAMP_FAULTS,
  ...WAITING_FAULTS,
  ...SLEEPING_FAULTS,
];
