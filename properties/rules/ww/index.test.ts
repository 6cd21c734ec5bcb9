import { testFamily } from '../family-tests.ts';
import { WW_PROPERTIES } from './index.ts';

testFamily(WW_PROPERTIES);
