import { testFamily } from '../family-tests.ts';
import { ATTACH_PROPERTIES } from './index.ts';

testFamily(ATTACH_PROPERTIES);
