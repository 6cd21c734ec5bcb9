import { testFamily } from '../family-tests.ts';
import { EXEC_PROPERTIES } from './index.ts';

testFamily(EXEC_PROPERTIES);
