import { DMA_STATUS_DONE } from '../../../impl/hw/dma/dma-registers.ts';
import type { GpuJob } from '../../../impl/drm/gpu/gpu-job.ts';
import { ETIME } from '../../../impl/kernel/errno.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';
import { HW_DMA_FAULTS } from '../hw-dma/index.ts';
import { DRIVER_FAULTS } from '../hw-gpu/driver.ts';
import { devices } from '../hw-gpu/engine.ts';
import { both, named } from './compose.ts';

/** Nobody watches how long a job of the graphics engine takes. */
const PATIENT = fault({
  id: 'e2e-gpu-hang',
  mistake: 'a job of the graphics engine may take as long as it wants',
  breaks: ['E2E-008'],
  install: (types) =>
    devices(types, ({ GpuRecovery }) => ({
      GpuRecovery: class extends GpuRecovery {
        override arm(): void {}
      },
    })),
});

/** The same of the copying engine. */
const PATIENT_COPIES = fault({
  id: 'e2e-dma-hang',
  mistake: 'a copy may take as long as it wants',
  breaks: ['E2E-008'],
  install: (types) =>
    devices(types, ({ CopyDriver }) => ({
      CopyDriver: class extends CopyDriver {
        constructor(...[stack, hardware]: ConstructorParameters<typeof CopyDriver>) {
          super(stack, hardware, Infinity);
        }
      },
    })),
});

/** Drivers of engines without what keeps a mistake of the hardware from doing harm. */
export const ENGINE_MITIGATIONS: readonly Fault[] = [
  PATIENT,
  fault({
    id: 'e2e-gpu-lost-irq',
    mistake: 'only interrupts tell of jobs that are done',
    breaks: ['E2E-008'],
    install: both(named(DRIVER_FAULTS, 'hw-gpu-009-no-fallback'), PATIENT),
  }),
  fault({
    id: 'e2e-gpu-late-irq',
    mistake: 'a job is blamed without a look at its number',
    breaks: ['E2E-009'],
    install: both(named(DRIVER_FAULTS, 'hw-gpu-010-blames-at-once')),
  }),
  fault({
    id: 'e2e-gpu-spurious-irq',
    mistake: 'an interrupt is a job that is done',
    breaks: ['E2E-004'],
    install: both(named(DRIVER_FAULTS, 'hw-gpu-008-believes')),
  }),
  fault({
    id: 'e2e-gpu-dropped-doorbell',
    mistake: 'nobody rings again',
    breaks: ['E2E-008'],
    install: both(named(DRIVER_FAULTS, 'hw-gpu-011-no-second-ring'), PATIENT),
  }),
  fault({
    id: 'e2e-gpu-no-flush',
    mistake: 'lines of a job may be in a cache when its number is written',
    breaks: ['E2E-004'],
    install: both(named(DRIVER_FAULTS, 'hw-gpu-006-no-flush')),
  }),
  fault({
    id: 'e2e-forget-on-reset',
    mistake: 'a reset ends one job and forgets the others',
    breaks: ['E2E-008', 'E2E-009'],
    install: both(named(DRIVER_FAULTS, 'hw-gpu-012-forgets-others')),
  }),
  fault({
    id: 'e2e-blame-all',
    mistake: 'every job that a reset ends is to blame',
    breaks: ['E2E-014'],
    install: (types) =>
      devices(types, ({ GpuRecovery }) => ({
        GpuRecovery: class extends GpuRecovery {
          protected override *end(job: GpuJob): KernelTask<void> {
            yield* super.end(job, -ETIME);
          }
        },
      })),
  }),
  fault({
    id: 'e2e-lossy-mask',
    mistake: 'nobody looks for what came while interrupts were masked',
    breaks: ['E2E-008'],
    install: both(
      PATIENT,
      fault({
        id: 'e2e-no-catch-up',
        mistake: 'an unmask is only that',
        breaks: ['E2E-008'],
        install: (types) =>
          devices(types, ({ GpuDriver }) => ({
            GpuDriver: class extends GpuDriver {
              protected override *catchUp(): KernelTask<void> {}
              protected override armFallback(): void {}
            },
          })),
      }),
    ),
  }),
  PATIENT_COPIES,
  fault({
    id: 'e2e-dma-partial-write',
    mistake: 'what the copying engine says of its job is not read',
    breaks: ['E2E-010'],
    install: both(named(HW_DMA_FAULTS, 'hw-dma-005-no-error')),
  }),
  fault({
    id: 'e2e-peer-reorder',
    mistake: 'what is on its way to another device is not waited for',
    breaks: ['E2E-004', 'E2E-018'],
    install: (types) =>
      devices(types, ({ CopyDriver }) => ({
        CopyDriver: class extends CopyDriver {
          protected override *flush(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'e2e-reorder',
    mistake: 'whoever hears of the end of a job takes its lines for brought',
    breaks: ['E2E-004'],
    install: (types) =>
      devices(types, ({ RelayDriver }) => ({
        RelayDriver: class extends RelayDriver {
          protected override *catchUp(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'e2e-unplug',
    mistake: 'ones that come from an engine that is gone are taken for its status',
    breaks: ['E2E-008', 'E2E-010'],
    install: both(
      PATIENT_COPIES,
      fault({
        id: 'e2e-ones-are-data',
        mistake: 'one bit of the status says that a copy is done',
        breaks: ['E2E-010'],
        install: (types) =>
          devices(types, ({ CopyDriver }) => ({
            CopyDriver: class extends CopyDriver {
              protected override codeOf(status: number): number {
                const isDone = (status & DMA_STATUS_DONE) !== 0;
                return isDone ? DMA_STATUS_DONE : super.codeOf(status);
              }
            },
          })),
      }),
    ),
  }),
];
