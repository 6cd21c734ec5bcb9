import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { ARGUMENT_PROPERTIES } from './arguments.ts';
import { PINNING_PROPERTIES } from './pinning.ts';
import { TABLE_PROPERTIES } from './tables.ts';
import { USING_PROPERTIES } from './using.ts';

/** Properties of buffers that are made of pages of memory files. */
export const UDMABUF_PROPERTIES: readonly Property[] = [
  ...ARGUMENT_PROPERTIES,
  ...PINNING_PROPERTIES,
  ...USING_PROPERTIES,
  ...TABLE_PROPERTIES,
];
