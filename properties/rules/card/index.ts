import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { FENCE_PROPERTIES } from './fences.ts';
import { JOB_PROPERTIES } from './jobs.ts';
import { MOVE_PROPERTIES } from './moves.ts';
import { RECOVERY_PROPERTIES } from './recovery.ts';
import { SCREEN_PROPERTIES } from './screens.ts';

/** Properties of drivers on top of simulated hardware; their rules are those of other families. */
export const CARD_PROPERTIES: readonly Property[] = [
  ...JOB_PROPERTIES,
  ...RECOVERY_PROPERTIES,
  ...FENCE_PROPERTIES,
  ...SCREEN_PROPERTIES,
  ...MOVE_PROPERTIES,
];
