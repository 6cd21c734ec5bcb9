import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { DRIVER_PROPERTIES } from './driver.ts';
import { ENGINE_PROPERTIES } from './engine.ts';

/** Properties of a graphics engine, and of who drives it. */
export const HW_GPU_PROPERTIES: readonly Property[] = [...ENGINE_PROPERTIES, ...DRIVER_PROPERTIES];
