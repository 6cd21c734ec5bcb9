import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { CONVENTION_PROPERTIES } from './convention.ts';
import { DUTY_PROPERTIES } from './duty-rules.ts';
import { TAKING_PROPERTIES } from './taking.ts';

/** Properties of the locking convention, and of what its two sides owe each other. */
export const LOCKING_PROPERTIES: readonly Property[] = [
  ...CONVENTION_PROPERTIES,
  ...TAKING_PROPERTIES,
  ...DUTY_PROPERTIES,
];
