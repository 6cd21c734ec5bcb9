import type { Fault } from '../fault.ts';
import { DRIVER_FAULTS } from './driver.ts';
import { ENGINE_FAULTS } from './engine.ts';

/** Mistakes of a graphics engine, and of its driver. */
export const HW_GPU_FAULTS: readonly Fault[] = [...ENGINE_FAULTS, ...DRIVER_FAULTS];
