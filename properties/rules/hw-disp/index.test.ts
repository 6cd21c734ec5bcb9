import { testFamily } from '../family-tests.ts';
import { HW_DISP_PROPERTIES } from './index.ts';

testFamily(HW_DISP_PROPERTIES);
