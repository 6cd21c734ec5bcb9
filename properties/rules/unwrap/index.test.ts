import { testFamily } from '../family-tests.ts';
import { UNWRAP_PROPERTIES } from './index.ts';

testFamily(UNWRAP_PROPERTIES);
