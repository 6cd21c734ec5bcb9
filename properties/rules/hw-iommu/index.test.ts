import { testFamily } from '../family-tests.ts';
import { HW_IOMMU_PROPERTIES } from './index.ts';

testFamily(HW_IOMMU_PROPERTIES);
