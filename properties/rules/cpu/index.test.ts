import { testFamily } from '../family-tests.ts';
import { CPU_PROPERTIES } from './index.ts';

testFamily(CPU_PROPERTIES);
