import type { Fault } from '../fault.ts';
import { BRACKET_FAULTS } from './brackets.ts';
import { WAITING_FAULTS } from './waiting.ts';
import { REQUEST_FAULTS } from './requests.ts';

/** Mistakes about what the CPU does with buffers. */
export const CPU_FAULTS: readonly Fault[] = [
  ...WAITING_FAULTS,
  ...BRACKET_FAULTS,
  ...REQUEST_FAULTS,
];
