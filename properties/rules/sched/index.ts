import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { DEPENDENCY_PROPERTIES } from './dependencies.ts';
import { RUNNING_PROPERTIES } from './running.ts';
import { TIMEOUT_PROPERTIES } from './timeouts.ts';
import { RECOVERY_PROPERTIES } from './recovery.ts';
import { ENDING_PROPERTIES } from './ending.ts';
import { PLACING_PROPERTIES } from './placing.ts';
import { SELECTION_PROPERTIES } from './selection.ts';
import { WAITING_PROPERTIES } from './waiting.ts';
import { JOB_PROPERTIES } from './jobs.ts';

/** Properties of the GPU scheduler. */
export const SCHED_PROPERTIES: readonly Property[] = [
  ...JOB_PROPERTIES,
  ...DEPENDENCY_PROPERTIES,
  ...WAITING_PROPERTIES,
  ...SELECTION_PROPERTIES,
  ...RUNNING_PROPERTIES,
  ...TIMEOUT_PROPERTIES,
  ...RECOVERY_PROPERTIES,
  ...ENDING_PROPERTIES,
  ...PLACING_PROPERTIES,
];
