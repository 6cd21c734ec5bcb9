import { testFamily } from '../family-tests.ts';
import { ARRAY_PROPERTIES } from './index.ts';

testFamily(ARRAY_PROPERTIES);
