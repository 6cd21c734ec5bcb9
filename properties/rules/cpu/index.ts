import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { BRACKET_PROPERTIES } from './brackets.ts';
import { REQUEST_PROPERTIES } from './requests.ts';

/** Properties of what the CPU does with buffers. */
export const CPU_PROPERTIES: readonly Property[] = [...BRACKET_PROPERTIES, ...REQUEST_PROPERTIES];
