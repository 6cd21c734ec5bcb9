import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { CALL_PROPERTIES } from './calls.ts';
import { DISPLAY_DEVICE_PROPERTIES } from './displays.ts';
import { MEMORY_PROPERTIES } from './memory.ts';
import { SYNCOBJ_DEVICE_PROPERTIES } from './syncobjs.ts';

/** Properties of the devices that recordings use. */
export const DEV_PROPERTIES: readonly Property[] = [
  ...CALL_PROPERTIES,
  ...MEMORY_PROPERTIES,
  ...SYNCOBJ_DEVICE_PROPERTIES,
  ...DISPLAY_DEVICE_PROPERTIES,
];
