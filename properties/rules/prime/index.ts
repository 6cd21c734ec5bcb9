import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { CLOSING_PROPERTIES } from './closing.ts';
import { EXPORTING_PROPERTIES } from './exporting.ts';
import { IMPORTING_PROPERTIES } from './importing.ts';

/** Properties of sharing objects between device files. */
export const PRIME_PROPERTIES: readonly Property[] = [
  ...EXPORTING_PROPERTIES,
  ...IMPORTING_PROPERTIES,
  ...CLOSING_PROPERTIES,
];
