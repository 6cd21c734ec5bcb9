import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { ARMING_PROPERTIES } from './arming.ts';
import { COMPLETION_PROPERTIES } from './completion.ts';
import { CONTENTS_PROPERTIES } from './contents.ts';
import { CREATION_PROPERTIES } from './creation.ts';
import { ERROR_PROPERTIES } from './errors.ts';
import { POLLING_PROPERTIES } from './polling.ts';

/** Properties of fence arrays. */
export const ARRAY_PROPERTIES: readonly Property[] = [
  ...CREATION_PROPERTIES,
  ...ARMING_PROPERTIES,
  ...COMPLETION_PROPERTIES,
  ...POLLING_PROPERTIES,
  ...ERROR_PROPERTIES,
  ...CONTENTS_PROPERTIES,
];
