import type { Fault } from '../fault.ts';
import { COMPLETING_FAULTS } from './completing.ts';
import { FINDING_FAULTS } from './finding.ts';
import { MAKING_FAULTS } from './making.ts';
import { WALKING_FAULTS } from './walking.ts';

/** Mistakes about fence chains. */
export const CHAIN_FAULTS: readonly Fault[] = [
  ...MAKING_FAULTS,
  ...WALKING_FAULTS,
  ...FINDING_FAULTS,
  ...COMPLETING_FAULTS,
];
