import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { ATTACHING_PROPERTIES } from './attaching.ts';
import { DRIVER_PROPERTIES } from './drivers.ts';
import { MAPPING_PROPERTIES } from './mapping.ts';
import { MOVING_PROPERTIES } from './moving.ts';

/** Properties of attachments. */
export const ATTACH_PROPERTIES: readonly Property[] = [
  ...ATTACHING_PROPERTIES,
  ...MAPPING_PROPERTIES,
  ...MOVING_PROPERTIES,
  ...DRIVER_PROPERTIES,
];
