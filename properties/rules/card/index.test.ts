import { testFamily } from '../family-tests.ts';
import { CARD_PROPERTIES } from './index.ts';

testFamily(CARD_PROPERTIES);
