import { testFamily } from '../family-tests.ts';
import { SWSYNC_PROPERTIES } from './index.ts';

testFamily(SWSYNC_PROPERTIES);
