import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { LOCK_PROPERTIES } from './locks.ts';
import { FAULTING_PROPERTIES } from './faulting.ts';
import { ORIGIN_PROPERTIES } from './origins.ts';
import { PROGRESS_PROPERTIES } from './progress.ts';
import { SECTION_PROPERTIES } from './sections.ts';

/** Properties of the contract between drivers, and of how lock proving holds them to it. */
export const CONTRACT_PROPERTIES: readonly Property[] = [
  ...PROGRESS_PROPERTIES,
  ...LOCK_PROPERTIES,
  ...ORIGIN_PROPERTIES,
  ...FAULTING_PROPERTIES,
  ...SECTION_PROPERTIES,
];
