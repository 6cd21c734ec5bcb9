import { testFamily } from '../family-tests.ts';
import { HW_CODEC_PROPERTIES } from './index.ts';

testFamily(HW_CODEC_PROPERTIES);
