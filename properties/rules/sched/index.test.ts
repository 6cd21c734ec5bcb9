import { testFamily } from '../family-tests.ts';
import { SCHED_PROPERTIES } from './index.ts';

testFamily(SCHED_PROPERTIES);
