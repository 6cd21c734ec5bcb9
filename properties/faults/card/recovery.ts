import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { ETIME } from '../../../impl/kernel/errno.ts';
import type { GpuWork } from '../../../impl/drm/gpu/gpu-work.ts';
import type { DrmSchedJob } from '../../../impl/drm/sched/sched-job.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';
import { devices } from '../hw-gpu/engine.ts';

/** Mistakes of who handles time-outs of a card. */
export const RECOVERY_FAULTS: readonly Fault[] = [
  fault({
    id: 'contract-004-card-runs-nothing-again',
    mistake: 'after a reset nothing of what was on the ring runs again',
    breaks: ['CONTRACT-004'],
    install: (types) =>
      devices(types, ({ ScheduledGpu }) => ({
        ScheduledGpu: class extends ScheduledGpu {
          protected override *recover(work: GpuWork): KernelTask<void> {
            yield* this.gpu.recovery.startOver();
            work.isGuilty.set(true);
            yield* this.sched.increaseKarma(work.job);
            yield* this.attachAgain();
          }
        },
      })),
  }),
  fault({
    id: 'contract-004-card-blames-all',
    mistake: 'all jobs that were on the ring are guilty',
    breaks: ['CONTRACT-004'],
    install: (types) =>
      devices(types, ({ ScheduledGpu }) => ({
        ScheduledGpu: class extends ScheduledGpu {
          protected override *recover(work: GpuWork): KernelTask<void> {
            for (const job of this.sched.pending.copy()) {
              yield* job.fence.finished.setError(-ETIME);
            }
            yield* super.recover(work);
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-011-card-does-not-ring',
    mistake: 'a job that is not done is taken for one that hangs',
    breaks: ['HW-GPU-011'],
    install: (types) =>
      devices(types, ({ GpuRecovery }) => ({
        GpuRecovery: class extends GpuRecovery {
          override *ringAgain(): KernelTask<boolean> {
            return false;
          }
        },
      })),
  }),
  fault({
    id: 'sched-028-card-does-not-look',
    mistake: 'jobs that carry an error are given to the hardware',
    breaks: ['SCHED-028'],
    install: (types) =>
      devices(types, ({ ScheduledGpu }) => ({
        ScheduledGpu: class extends ScheduledGpu {
          protected override *isSkipped(): KernelTask<boolean> {
            return false;
          }
        },
      })),
  }),
  fault({
    id: 'sched-028-card-without-karma',
    mistake: 'nobody remembers who has hung the engine',
    breaks: ['SCHED-028'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        override *increaseKarma(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'sched-023-card-blames-at-once',
    mistake: 'whoever took too long is guilty, done or not',
    breaks: ['SCHED-023'],
    install: (types) =>
      devices(types, ({ ScheduledGpu }) => ({
        ScheduledGpu: class extends ScheduledGpu {
          protected override *isInnocent(): KernelTask<boolean> {
            return false;
          }
        },
      })),
  }),
  fault({
    id: 'sched-023-card-leaves-the-job',
    mistake:
      'a time-out that was none is answered without a stop, as if the job were still on its list',
    breaks: ['SCHED-023'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override reinsert(job: DrmSchedJob): void {
          this.expired.set(null);
          this.commit('reinsert');
          job.commit('reinsert', null, 0, this);
        }
      },
    }),
  }),
  fault({
    id: 'sched-023-card-takes-fences-away',
    mistake: 'jobs that are still on the ring do not get their fences back after a stop',
    breaks: ['SCHED-023'],
    install: (types) =>
      devices(types, ({ ScheduledGpu }) => ({
        ScheduledGpu: class extends ScheduledGpu {
          protected override *attachAgain(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'sched-034-card-keeps-fences',
    mistake: 'what was with a device that is gone never ends',
    breaks: ['SCHED-034'],
    install: (types) =>
      devices(types, ({ GpuRecovery }) => ({
        GpuRecovery: class extends GpuRecovery {
          override *abandon(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'sched-033-card-allocates',
    mistake: 'the fence of the ring is allocated when the job runs',
    breaks: ['SCHED-033'],
    install: (types) =>
      devices(types, ({ ScheduledGpu }) => ({
        ScheduledGpu: class extends ScheduledGpu {
          override *runJob(job: DrmSchedJob): KernelTask<DmaFence | number | null> {
            yield* this.gpu.world.memory.reserve('GFP_KERNEL');
            return yield* super.runJob(job);
          }
        },
      })),
  }),
];
