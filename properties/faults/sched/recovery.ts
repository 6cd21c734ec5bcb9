import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { DrmSchedJob } from '../../../impl/drm/sched/sched-job.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ECANCELED } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about rings that hang. */
export const RECOVERY_FAULTS: readonly Fault[] = [
  fault({
    id: 'sched-025-goes-on',
    mistake: 'the worker does not look whether it was stopped',
    breaks: ['SCHED-025'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        override *runJobQueue(): KernelTask<void> {
          yield* this.runWork.queue();
        }

        protected override *isPaused(): KernelTask<boolean> {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'sched-025-does-not-wait',
    mistake: 'a stop does not wait for what the worker is at',
    breaks: ['SCHED-025'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        override *parkWorker(): KernelTask<void> {
          yield* this.pauseSubmit.writeFull(1);
          this.world.emit(this, 'stop');
          this.world.emit(this, 'parked');
        }
      },
    }),
  }),
  fault({
    id: 'sched-025-stays-attached',
    mistake: 'a stop leaves jobs attached to the hardware',
    breaks: ['SCHED-025'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *detach(job: DrmSchedJob, bad: DrmSchedJob | null): KernelTask<void> {
          const { finished } = job.fence;
          if (yield* finished.isSignaled()) yield* super.detach(job, bad);
        }
      },
    }),
  }),
  fault({
    id: 'sched-025-keeps-finished',
    mistake: 'a stop leaves finished jobs on the list',
    breaks: ['SCHED-025'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *detach(job: DrmSchedJob, bad: DrmSchedJob | null): KernelTask<void> {
          if (!(yield* job.fence.finished.isSignaled())) yield* super.detach(job, bad);
        }
      },
    }),
  }),
  fault({
    id: 'sched-025-frees-bad-twice',
    mistake: 'a stop frees the bad job when it is finished, and so does the handler of time-outs',
    breaks: ['SCHED-025'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *detach(job: DrmSchedJob, bad: DrmSchedJob | null): KernelTask<void> {
          const isDone = (job.fence.finished.flags.bits & SIGNALED) !== 0;
          yield* super.detach(job, bad);
          if (job === bad && isDone) yield* this.ops.freeJob(job);
        }
      },
    }),
  }),
  fault({
    id: 'sched-026-first-only',
    mistake: 'a start ends only the head of the list',
    breaks: ['SCHED-026'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        private begun = 0;

        override *start(): KernelTask<void> {
          this.begun = 0;
          yield* super.start();
        }

        protected override *jobDone(job: DrmSchedJob, result: number): KernelTask<void> {
          if (result === -ECANCELED) this.begun += 1;
          if (result !== -ECANCELED || this.begun === 1) yield* super.jobDone(job, result);
        }
      },
    }),
  }),
  fault({
    id: 'sched-026-sleeps-on',
    mistake: 'a start does not wake the worker',
    breaks: ['SCHED-026'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        override *unparkWorker(): KernelTask<void> {
          yield* this.pauseSubmit.writeFull(0);
          this.world.emit(this, 'start');
        }
      },
    }),
  }),
  fault({
    id: 'sched-026-forgets-callback',
    mistake: 'a start does not attach what runs again',
    breaks: ['SCHED-026'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        private isStarting = false;

        override *start(): KernelTask<void> {
          this.isStarting = true;
          yield* super.start();
          this.isStarting = false;
        }

        protected override *watch(job: DrmSchedJob, parent: DmaFence): KernelTask<void> {
          if (!this.isStarting) yield* super.watch(job, parent);
        }
      },
    }),
  }),
  fault({
    id: 'sched-027-asks-the-hardware',
    mistake: 'a detached job ends with an error that it was marked with',
    breaks: ['SCHED-027'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *jobDone(job: DrmSchedJob, result: number): KernelTask<void> {
          const marked = yield* job.fence.finished.error.read();
          yield* super.jobDone(job, marked === 0 ? result : marked);
        }
      },
    }),
  }),
  fault({
    id: 'sched-028-kernel-jobs-too',
    mistake: 'a hang counts against jobs of the kernel as well',
    breaks: ['SCHED-028'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        override *increaseKarma(bad: DrmSchedJob): KernelTask<void> {
          yield* bad.karma.add(1);
          const { context } = bad.fence.scheduled;
          for (const rq of this.runQueues) {
            yield* rq.lock.acquire();
            const entity = rq.entities.find(({ fenceContext }) => fenceContext === context);
            if (entity?.guilty) yield* entity.guilty.writeFull(1);
            rq.lock.release();
          }
        }
      },
    }),
  }),
  fault({
    id: 'sched-028-marks-nobody',
    mistake: 'a hang counts, and marks no client',
    breaks: ['SCHED-028'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        override *increaseKarma(bad: DrmSchedJob): KernelTask<void> {
          yield* bad.karma.add(1);
        }
      },
    }),
  }),
  fault({
    id: 'sched-028-told-late',
    mistake: 'a job of a guilty client learns of that when it was run',
    breaks: ['SCHED-028'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        protected override *isGuilty(): KernelTask<boolean> {
          return false;
        }
      },
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *run(job: DrmSchedJob): KernelTask<DmaFence | number | null> {
          const parent = yield* super.run(job);
          if ((yield* job.karma.read()) > 0) yield* job.fence.finished.setError(-ECANCELED);
          return parent;
        }
      },
    }),
  }),
  fault({
    id: 'sched-028-first-hang',
    mistake: 'the first hang is one too many, whatever the limit',
    breaks: ['SCHED-028'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        override *increaseKarma(bad: DrmSchedJob): KernelTask<void> {
          yield* super.increaseKarma(bad);
          yield* bad.karma.add(this.hangLimit);
        }
      },
    }),
  }),
];
