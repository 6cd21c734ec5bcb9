import type { Fault } from '../fault.ts';
import { DEPENDENCY_FAULTS } from './dependencies.ts';
import { RUNNING_FAULTS } from './running.ts';
import { TIMEOUT_FAULTS } from './timeouts.ts';
import { RECOVERY_FAULTS } from './recovery.ts';
import { ENDING_FAULTS } from './ending.ts';
import { PLACING_FAULTS } from './placing.ts';
import { SELECTION_FAULTS } from './selection.ts';
import { WAITING_FAULTS } from './waiting.ts';
import { JOB_FAULTS } from './jobs.ts';

/** Mistakes about the GPU scheduler. */
export const SCHED_FAULTS: readonly Fault[] = [
  ...JOB_FAULTS,
  ...DEPENDENCY_FAULTS,
  ...WAITING_FAULTS,
  ...SELECTION_FAULTS,
  ...RUNNING_FAULTS,
  ...TIMEOUT_FAULTS,
  ...RECOVERY_FAULTS,
  ...ENDING_FAULTS,
  ...PLACING_FAULTS,
];
