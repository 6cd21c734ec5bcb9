import { type Fault, fault } from '../fault.ts';
import { HW_CAM_FAULTS } from '../hw-cam/index.ts';
import { HW_CODEC_FAULTS } from '../hw-codec/index.ts';
import { both, named } from './compose.ts';

/** Drivers of video devices without what keeps a mistake of the hardware from doing harm. */
export const VIDEO_MITIGATIONS: readonly Fault[] = [
  fault({
    id: 'e2e-cam-early-done',
    mistake: 'a frame is given out while lines of it are on their way',
    breaks: ['E2E-010'],
    install: both(named(HW_CAM_FAULTS, 'hw-cam-005-no-read-back')),
  }),
  fault({
    id: 'e2e-cam-lost-done',
    mistake: 'of two frames that nobody has asked about, only the second one is given out',
    breaks: ['E2E-015'],
    install: both(named(HW_CAM_FAULTS, 'hw-cam-004-one-frame-only')),
  }),
  fault({
    id: 'e2e-cam-fault',
    mistake: 'nobody reads that the bus has ended a frame',
    breaks: ['E2E-010'],
    install: both(named(HW_CAM_FAULTS, 'hw-cam-007-takes-it-for-good')),
  }),
  fault({
    id: 'e2e-codec-partial-write',
    mistake: 'what the codec says of its job is not read',
    breaks: ['E2E-010'],
    install: both(named(HW_CODEC_FAULTS, 'hw-codec-004-no-error')),
  }),
  fault({
    id: 'e2e-codec-ref-overwrite',
    mistake: 'a picture that the next one refers to may be stored in',
    breaks: ['E2E-005', 'E2E-010'],
    install: both(named(HW_CODEC_FAULTS, 'hw-codec-002-overwrites')),
  }),
  fault({
    id: 'e2e-codec-hang',
    mistake: 'a picture may take as long as it wants',
    breaks: ['E2E-008'],
    install: both(named(HW_CODEC_FAULTS, 'hw-codec-004-no-watchdog')),
  }),
];
