import type { Fault } from '../fault.ts';
import { SECTION_FAULTS } from './sections.ts';

/** Mistakes about the contract between drivers. */
export const CONTRACT_FAULTS: readonly Fault[] = [...SECTION_FAULTS];
