import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { ENDING_PROPERTIES } from './ending.ts';
import { LEAVING_PROPERTIES } from './leaving.ts';
import { MAKING_ROOM_PROPERTIES } from './making-room.ts';
import { MOVING_PROPERTIES } from './moving.ts';

/** Properties of objects that move. */
export const EVICT_PROPERTIES: readonly Property[] = [
  ...MAKING_ROOM_PROPERTIES,
  ...MOVING_PROPERTIES,
  ...LEAVING_PROPERTIES,
  ...ENDING_PROPERTIES,
];
