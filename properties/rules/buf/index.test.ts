import { testFamily } from '../family-tests.ts';
import { BUF_PROPERTIES } from './index.ts';

testFamily(BUF_PROPERTIES);
