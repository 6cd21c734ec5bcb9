import { testFamily } from '../family-tests.ts';
import { CONTRACT_PROPERTIES } from './index.ts';

testFamily(CONTRACT_PROPERTIES);
