import { testFamily } from '../family-tests.ts';
import { HW_GPU_PROPERTIES } from './index.ts';

testFamily(HW_GPU_PROPERTIES);
