import type { Fault } from '../fault.ts';
import { ADDING_FAULTS } from './adding.ts';
import { BASIC_FAULTS } from './basics.ts';
import { RESERVING_FAULTS } from './reserving.ts';
import { WAITING_FAULTS } from './waiting.ts';
import { WALKING_FAULTS } from './walking.ts';

/** Mistakes about reservation objects. */
export const RESV_FAULTS: readonly Fault[] = [
  ...BASIC_FAULTS,
  ...RESERVING_FAULTS,
  ...ADDING_FAULTS,
  ...WAITING_FAULTS,
  ...WALKING_FAULTS,
];
