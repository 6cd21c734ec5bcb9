import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DrmSchedJob } from '../../../impl/drm/sched/sched-job.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ECANCELED } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about jobs with the hardware. */
export const RUNNING_FAULTS: readonly Fault[] = [
  fault({
    id: 'sched-016-told-first',
    mistake: 'that a job was given to the hardware is told before its fence is in place',
    breaks: ['SCHED-016'],
    install: (types) => ({
      DrmSchedFence: class extends types.DrmSchedFence {
        override *signalScheduled(parent: DmaFence | null): KernelTask<void> {
          yield* super.signalScheduled(null);
          if (parent !== null) yield* this.setParent(parent);
        }
      },
    }),
  }),
  fault({
    id: 'sched-016-listed-late',
    mistake: 'a job is listed after run came back',
    breaks: ['SCHED-016'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        private isListing = false;

        protected override *jobBegin(job: DrmSchedJob): KernelTask<void> {
          if (this.isListing) yield* super.jobBegin(job);
        }

        protected override *run(job: DrmSchedJob): KernelTask<DmaFence | number | null> {
          const parent = yield* super.run(job);
          this.isListing = true;
          yield* this.jobBegin(job);
          this.isListing = false;
          return parent;
        }
      },
    }),
  }),
  fault({
    id: 'sched-016-told-before-run',
    mistake: 'that a job was given to the hardware is told before it is',
    breaks: ['SCHED-016'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *run(job: DrmSchedJob): KernelTask<DmaFence | number | null> {
          yield* job.fence.scheduled.signal();
          return yield* super.run(job);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SCHED-03',
    mistake: 'the result of a job is not stored in its fence',
    breaks: ['SCHED-017', 'SCHED-018'],
    install: (types) => ({
      DrmSchedFence: class extends types.DrmSchedFence {
        override *signalFinished(): KernelTask<void> {
          yield* super.signalFinished(0);
        }
      },
    }),
  }),
  fault({
    id: 'sched-017-misses-late',
    mistake: 'a fence that has signaled before run came back is waited for',
    breaks: ['SCHED-017'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *watch(job: DrmSchedJob, parent: DmaFence): KernelTask<void> {
          yield* parent.addCallback(job.callback);
        }
      },
    }),
  }),
  fault({
    id: 'sched-017-nothing-is-an-error',
    mistake: 'a job without a fence of the hardware is cancelled',
    breaks: ['SCHED-017'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *run(job: DrmSchedJob): KernelTask<DmaFence | number | null> {
          return (yield* super.run(job)) ?? -ECANCELED;
        }
      },
    }),
  }),
  fault({
    id: 'sched-018-first-error-stays',
    mistake: 'an error that was set before stays',
    breaks: ['SCHED-018', 'SCHED-027'],
    install: (types) => ({
      DrmSchedFence: class extends types.DrmSchedFence {
        override *signalFinished(result: number): KernelTask<void> {
          const isSet = yield* this.finished.error.ask((error) => error !== 0);
          yield* super.signalFinished(isSet ? 0 : result);
        }
      },
    }),
  }),
  fault({
    id: 'sched-018-forgets-error',
    mistake: 'the error of the hardware is not looked at',
    breaks: ['SCHED-018'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        override *jobDoneBy(job: DrmSchedJob): KernelTask<void> {
          yield* this.jobDone(job, 0);
        }
      },
    }),
  }),
  fault({
    id: 'sched-019-finished-first',
    mistake: 'the job is watched before it is told that it was given to the hardware',
    breaks: ['SCHED-019'],
    install: (types) => ({
      DrmSchedFence: class extends types.DrmSchedFence {
        override *signalFinished(result: number): KernelTask<void> {
          yield* super.signalFinished(result);
          yield* this.scheduled.signal();
        }

        override *signalScheduled(parent: DmaFence | null): KernelTask<void> {
          if (parent !== null) yield* this.setParent(parent);
        }
      },
    }),
  }),
  fault({
    id: 'sched-019-newest-first',
    mistake: 'the end of a job is told when the next one of its ring has ended',
    breaks: ['SCHED-019'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        private held: DrmSchedJob | null = null;

        override *jobDoneBy(job: DrmSchedJob, parent: DmaFence): KernelTask<void> {
          const before = this.held;
          this.held = before === null ? job : null;
          if (before === null) return;
          yield* super.jobDoneBy(job, parent);
          yield* super.jobDoneBy(before, parent);
        }
      },
    }),
  }),
  fault({
    id: 'sched-020-frees-any',
    mistake: 'the worker frees whichever job is done',
    breaks: ['SCHED-020'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *finishedJob(): KernelTask<DrmSchedJob | null> {
          yield* this.jobListLock.acquire();
          for (const job of this.pending.copy()) {
            if (!(yield* job.fence.finished.isSignaled())) continue;
            this.unlist(job);
            this.jobListLock.release();
            return job;
          }
          this.jobListLock.release();
          return null;
        }
      },
    }),
  }),
  fault({
    id: 'sched-020-frees-two',
    mistake: 'the worker does not look whether the head is done',
    breaks: ['SCHED-020'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *finishedJob(): KernelTask<DrmSchedJob | null> {
          yield* this.jobListLock.acquire();
          const head = this.pending.at(0);
          if (head !== null) this.unlist(head);
          this.jobListLock.release();
          return head;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SCHED-11',
    mistake: 'the time of submission is stored in a job that is queued already',
    breaks: ['SCHED-020'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        override *push(job: DrmSchedJob): KernelTask<void> {
          yield* super.push(job);
          job.submitTs.set(this.world.clock.nanoseconds);
        }
      },
    }),
  }),
];
