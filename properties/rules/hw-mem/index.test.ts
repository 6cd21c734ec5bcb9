import { testFamily } from '../family-tests.ts';
import { HW_MEM_PROPERTIES } from './index.ts';

testFamily(HW_MEM_PROPERTIES);
