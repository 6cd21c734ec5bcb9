import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { BESIDE_PROPERTIES } from './beside.ts';
import { CALL_PROPERTIES } from './calls.ts';
import { DUTY_PROPERTIES } from './duties.ts';
import { FENCE_PROPERTIES } from './fences.ts';
import { FILE_PROPERTIES } from './files.ts';
import { MOVING_PROPERTIES } from './moving.ts';
import { NO_MEMORY_PROPERTIES } from './no-memory.ts';
import { POINT_PROPERTIES } from './points.ts';
import { QUERY_PROPERTIES } from './queries.ts';
import { SUBMISSION_PROPERTIES } from './submission.ts';
import { WAIT_PROPERTIES } from './waiting.ts';

/** Properties of synchronisation objects. */
export const SYNCOBJ_PROPERTIES: readonly Property[] = [
  ...CALL_PROPERTIES,
  ...FILE_PROPERTIES,
  ...FENCE_PROPERTIES,
  ...WAIT_PROPERTIES,
  ...SUBMISSION_PROPERTIES,
  ...POINT_PROPERTIES,
  ...QUERY_PROPERTIES,
  ...MOVING_PROPERTIES,
  ...DUTY_PROPERTIES,
  ...NO_MEMORY_PROPERTIES,
  ...BESIDE_PROPERTIES,
];
