import type { Fault } from '../fault.ts';
import { ADDING_FAULTS } from './adding.ts';
import { ASKING_FAULTS } from './asking.ts';
import { BASIC_FAULTS } from './basics.ts';
import { CURSOR_FAULTS } from './cursors.ts';
import { LOCK_FAULTS } from './locks.ts';
import { RESERVING_FAULTS } from './reserving.ts';
import { REWRITING_FAULTS } from './rewriting.ts';
import { WAITING_FAULTS } from './waiting.ts';
import { WALKING_FAULTS } from './walking.ts';

/** Mistakes about reservation objects. */
export const RESV_FAULTS: readonly Fault[] = [
  ...BASIC_FAULTS,
  ...RESERVING_FAULTS,
  ...ADDING_FAULTS,
  ...WAITING_FAULTS,
  ...WALKING_FAULTS,
  ...LOCK_FAULTS,
  ...REWRITING_FAULTS,
  ...ASKING_FAULTS,
  ...CURSOR_FAULTS,
];
