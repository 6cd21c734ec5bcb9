import { testFamily } from '../family-tests.ts';
import { HW_TIME_PROPERTIES } from './index.ts';

testFamily(HW_TIME_PROPERTIES);
