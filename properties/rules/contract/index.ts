import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { SECTION_PROPERTIES } from './sections.ts';

/** Properties of the contract between drivers, and of how lock proving holds them to it. */
export const CONTRACT_PROPERTIES: readonly Property[] = [...SECTION_PROPERTIES];
