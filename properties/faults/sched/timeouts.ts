import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import {
  DRM_GPU_SCHED_STAT_ENODEV,
  DRM_GPU_SCHED_STAT_NOMINAL,
  type SchedStat,
} from '../../../impl/drm/sched/sched-ops.ts';
import { DRM_SCHED_FENCE_FLAG_HAS_DEADLINE } from '../../../impl/drm/sched/sched-fence.ts';
import type { DrmSchedJob } from '../../../impl/drm/sched/sched-job.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ECANCELED } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about deadlines, and about time that is up. */
export const TIMEOUT_FAULTS: readonly Fault[] = [
  fault({
    id: 'sched-021-latest-wins',
    mistake: 'a later deadline replaces an earlier one',
    breaks: ['SCHED-021'],
    install: (types) => ({
      DrmSchedFence: class extends types.DrmSchedFence {
        protected override isKept(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'sched-021-not-at-run',
    mistake: 'a deadline that came before the hardware had the job is not passed on',
    breaks: ['SCHED-021'],
    install: (types) => ({
      DrmSchedFence: class extends types.DrmSchedFence {
        protected override *forwardDeadline(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'sched-021-looks-before-it-stores',
    mistake:
      'whether there is a deadline is looked up before the fence of the hardware is in place',
    breaks: ['SCHED-021'],
    install: (types) => ({
      DrmSchedFence: class extends types.DrmSchedFence {
        private isWanted = false;

        override *setParent(parent: DmaFence): KernelTask<void> {
          this.isWanted = yield* this.finished.flags.test(DRM_SCHED_FENCE_FLAG_HAS_DEADLINE);
          yield* super.setParent(parent);
        }

        protected override *forwardDeadline(parent: DmaFence): KernelTask<void> {
          if (this.isWanted) yield* super.forwardDeadline(parent);
        }
      },
    }),
  }),
  fault({
    id: 'sched-021-stores-late',
    mistake: 'the fence of the hardware is stored without a full barrier, as it is in 6.12',
    breaks: ['SCHED-021'],
    install: (types) => ({
      DrmSchedFence: class extends types.DrmSchedFence {
        protected override *storeParent(parent: DmaFence): KernelTask<void> {
          yield* this.parent.write(parent);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SCHED-08',
    mistake: 'the end of a job disarms the timer, which covers another one by then',
    breaks: ['SCHED-022'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *finishedJob(): KernelTask<DrmSchedJob | null> {
          const job = yield* super.finishedJob();
          if (job !== null) this.timeoutWork.cancel();
          return job;
        }
      },
    }),
  }),
  fault({
    id: 'sched-022-begins-anew',
    mistake: 'the time of the head begins anew with each job that begins',
    breaks: ['SCHED-022'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override get restartsTimer(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'sched-022-never-anew',
    mistake: 'a scheduler that is as odd as that of 6.12 gives the head no time more',
    breaks: ['SCHED-022'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override get restartsTimer(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'sched-022-first-only',
    mistake: 'a job that becomes the head gets what its predecessor has left of its time',
    breaks: ['SCHED-022'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *finishedJob(): KernelTask<DrmSchedJob | null> {
          yield* this.jobListLock.acquire();
          const head = this.pending.at(0);
          const isDone = head !== null && (yield* head.fence.finished.isSignaled());
          if (head !== null && isDone) this.unlist(head);
          this.jobListLock.release();
          return isDone ? head : null;
        }
      },
    }),
  }),
  fault({
    id: 'sched-023-stays-listed',
    mistake: 'the head stays on the list while the driver looks at it',
    breaks: ['SCHED-023'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        override *jobTimedOut(): KernelTask<void> {
          yield* this.jobListLock.acquire();
          const job = this.pending.at(0);
          this.jobListLock.release();
          if (job === null) return;
          const status = yield* this.handleTimeout(job);
          yield* this.putBack(status);
        }

        protected override reinsert(): void {}
      },
    }),
  }),
  fault({
    id: 'sched-024-behind-the-others',
    mistake: 'a job whose time-out was none goes to the end of the list',
    breaks: ['SCHED-024'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override reinsert(job: DrmSchedJob): void {
          super.reinsert(job);
          this.pending.remove(job);
          this.pending.push(job);
        }
      },
    }),
  }),
  fault({
    id: 'sched-024-never-loses',
    mistake: 'a scheduler that is as odd as that of 6.12 keeps jobs whose time-out was none',
    breaks: ['SCHED-024'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override get losesSpurious(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'sched-034-arms-again',
    mistake: 'the timer goes on though the device is gone',
    breaks: ['SCHED-034'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *putBack(): KernelTask<void> {
          yield* super.putBack(DRM_GPU_SCHED_STAT_NOMINAL);
        }
      },
    }),
  }),
  fault({
    id: 'sched-034-once-is-enough',
    mistake: 'time that was up for no reason is not measured again',
    breaks: ['SCHED-034'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *putBack(): KernelTask<void> {
          yield* super.putBack(DRM_GPU_SCHED_STAT_ENODEV);
        }
      },
    }),
  }),
  fault({
    id: 'sched-034-never-arms',
    mistake: 'nothing arms the timer of a device that was gone',
    breaks: ['SCHED-034'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        private isGone = false;

        protected override *putBack(status: SchedStat): KernelTask<void> {
          this.isGone = status === DRM_GPU_SCHED_STAT_ENODEV;
          yield* super.putBack(status);
        }

        protected override get hasTimeout(): boolean {
          return super.hasTimeout && !this.isGone;
        }
      },
    }),
  }),
  fault({
    id: 'sched-035-credits-lost',
    mistake: 'a job that is not on the list gives no credits back',
    breaks: ['SCHED-035'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *giveBack(job: DrmSchedJob, why: 'done' | 'detach'): KernelTask<void> {
          if (this.pending.includes(job)) yield* super.giveBack(job, why);
        }
      },
    }),
  }),
  fault({
    id: 'sched-035-cancels-finished',
    mistake: 'a job that is done when it is put back is cancelled all the same',
    breaks: ['SCHED-035'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        override *stop(bad: DrmSchedJob | null): KernelTask<void> {
          if (bad !== null) yield* bad.fence.finished.error.write(-ECANCELED);
          yield* super.stop(bad);
        }
      },
    }),
  }),
];
