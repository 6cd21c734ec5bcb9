import { testFamily } from '../family-tests.ts';
import { HW_IRQ_PROPERTIES } from './index.ts';

testFamily(HW_IRQ_PROPERTIES);
