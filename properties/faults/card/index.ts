import type { Fault } from '../fault.ts';
import { FENCE_FAULTS } from './fences.ts';
import { JOB_FAULTS } from './jobs.ts';
import { MOVE_FAULTS } from './moves.ts';
import { RECOVERY_FAULTS } from './recovery.ts';
import { SCREEN_FAULTS } from './screens.ts';

/** Mistakes of drivers on top of simulated hardware. */
export const CARD_FAULTS: readonly Fault[] = [
  ...JOB_FAULTS,
  ...RECOVERY_FAULTS,
  ...FENCE_FAULTS,
  ...SCREEN_FAULTS,
  ...MOVE_FAULTS,
];
