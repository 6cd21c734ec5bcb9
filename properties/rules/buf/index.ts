import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { EXPORTING_PROPERTIES } from './exporting.ts';
import { IMAGES_PROPERTIES } from './images.ts';
import { MAPPING_PROPERTIES } from './mapping.ts';
import { NAMES_PROPERTIES } from './names.ts';
import { REFERENCES_PROPERTIES } from './references.ts';

/** Properties of buffers. */
export const BUF_PROPERTIES: readonly Property[] = [
  ...EXPORTING_PROPERTIES,
  ...REFERENCES_PROPERTIES,
  ...NAMES_PROPERTIES,
  ...MAPPING_PROPERTIES,
  ...IMAGES_PROPERTIES,
];
