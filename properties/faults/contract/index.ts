import type { Fault } from '../fault.ts';
import { LOCK_FAULTS } from './locks.ts';
import { PROGRESS_FAULTS } from './progress.ts';
import { SHARING_FAULTS } from './sharing.ts';
import { SECTION_FAULTS } from './sections.ts';

/** Mistakes about the contract between drivers. */
export const CONTRACT_FAULTS: readonly Fault[] = [
  ...PROGRESS_FAULTS,
  ...LOCK_FAULTS,
  ...SHARING_FAULTS,
  ...SECTION_FAULTS,
];
