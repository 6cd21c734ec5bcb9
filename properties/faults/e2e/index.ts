import type { Fault } from '../fault.ts';
import { ENGINE_MITIGATIONS } from './engines.ts';
import { MEMORY_MITIGATIONS } from './memory.ts';
import { SOFTWARE_MITIGATIONS } from './software.ts';
import { VIDEO_MITIGATIONS } from './video.ts';

/** What the rows of the fault matrix leave out: each is seen end to end. */
export const E2E_FAULTS: readonly Fault[] = [
  ...ENGINE_MITIGATIONS,
  ...MEMORY_MITIGATIONS,
  ...SOFTWARE_MITIGATIONS,
  ...VIDEO_MITIGATIONS,
];
