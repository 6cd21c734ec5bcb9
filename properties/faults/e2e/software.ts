import { DMA_RESV_USAGE_READ, type ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EVICT_FAULTS } from '../evict/index.ts';
import { EXEC_FAULTS } from '../exec/index.ts';
import { type Fault, fault } from '../fault.ts';
import { HW_DISP_FAULTS } from '../hw-disp/index.ts';
import { devices } from '../hw-gpu/engine.ts';
import { PRIME_FAULTS } from '../prime/index.ts';
import { both, named } from './compose.ts';

/** Screens and software without what keeps frames whole, buffers in order, and tasks going. */
export const SOFTWARE_MITIGATIONS: readonly Fault[] = [
  fault({
    id: 'e2e-lost-vblank',
    mistake: 'a frame of which no interrupt has told is never told of',
    breaks: ['E2E-003'],
    install: both(named(HW_DISP_FAULTS, 'hw-disp-009-this-frame-only')),
  }),
  fault({
    id: 'e2e-spurious-vblank',
    mistake: 'an interrupt is a frame that is shown',
    breaks: ['E2E-001', 'E2E-005'],
    install: both(named(HW_DISP_FAULTS, 'hw-disp-010-believes')),
  }),
  fault({
    id: 'e2e-straddle',
    mistake: 'planes are programmed right before the blank lines, too',
    breaks: ['E2E-001'],
    install: (types) =>
      devices(types, ({ CrtcDriver }) => ({
        CrtcDriver: class extends CrtcDriver {
          protected override *evade(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'e2e-commit-order',
    mistake: 'a commit does not wait for the one before it',
    breaks: ['E2E-002'],
    install: (types) =>
      devices(types, ({ CrtcCommits }) => ({
        CrtcCommits: class extends CrtcCommits {
          protected override *awaitPrevious(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'e2e-read-for-write',
    mistake: 'whoever draws a frame counts as a reader of it',
    breaks: ['E2E-001', 'E2E-017'],
    install: (types) =>
      devices(types, ({ FrameSync }) => ({
        FrameSync: class extends FrameSync {
          protected override get usage(): ResvUsage {
            return DMA_RESV_USAGE_READ;
          }
        },
      })),
  }),
  fault({
    id: 'e2e-plain-locks',
    mistake: 'reservations are locked in the order of the list, without a ticket',
    breaks: ['E2E-012'],
    install: both(named(EXEC_FAULTS, 'exec-009-plain-locks')),
  }),
  fault({
    id: 'e2e-leak-attach',
    mistake: 'an import that fails leaves its attachment',
    breaks: ['E2E-013'],
    install: both(named(PRIME_FAULTS, 'prime-005-stays-attached')),
  }),
  fault({
    id: 'e2e-move-no-fence',
    mistake: 'a move adds no fence for those who come behind it',
    breaks: ['E2E-016'],
    install: both(named(EVICT_FAULTS, 'evict-003-no-fence')),
  }),
];
