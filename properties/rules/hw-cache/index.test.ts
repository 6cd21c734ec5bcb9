import { testFamily } from '../family-tests.ts';
import { HW_CACHE_PROPERTIES } from './index.ts';

testFamily(HW_CACHE_PROPERTIES);
