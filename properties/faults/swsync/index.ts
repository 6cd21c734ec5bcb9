import type { Fault } from '../fault.ts';
import { CLOSING_FAULTS } from './closing.ts';
import { DEADLINE_FAULTS } from './deadlines.ts';
import { MOVING_FAULTS } from './moving.ts';
import { POINT_FAULTS } from './points.ts';
import { REQUEST_FAULTS } from './requests.ts';

/** Mistakes about software timelines. */
export const SWSYNC_FAULTS: readonly Fault[] = [
  ...POINT_FAULTS,
  ...REQUEST_FAULTS,
  ...DEADLINE_FAULTS,
  ...MOVING_FAULTS,
  ...CLOSING_FAULTS,
];
