import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { TRANSLATION_PROPERTIES } from './translation.ts';
import { UNMAPPING_PROPERTIES } from './unmapping.ts';

/** Properties of the IOMMU. */
export const HW_IOMMU_PROPERTIES: readonly Property[] = [
  ...TRANSLATION_PROPERTIES,
  ...UNMAPPING_PROPERTIES,
];
