import { testFamily } from '../family-tests.ts';
import { FENCE_A_PROPERTIES } from './index-a.ts';

testFamily(FENCE_A_PROPERTIES);
