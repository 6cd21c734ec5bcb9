import type { Fault } from '../fault.ts';
import { BESIDE_FAULTS } from './beside.ts';
import { CALL_FAULTS } from './calls.ts';
import { DUTY_FAULTS } from './duties.ts';
import { FENCE_FAULTS } from './fences.ts';
import { FILE_FAULTS } from './files.ts';
import { HISTORY_FAULTS } from './history.ts';
import { EVENTFD_FAULTS, TRANSFER_FAULTS } from './moving.ts';
import { POINT_FAULTS } from './points.ts';
import { QUERY_FAULTS } from './queries.ts';
import { SUBMISSION_FAULTS } from './submission.ts';
import { WAIT_FAULTS } from './waiting.ts';

/** Mistakes about synchronisation objects. */
export const SYNCOBJ_FAULTS: readonly Fault[] = [
  ...CALL_FAULTS,
  ...FILE_FAULTS,
  ...FENCE_FAULTS,
  ...HISTORY_FAULTS,
  ...WAIT_FAULTS,
  ...SUBMISSION_FAULTS,
  ...POINT_FAULTS,
  ...QUERY_FAULTS,
  ...TRANSFER_FAULTS,
  ...EVENTFD_FAULTS,
  ...DUTY_FAULTS,
  ...BESIDE_FAULTS,
];
