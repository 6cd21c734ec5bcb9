import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { STEP_PROPERTIES } from './steps.ts';
import { CLOCK_PROPERTIES } from './time.ts';

/** Properties of virtual time, and of what happens in it. */
export const HW_TIME_PROPERTIES: readonly Property[] = [...CLOCK_PROPERTIES, ...STEP_PROPERTIES];
