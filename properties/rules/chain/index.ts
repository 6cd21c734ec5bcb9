import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { COMPLETING_PROPERTIES } from './completing.ts';
import { FINDING_PROPERTIES } from './finding.ts';
import { MAKING_PROPERTIES } from './making.ts';
import { WALKING_PROPERTIES } from './walking.ts';

/** Properties of fence chains. */
export const CHAIN_PROPERTIES: readonly Property[] = [
  ...MAKING_PROPERTIES,
  ...WALKING_PROPERTIES,
  ...FINDING_PROPERTIES,
  ...COMPLETING_PROPERTIES,
];
