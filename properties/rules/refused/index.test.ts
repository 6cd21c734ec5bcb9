import { testFamily } from '../family-tests.ts';
import { REFUSED_PROPERTIES } from './index.ts';

testFamily(REFUSED_PROPERTIES);
