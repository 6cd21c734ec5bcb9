import type { Fault } from '../fault.ts';
import { CAPTURE_FAULTS } from './captures.ts';
import { CONTENTION_FAULTS } from './contention.ts';
import { FENCE_FAULTS } from './fences.ts';
import { ORDER_FAULTS } from './order.ts';
import { REQUEST_FAULTS } from './requests.ts';
import { RETIRING_FAULTS } from './retiring.ts';
import { SIGNAL_FAULTS } from './signals.ts';
import { WAIT_FAULTS } from './waits.ts';

/** Mistakes about display commits. */
export const KMS_FAULTS: readonly Fault[] = [
  ...REQUEST_FAULTS,
  ...FENCE_FAULTS,
  ...WAIT_FAULTS,
  ...ORDER_FAULTS,
  ...RETIRING_FAULTS,
  ...SIGNAL_FAULTS,
  ...CONTENTION_FAULTS,
  ...CAPTURE_FAULTS,
];
