import { testFamily } from '../family-tests.ts';
import { UDMABUF_PROPERTIES } from './index.ts';

testFamily(UDMABUF_PROPERTIES);
