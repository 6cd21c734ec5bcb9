import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { ADDING_PROPERTIES } from './adding.ts';
import { BASIC_PROPERTIES } from './basics.ts';
import { REPLACEABLE_PROPERTIES } from './replaceable.ts';
import { RESERVING_PROPERTIES } from './reserving.ts';
import { WAITING_PROPERTIES } from './waiting.ts';
import { WALKING_PROPERTIES } from './walking.ts';

/** Properties of reservation objects, as far as the holder of the lock is concerned. */
export const RESV_PROPERTIES: readonly Property[] = [
  ...BASIC_PROPERTIES,
  ...RESERVING_PROPERTIES,
  ...ADDING_PROPERTIES,
  ...REPLACEABLE_PROPERTIES,
  ...WAITING_PROPERTIES,
  ...WALKING_PROPERTIES,
];
