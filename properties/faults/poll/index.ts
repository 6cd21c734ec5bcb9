import type { Fault } from '../fault.ts';
import { READINESS_FAULTS } from './readiness.ts';
import { SLOT_FAULTS } from './slots.ts';
import { WAITING_FAULTS } from './waiting.ts';

/** Mistakes about polling buffers. */
export const POLL_FAULTS: readonly Fault[] = [
  ...READINESS_FAULTS,
  ...SLOT_FAULTS,
  ...WAITING_FAULTS,
];
