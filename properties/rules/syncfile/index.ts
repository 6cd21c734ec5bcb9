import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { CHAIN_FILE_PROPERTIES } from './chains.ts';
import { DEADLINE_PROPERTIES } from './deadlines.ts';
import { INFO_PROPERTIES } from './info.ts';
import { LIFE_PROPERTIES } from './life.ts';
import { MERGE_PROPERTIES } from './merge.ts';
import { NAME_PROPERTIES } from './names.ts';
import { POLLING_PROPERTIES } from './polling.ts';

/** Properties of files that carry a fence. */
export const SYNCFILE_PROPERTIES: readonly Property[] = [
  ...LIFE_PROPERTIES,
  ...NAME_PROPERTIES,
  ...MERGE_PROPERTIES,
  ...POLLING_PROPERTIES,
  ...INFO_PROPERTIES,
  ...DEADLINE_PROPERTIES,
  ...CHAIN_FILE_PROPERTIES,
];
