import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { MOVING_PROPERTIES } from './moving.ts';
import { PLACE_PROPERTIES } from './places.ts';
import { SIDE_PROPERTIES } from './sides.ts';

/** Properties of buffers that move, and of those who follow them. */
export const DYN_PROPERTIES: readonly Property[] = [
  ...SIDE_PROPERTIES,
  ...MOVING_PROPERTIES,
  ...PLACE_PROPERTIES,
];
