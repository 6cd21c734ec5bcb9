import { testFamily } from '../family-tests.ts';
import { POLL_PROPERTIES } from './index.ts';

testFamily(POLL_PROPERTIES);
