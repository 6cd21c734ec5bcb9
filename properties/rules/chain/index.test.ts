import { testFamily } from '../family-tests.ts';
import { CHAIN_PROPERTIES } from './index.ts';

testFamily(CHAIN_PROPERTIES);
