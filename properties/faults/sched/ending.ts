import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DrmGpuScheduler } from '../../../impl/drm/sched/gpu-scheduler.ts';
import type { DrmSchedEntity } from '../../../impl/drm/sched/sched-entity.ts';
import type { DrmSchedJob } from '../../../impl/drm/sched/sched-job.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { Completion } from '../../../impl/kernel/completion.ts';
import { ESRCH } from '../../../impl/kernel/errno.ts';
import { TASK_UNINTERRUPTIBLE } from '../../../impl/kernel/task-state.ts';
import { type Fault, fault } from '../fault.ts';

/** Lets one waiter through each time, though it means all of them. */
class OneToken extends Completion {
  override *completeAll(): KernelTask<void> {
    yield* this.complete();
  }
}

/** Mistakes about the end of entities. */
export const ENDING_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-SCHED-07',
    mistake:
      'what an entity waits for is off the list of its job, and not waited for when that is killed',
    breaks: ['SCHED-029'],
    install: (types) => ({
      JobDependencies: class extends types.JobDependencies {
        override *nextToWaitFor(): KernelTask<DmaFence | null> {
          return yield* this.takeFirst();
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SCHED-12',
    mistake: 'the next dependency of a killed job is looked for under the lock of the last',
    breaks: ['SCHED-029'],
    install: (types) => ({
      DrmSchedKill: class extends types.DrmSchedKill {
        override *told(job: DrmSchedJob, fence: DmaFence): KernelTask<void> {
          yield* fence.put();
          for (let found = yield* this.next(job.dependencies); found !== null;) {
            if ((yield* found.addCallback(job.killCallback)) === 0) return;
            yield* found.put();
            found = yield* this.next(job.dependencies);
          }
          yield* job.killWork.queue();
        }
      },
    }),
  }),
  fault({
    id: 'sched-029-scheduled-is-enough',
    mistake: 'that a job was given to the hardware is enough for a killed job that depends on it',
    breaks: ['SCHED-029'],
    install: (types) => ({
      DrmSchedKill: class extends types.DrmSchedKill {
        protected override *next(
          dependencies: DrmSchedJob['dependencies'],
        ): KernelTask<DmaFence | null> {
          return yield* dependencies.takeFirst();
        }
      },
    }),
  }),
  fault({
    id: 'sched-029-not-after-the-one-before',
    mistake: 'a killed job does not wait for the one before it',
    breaks: ['SCHED-029'],
    install: (types) => ({
      DrmSchedKill: class extends types.DrmSchedKill {
        protected override *failAfter(before: DmaFence | null, job: DrmSchedJob): KernelTask<void> {
          if (before !== null) yield* before.put();
          yield* super.failAfter(null, job);
        }
      },
    }),
  }),
  fault({
    id: 'sched-029-without-scheduled',
    mistake: 'a killed job ends, and is never told to have begun',
    breaks: ['SCHED-029'],
    install: (types) => ({
      DrmSchedKill: class extends types.DrmSchedKill {
        protected override *fail(job: DrmSchedJob): KernelTask<void> {
          job.world.emit(job, 'fail');
          yield* job.fence.signalFinished(-ESRCH);
          yield* job.scheduler.ops.freeJob(job);
        }
      },
    }),
  }),
  fault({
    id: 'sched-029-keeps-jobs',
    mistake: 'killed jobs are not freed',
    breaks: ['SCHED-029'],
    install: (types) => ({
      DrmSchedKill: class extends types.DrmSchedKill {
        protected override *fail(job: DrmSchedJob): KernelTask<void> {
          job.world.emit(job, 'fail');
          yield* job.fence.signalScheduled(null);
          yield* job.fence.signalFinished(-ESRCH);
        }
      },
    }),
  }),
  fault({
    id: 'sched-029-does-not-wait',
    mistake: 'a kill does not wait for the worker to let go',
    breaks: ['SCHED-029'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        override readonly idle: Completion = new (class extends Completion {
          override *wait(): KernelTask<void> {}
        })(this, 'idle', true);
      },
    }),
  }),
  fault({
    id: 'BUG-SCHED-02',
    mistake: 'letting go of an entity lets one waiter through, and the second waits for ever',
    breaks: ['SCHED-030'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        override readonly idle: Completion = new OneToken(this, 'idle', true);
      },
    }),
  }),
  fault({
    id: 'BUG-SCHED-04',
    mistake: 'an entity is not idle when it is made',
    breaks: ['SCHED-030'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        protected override get startsIdle(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'sched-030-always-kills',
    mistake: 'a task that ends by itself kills what is queued',
    breaks: ['SCHED-030'],
    install: (types) => ({
      DrmSchedKill: class extends types.DrmSchedKill {
        override *flush(entity: DrmSchedEntity, timeout: number): KernelTask<number> {
          const left = yield* super.flush(entity, timeout);
          if (entity.world.current.isExiting) yield* this.kill(entity);
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'sched-030-kills-for-anybody',
    mistake: 'a task that is killed takes the jobs of others with it',
    breaks: ['SCHED-030'],
    install: (types) => ({
      DrmSchedKill: class extends types.DrmSchedKill {
        override *flush(entity: DrmSchedEntity, timeout: number): KernelTask<number> {
          const { current } = entity.world;
          const left = yield* super.flush(entity, timeout);
          if (current.isExiting && current.isKilled) yield* this.kill(entity);
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'sched-030-never-kills',
    mistake: 'what a killed task has queued runs on',
    breaks: ['SCHED-030'],
    install: (types) => ({
      DrmSchedKill: class extends types.DrmSchedKill {
        override *flush(entity: DrmSchedEntity, timeout: number): KernelTask<number> {
          const { current } = entity.world;
          const { isKilled } = current;
          if (current.isExiting) current.isKilled = false;
          const left = yield* super.flush(entity, timeout);
          current.isKilled = isKilled;
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'sched-030-has-no-limit',
    mistake: 'a task on its way out waits until all is done',
    breaks: ['SCHED-030'],
    install: (types) => ({
      DrmSchedKill: class extends types.DrmSchedKill {
        override *flush(entity: DrmSchedEntity): KernelTask<number> {
          return yield* super.flush(entity, Number.POSITIVE_INFINITY);
        }
      },
    }),
  }),
  fault({
    id: 'sched-030-cannot-be-killed',
    mistake: 'a flush sleeps on though its task was killed',
    breaks: ['SCHED-030'],
    install: (types) => ({
      DrmSchedKill: class extends types.DrmSchedKill {
        protected override *waitUntilIdle(
          entity: DrmSchedEntity,
          sched: DrmGpuScheduler,
          _state: number,
          timeout: number,
        ): KernelTask<number> {
          return yield* super.waitUntilIdle(entity, sched, TASK_UNINTERRUPTIBLE, timeout);
        }
      },
    }),
  }),
  fault({
    id: 'sched-031-never-leaves',
    mistake: 'a scheduler that is as odd as that of 6.12 fails late jobs',
    breaks: ['SCHED-031'],
    install: (types) => ({
      DrmSchedKill: class extends types.DrmSchedKill {
        protected override get leavesLateJobs(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'sched-031-not-after-the-others',
    mistake: 'a late job does not wait for those that were killed before it',
    breaks: ['SCHED-031'],
    install: (types) => ({
      DrmSchedKill: class extends types.DrmSchedKill {
        protected override *noteLast(
          entity: DrmSchedEntity,
          last: DmaFence | null,
        ): KernelTask<void> {
          yield* super.noteLast(entity, null);
          if (last !== null) yield* last.put();
        }
      },
    }),
  }),
];
