import { testFamily } from '../family-tests.ts';
import { SYNCOBJ_PROPERTIES } from './index.ts';

testFamily(SYNCOBJ_PROPERTIES);
