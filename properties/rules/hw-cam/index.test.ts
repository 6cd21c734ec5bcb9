import { testFamily } from '../family-tests.ts';
import { HW_CAM_PROPERTIES } from './index.ts';

testFamily(HW_CAM_PROPERTIES);
