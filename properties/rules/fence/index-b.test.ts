import { testFamily } from '../family-tests.ts';
import { FENCE_B_PROPERTIES } from './index-b.ts';

testFamily(FENCE_B_PROPERTIES);
