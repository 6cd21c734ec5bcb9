import { testFamily } from '../family-tests.ts';
import { HW_DMA_PROPERTIES } from './index.ts';

testFamily(HW_DMA_PROPERTIES);
