import { testFamily } from '../family-tests.ts';
import { E2E_PROPERTIES } from './index.ts';

// Those of single rows are tried with the fault matrix, in both ways.
testFamily(E2E_PROPERTIES.filter(({ programs }) => programs.length > 1));
