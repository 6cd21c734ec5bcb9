import { testFamily } from '../family-tests.ts';
import { PRIME_PROPERTIES } from './index.ts';

testFamily(PRIME_PROPERTIES);
