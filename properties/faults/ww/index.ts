import type { Fault } from '../fault.ts';
import { CONTEXT_FAULTS } from './contexts.ts';
import { DRIVER_FAULTS } from './drivers.ts';
import { GIVING_WAY_FAULTS } from './giving-way.ts';
import { LOCKING_FAULTS } from './locking.ts';
import { REPORT_FAULTS } from './reports.ts';
import { UNLOCKING_FAULTS } from './unlocking.ts';

/** Mistakes about wound/wait mutexes. */
export const WW_FAULTS: readonly Fault[] = [
  ...CONTEXT_FAULTS,
  ...LOCKING_FAULTS,
  ...GIVING_WAY_FAULTS,
  ...UNLOCKING_FAULTS,
  ...REPORT_FAULTS,
  ...DRIVER_FAULTS,
];
