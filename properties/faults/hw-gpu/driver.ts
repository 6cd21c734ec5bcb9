import type { GpuJob } from '../../../impl/drm/gpu/gpu-job.ts';
import { FENCE_INTERRUPT, type GpuCommand } from '../../../impl/hw/gpu/gpu-commands.ts';
import { GPU_IRQ_STATUS } from '../../../impl/hw/gpu/gpu-registers.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';
import { devices } from './engine.ts';

/** Mistakes of whoever drives a graphics engine. */
export const DRIVER_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-gpu-002-no-barrier',
    mistake: 'the doorbell rings while commands are in the cache of the processor',
    breaks: ['HW-GPU-002'],
    install: (types) =>
      devices(types, ({ GpuRing }) => ({
        GpuRing: class extends GpuRing {
          protected override *publish(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'hw-gpu-003-no-look',
    mistake: 'the driver does not ask how far the engine is',
    breaks: ['HW-GPU-003'],
    install: (types) =>
      devices(types, ({ GpuRing }) => ({
        GpuRing: class extends GpuRing {
          override *reserve(count: number): KernelTask<boolean> {
            return this.space >= count;
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-003-one-too-many',
    mistake: 'the driver believes that the ring has one slot more',
    breaks: ['HW-GPU-003'],
    install: (types) =>
      devices(types, ({ GpuRing }) => ({
        GpuRing: class extends GpuRing {
          protected override get space(): number {
            return super.space + 2;
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-006-no-flush',
    mistake: 'fences of jobs do not ask for a flush',
    breaks: ['HW-GPU-006'],
    install: (types) =>
      devices(types, ({ GpuDriver }) => ({
        GpuDriver: class extends GpuDriver {
          protected override fenceCommand(seq: number): GpuCommand {
            return { op: 'FENCE', at: this.seqAddress, seq, flags: FENCE_INTERRUPT };
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-007-late-acknowledge',
    mistake: 'the handler reads the number before it acknowledges',
    breaks: ['HW-GPU-007'],
    install: (types) =>
      devices(types, ({ GpuDriver }) => ({
        GpuDriver: class extends GpuDriver {
          override *handle(): KernelTask<void> {
            const { mmio } = this.hardware;
            const status = yield* mmio.read(GPU_IRQ_STATUS);
            yield* this.process();
            if (status !== 0) yield* this.acknowledge(status);
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-008-one-each',
    mistake: 'an interrupt signals one fence',
    breaks: ['HW-GPU-008'],
    install: (types) =>
      devices(types, ({ GpuDriver }) => ({
        GpuDriver: class extends GpuDriver {
          protected override isDone(job: GpuJob, written: number): boolean {
            return super.isDone(job, written) && this.jobs.value[0] === job;
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-008-believes',
    mistake: 'the first job is done when an interrupt comes',
    breaks: ['HW-GPU-008'],
    install: (types) =>
      devices(types, ({ GpuDriver }) => ({
        GpuDriver: class extends GpuDriver {
          private isBelieving = false;

          override *handle(): KernelTask<void> {
            this.isBelieving = true;
            yield* super.handle();
            this.isBelieving = false;
          }

          protected override isDone(job: GpuJob, written: number): boolean {
            const isFirst = this.jobs.value[0] === job;
            return super.isDone(job, written) || (this.isBelieving && isFirst);
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-009-no-fallback',
    mistake: 'nobody looks for numbers of which no interrupt has told',
    breaks: ['HW-GPU-009'],
    install: (types) =>
      devices(types, ({ GpuDriver }) => ({
        GpuDriver: class extends GpuDriver {
          protected override armFallback(): void {}
        },
      })),
  }),
  fault({
    id: 'hw-gpu-010-blames-at-once',
    mistake: 'a job that is done is blamed because its interrupt is late',
    breaks: ['HW-GPU-010'],
    install: (types) =>
      devices(types, ({ GpuDriver, GpuRecovery }) => ({
        GpuRecovery: class extends GpuRecovery {
          protected override *synchronise(): KernelTask<void> {}
          protected override *takeIn(): KernelTask<void> {}
        },
        GpuDriver,
      })),
  }),
  fault({
    id: 'hw-gpu-011-no-second-ring',
    mistake: 'nobody asks whether the doorbell was heard',
    breaks: ['HW-GPU-011'],
    install: (types) =>
      devices(types, ({ GpuRecovery }) => ({
        GpuRecovery: class extends GpuRecovery {
          protected override *isDoorbellLost(): KernelTask<boolean> {
            return false;
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-012-forgets-others',
    mistake: 'only the guilty job ends with a reset',
    breaks: ['HW-GPU-012'],
    install: (types) =>
      devices(types, ({ GpuRecovery }) => ({
        GpuRecovery: class extends GpuRecovery {
          protected override failing(): GpuJob[] {
            return super.failing().slice(0, 1);
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-012-no-recovery',
    mistake: 'nobody resets an engine that hangs',
    breaks: ['HW-GPU-012'],
    install: (types) =>
      devices(types, ({ GpuRecovery }) => ({
        GpuRecovery: class extends GpuRecovery {
          protected override *reset(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'hw-gpu-014-no-error',
    mistake: 'the fences of jobs that a reset has ended say that all went well',
    breaks: ['HW-GPU-014', 'HW-GPU-012'],
    install: (types) =>
      devices(types, ({ GpuRecovery }) => ({
        GpuRecovery: class extends GpuRecovery {
          protected override *end(job: GpuJob): KernelTask<void> {
            yield* job.fence.signalLocked();
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-015-waits',
    mistake: 'a fault interrupt is taken for any other one',
    breaks: ['HW-GPU-015'],
    install: (types) =>
      devices(types, ({ GpuDriver }) => ({
        GpuDriver: class extends GpuDriver {
          override *handle(): KernelTask<void> {
            const status = yield* this.hardware.mmio.read(GPU_IRQ_STATUS);
            yield* this.acknowledge(status);
            yield* this.process();
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-018-plain',
    mistake: 'numbers are compared as if they did not wrap',
    breaks: ['HW-GPU-018'],
    install: (types) =>
      devices(types, ({ GpuDriver }) => ({
        GpuDriver: class extends GpuDriver {
          protected override isDone({ seq }: GpuJob, written: number): boolean {
            return seq <= written;
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-018-old-number',
    mistake: 'after a reset the number in memory is as old as before',
    breaks: ['HW-GPU-018'],
    install: (types) =>
      devices(types, ({ GpuDriver }) => ({
        GpuDriver: class extends GpuDriver {
          override *writeSeq(): KernelTask<void> {}
        },
      })),
  }),
];
