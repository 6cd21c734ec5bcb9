import type { Fault } from '../fault.ts';
import { ENDING_FAULTS } from './ending.ts';
import { LOOPING_FAULTS } from './looping.ts';
import { MEMBER_FAULTS } from './members.ts';
import { PROGRESS_FAULTS } from './progress.ts';

/** Mistakes about transactions over several objects. */
export const EXEC_FAULTS: readonly Fault[] = [
  ...LOOPING_FAULTS,
  ...MEMBER_FAULTS,
  ...ENDING_FAULTS,
  ...PROGRESS_FAULTS,
];
