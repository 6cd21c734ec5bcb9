import { testFamily } from '../family-tests.ts';
import { VB2_PROPERTIES } from './index.ts';

testFamily(VB2_PROPERTIES);
