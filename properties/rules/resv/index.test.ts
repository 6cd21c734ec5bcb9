import { testFamily } from '../family-tests.ts';
import { RESV_PROPERTIES } from './index.ts';

testFamily(RESV_PROPERTIES);
