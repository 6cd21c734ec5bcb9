import type { Fault } from '../fault.ts';
import { ENDING_FAULTS } from './ending.ts';
import { LEAVING_FAULTS } from './leaving.ts';
import { MAKING_ROOM_FAULTS } from './making-room.ts';
import { MOVING_FAULTS } from './moving.ts';

/** Mistakes about objects that move. */
export const EVICT_FAULTS: readonly Fault[] = [
  ...MAKING_ROOM_FAULTS,
  ...MOVING_FAULTS,
  ...LEAVING_FAULTS,
  ...ENDING_FAULTS,
];
