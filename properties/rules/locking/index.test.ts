import { testFamily } from '../family-tests.ts';
import { LOCKING_PROPERTIES } from './index.ts';

testFamily(LOCKING_PROPERTIES);
