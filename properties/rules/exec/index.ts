import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { ENDING_PROPERTIES } from './ending.ts';
import { LOOPING_PROPERTIES } from './looping.ts';
import { MEMBER_PROPERTIES } from './members.ts';
import { PROGRESS_PROPERTIES } from './progress.ts';

/** Properties of transactions over several objects. */
export const EXEC_PROPERTIES: readonly Property[] = [
  ...LOOPING_PROPERTIES,
  ...MEMBER_PROPERTIES,
  ...ENDING_PROPERTIES,
  ...PROGRESS_PROPERTIES,
];
