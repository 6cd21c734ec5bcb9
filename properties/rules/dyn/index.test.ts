import { testFamily } from '../family-tests.ts';
import { DYN_PROPERTIES } from './index.ts';

testFamily(DYN_PROPERTIES);
