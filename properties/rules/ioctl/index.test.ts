import { testFamily } from '../family-tests.ts';
import { IOCTL_PROPERTIES } from './index.ts';

testFamily(IOCTL_PROPERTIES);
