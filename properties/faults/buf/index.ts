import type { Fault } from '../fault.ts';
import { EXPORTING_FAULTS } from './exporting.ts';
import { IMAGES_FAULTS } from './images.ts';
import { MAPPING_FAULTS } from './mapping.ts';
import { NAMES_FAULTS } from './names.ts';
import { REFERENCES_FAULTS } from './references.ts';
import { VMAP_FAULTS } from './vmap.ts';

/** Mistakes about buffers. */
export const BUF_FAULTS: readonly Fault[] = [
  ...EXPORTING_FAULTS,
  ...REFERENCES_FAULTS,
  ...NAMES_FAULTS,
  ...MAPPING_FAULTS,
  ...VMAP_FAULTS,
  ...IMAGES_FAULTS,
];
