import type { PageNumber } from '../../../impl/hw/physical-memory.ts';
import type { PageRequest } from '../../../impl/hw/page-allocator.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';
import { withHardware } from '../hardware-parts.ts';
import { devices } from '../hw-gpu/engine.ts';

/** A mapping that goes while the engine still uses it. */
const HASTY: Fault['install'] = (types) =>
  devices(types, ({ GpuDriver }) => ({
    GpuDriver: class extends GpuDriver {
      protected override *awaitUsers(): KernelTask<void> {}
    },
  }));

/** Memory without what keeps it from those whose it is not. */
export const MEMORY_MITIGATIONS: readonly Fault[] = [
  fault({
    id: 'e2e-stale-tlb',
    mistake: 'pages go to others while a job can still write to them',
    breaks: ['E2E-006', 'E2E-007'],
    install: HASTY,
  }),
  fault({
    id: 'e2e-early-unmap',
    mistake: 'a buffer is unmapped before its jobs are over',
    breaks: ['E2E-006'],
    install: HASTY,
  }),
  fault({
    id: 'e2e-no-clear',
    mistake: 'pages come with what their last owner left in them',
    breaks: ['E2E-007', 'E2E-018'],
    install: (types) => {
      const { PageAllocator } = types.hardware;
      return withHardware(types, {
        PageAllocator: class extends PageAllocator {
          protected override handOut(pages: readonly PageNumber[], request: PageRequest): void {
            super.handOut(pages, { ...request, isCleared: false });
          }
        },
      });
    },
  }),
  fault({
    id: 'e2e-no-sync',
    mistake: 'whoever begins to use a buffer sees what his cache has of it',
    breaks: ['E2E-011'],
    install: (types) => {
      const { CpuAccess } = types.hardware;
      return withHardware(types, {
        CpuAccess: class extends CpuAccess {
          protected override *toCpu(): KernelTask<void> {}
          protected override *toDevice(): KernelTask<void> {}
        },
      });
    },
  }),
];
