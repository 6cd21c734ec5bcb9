import type { Fault } from '../fault.ts';
import { CALL_FAULTS } from './calls.ts';
import { DISPLAY_DEVICE_FAULTS } from './displays.ts';
import { MEMORY_FAULTS } from './memory.ts';
import { SYNCOBJ_DEVICE_FAULTS } from './syncobjs.ts';

/** Mistakes about graphics devices and their buffers. */
export const DEV_FAULTS: readonly Fault[] = [
  ...CALL_FAULTS,
  ...MEMORY_FAULTS,
  ...SYNCOBJ_DEVICE_FAULTS,
  ...DISPLAY_DEVICE_FAULTS,
];
