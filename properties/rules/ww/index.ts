import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { ACQUIRING_PROPERTIES } from './acquiring.ts';
import { BACKING_OFF_PROPERTIES } from './backing-off.ts';
import { BASIC_PROPERTIES } from './basics.ts';
import { NESTING_PROPERTIES } from './nesting.ts';
import { PROGRESS_PROPERTIES } from './progress.ts';
import { UNLOCKING_PROPERTIES } from './unlocking.ts';
import { WAIT_DIE_PROPERTIES } from './wait-die.ts';
import { WOUND_WAIT_PROPERTIES } from './wound-wait.ts';

/** Properties of wound/wait mutexes. */
export const WW_PROPERTIES: readonly Property[] = [
  ...BASIC_PROPERTIES,
  ...ACQUIRING_PROPERTIES,
  ...WAIT_DIE_PROPERTIES,
  ...WOUND_WAIT_PROPERTIES,
  ...BACKING_OFF_PROPERTIES,
  ...UNLOCKING_PROPERTIES,
  ...NESTING_PROPERTIES,
  ...PROGRESS_PROPERTIES,
];
