import { testFamily } from '../family-tests.ts';
import { HEAP_PROPERTIES } from './index.ts';

testFamily(HEAP_PROPERTIES);
