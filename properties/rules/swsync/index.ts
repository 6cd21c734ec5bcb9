import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { CLOSING_PROPERTIES } from './closing.ts';
import { MOVING_PROPERTIES } from './moving.ts';
import { POINT_PROPERTIES } from './points.ts';
import { REQUEST_PROPERTIES } from './requests.ts';

/** Properties of software timelines. */
export const SWSYNC_PROPERTIES: readonly Property[] = [
  ...POINT_PROPERTIES,
  ...REQUEST_PROPERTIES,
  ...MOVING_PROPERTIES,
  ...CLOSING_PROPERTIES,
];
