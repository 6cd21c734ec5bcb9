import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { toDrmSchedFence } from '../../../impl/drm/sched/sched-fence.ts';
import type { DrmSchedJob } from '../../../impl/drm/sched/sched-job.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** Entities that look at dependencies in another way. */
function pipelining(
  types: StackTypes,
  pipelined: (dependency: DmaFence, job: DrmSchedJob) => KernelTask<DmaFence | null>,
): Partial<StackTypes> {
  return {
    DrmSchedEntity: class extends types.DrmSchedEntity {
      protected override *pipelined(
        job: DrmSchedJob,
        dependency: DmaFence,
      ): KernelTask<DmaFence | null> {
        return yield* pipelined(dependency, job);
      }
    },
  };
}

function* never(): KernelTask<null> {
  return null;
}

/** The scheduled face, whatever else may be said of the fence. */
function* always(dependency: DmaFence, job: DrmSchedJob): KernelTask<DmaFence | null> {
  if ((yield* dependency.error.read()) !== 0) return null;
  const fence = toDrmSchedFence(dependency);
  return fence?.sched === job.scheduler ? fence.scheduled : null;
}

/** Mistakes about jobs that wait for others. */
export const WAITING_FAULTS: readonly Fault[] = [
  fault({
    id: 'sched-008-newest-first',
    mistake: 'a job goes in front of the first that waits',
    breaks: ['SCHED-008'],
    install: (types) => ({
      SpscQueue: class extends types.SpscQueue {
        override *push(node: DrmSchedJob): KernelTask<boolean> {
          const head = yield* this.head.read();
          const isFirst = yield* super.push(node);
          if (head === null || isFirst) return isFirst;
          const before = yield* head.next.read();
          if (before === null || before === node) return isFirst;
          yield* head.next.write(node);
          yield* node.next.write(before);
          yield* before.next.write(null);
          return isFirst;
        }
      },
    }),
  }),
  fault({
    id: 'sched-008-does-not-wait',
    mistake: 'what the driver wants to wait for last is not asked for',
    breaks: ['SCHED-008'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        protected override *nextDependency(job: DrmSchedJob): KernelTask<DmaFence | null> {
          return yield* job.dependencies.nextToWaitFor();
        }
      },
    }),
  }),
  fault({
    id: 'sched-008-one-is-enough',
    mistake: 'the first dependency that is done lets the job run',
    breaks: ['SCHED-008'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        private served: DrmSchedJob | null = null;

        protected override *nextDependency(job: DrmSchedJob): KernelTask<DmaFence | null> {
          if (this.served === job) return null;
          this.served = job;
          return yield* super.nextDependency(job);
        }
      },
    }),
  }),
  fault({
    id: 'sched-009-waits-for-itself',
    mistake: 'jobs of the own entity are waited for',
    breaks: ['SCHED-009'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        protected override isOwn(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'sched-009-knows-one-face',
    mistake: 'only the scheduled face of own jobs is known',
    breaks: ['SCHED-009'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        protected override isOwn(context: number): boolean {
          return context === this.fenceContext;
        }
      },
    }),
  }),
  fault({
    id: 'sched-009-keeps-reference',
    mistake: 'a dependency on an own job keeps its reference',
    breaks: ['SCHED-009'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        protected override *addDependencyCallback(
          job: DrmSchedJob,
          dependency: DmaFence,
        ): KernelTask<boolean> {
          if (this.isOwn(dependency.context)) return false;
          return yield* super.addDependencyCallback(job, dependency);
        }
      },
    }),
  }),
  fault({
    id: 'sched-010-waits-for-the-end',
    mistake: 'also on the same ring the end of a job is waited for',
    breaks: ['SCHED-010'],
    install: (types) => pipelining(types, never),
  }),
  fault({
    id: 'sched-010-ignores-mark',
    mistake: 'a fence that is not to be pipelined is',
    breaks: ['SCHED-010'],
    install: (types) => pipelining(types, always),
  }),
  fault({
    id: 'sched-010-ignores-error',
    mistake: 'a job that has failed is good enough as soon as it was given to the ring',
    breaks: ['SCHED-010'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        protected override *hasFailed(): KernelTask<boolean> {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SCHED-06',
    mistake: 'a fence of the same ring clears the dependency, and wakes nobody',
    breaks: ['SCHED-010'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        override *wakeUp(fence: DmaFence): KernelTask<void> {
          const rq = this.rq.readStable();
          const isOnRing = toDrmSchedFence(fence)?.sched === rq?.sched;
          if (!isOnRing) return yield* super.wakeUp(fence);
          yield* this.dependOn(null);
          yield* fence.put();
        }
      },
    }),
  }),
  fault({
    id: 'BUG-DRV-07',
    mistake: 'a fence of the same driver is taken for one of the same ring',
    breaks: ['SCHED-010'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        protected override isOnRing(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'sched-011-passes-errors-on',
    mistake: 'a job takes over the error of what it waited for',
    breaks: ['SCHED-011'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        protected override *addDependencyCallback(
          job: DrmSchedJob,
          dependency: DmaFence,
        ): KernelTask<boolean> {
          const error = yield* dependency.error.read();
          if (error !== 0) yield* job.fence.finished.setError(error);
          return yield* super.addDependencyCallback(job, dependency);
        }
      },
    }),
  }),
  fault({
    id: 'sched-011-drops-the-job',
    mistake: 'an entity whose dependency failed is not woken',
    breaks: ['SCHED-011'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        override *wakeUp(fence: DmaFence): KernelTask<void> {
          if ((yield* fence.error.read()) === 0) yield* super.wakeUp(fence);
        }
      },
    }),
  }),
];
