import { testFamily } from '../family-tests.ts';
import { VGEM_PROPERTIES } from './index.ts';

testFamily(VGEM_PROPERTIES);
