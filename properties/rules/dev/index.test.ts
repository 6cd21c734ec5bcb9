import { testFamily } from '../family-tests.ts';
import { DEV_PROPERTIES } from './index.ts';

testFamily(DEV_PROPERTIES);
