import { testFamily } from '../family-tests.ts';
import { EVICT_PROPERTIES } from './index.ts';

testFamily(EVICT_PROPERTIES);
