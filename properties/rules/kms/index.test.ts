import { testFamily } from '../family-tests.ts';
import { KMS_PROPERTIES } from './index.ts';

testFamily(KMS_PROPERTIES);
