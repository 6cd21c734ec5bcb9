import { testFamily } from '../family-tests.ts';
import { SYNCFILE_PROPERTIES } from './index.ts';

testFamily(SYNCFILE_PROPERTIES);
