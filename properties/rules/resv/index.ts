import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { ADDING_PROPERTIES } from './adding.ts';
import { ASKING_PROPERTIES } from './asking.ts';
import { BASIC_PROPERTIES } from './basics.ts';
import { CURSOR_PROPERTIES } from './cursors.ts';
import { JOB_PROPERTIES } from './jobs.ts';
import { LOCK_PROPERTIES } from './locks.ts';
import { NESTING_PROPERTIES } from './nesting.ts';
import { REPLACEABLE_PROPERTIES } from './replaceable.ts';
import { RESERVING_PROPERTIES } from './reserving.ts';
import { REWRITING_PROPERTIES } from './rewriting.ts';
import { BESIDE_PROPERTIES } from './waiting-beside.ts';
import { WAITING_PROPERTIES } from './waiting.ts';
import { WALKING_PROPERTIES } from './walking.ts';

/** Properties of reservation objects. */
export const RESV_PROPERTIES: readonly Property[] = [
  ...BASIC_PROPERTIES,
  ...RESERVING_PROPERTIES,
  ...ADDING_PROPERTIES,
  ...REPLACEABLE_PROPERTIES,
  ...WAITING_PROPERTIES,
  ...WALKING_PROPERTIES,
  ...LOCK_PROPERTIES,
  ...REWRITING_PROPERTIES,
  ...ASKING_PROPERTIES,
  ...CURSOR_PROPERTIES,
  ...JOB_PROPERTIES,
  ...NESTING_PROPERTIES,
  ...BESIDE_PROPERTIES,
];
