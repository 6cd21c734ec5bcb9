import type { DrmSchedEntity } from '../../../impl/drm/sched/sched-entity.ts';
import type { DrmSchedJob } from '../../../impl/drm/sched/sched-job.ts';
import { type DrmSchedRq, NO_SPACE } from '../../../impl/drm/sched/run-queue.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about whose turn it is. */
export const SELECTION_FAULTS: readonly Fault[] = [
  fault({
    id: 'sched-012-newest-first',
    mistake: 'the entity with the newest job comes first',
    breaks: ['SCHED-012'],
    install: (types) => ({
      DrmSchedRq: class extends types.DrmSchedRq {
        override *updateFifo(entity: DrmSchedEntity, ts: number): KernelTask<void> {
          yield* super.updateFifo(entity, -ts);
        }
      },
    }),
  }),
  fault({
    id: 'sched-012-old-stamp-stays',
    mistake: 'an entity keeps the place that its first job has won',
    breaks: ['SCHED-012'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        protected override *moveByNext(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'sched-012-goes-behind',
    mistake: 'an entity that was chosen goes behind all others',
    breaks: ['SCHED-012'],
    install: (types) => ({
      DrmSchedRq: class extends types.DrmSchedRq {
        override *updateFifo(entity: DrmSchedEntity, ts: number): KernelTask<void> {
          yield* super.updateFifo(entity, ts);
          this.oldestFirst.remove(entity);
          this.oldestFirst.push(entity);
        }
      },
    }),
  }),
  fault({
    id: 'sched-012-starts-over',
    mistake: 'round robin begins with the first entity each time',
    breaks: ['SCHED-012'],
    install: (types) => ({
      DrmSchedRq: class extends types.DrmSchedRq {
        override *selectRoundRobin(): KernelTask<DrmSchedEntity | typeof NO_SPACE | null> {
          this.current.set(null);
          return yield* super.selectRoundRobin();
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SCHED-09',
    mistake: 'the worker goes to sleep when the entity that it chose has to wait',
    breaks: ['SCHED-012'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *chooseAgain(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'BUG-SCHED-10',
    mistake: 'a job is counted after it was linked',
    breaks: ['SCHED-012'],
    install: (types) => ({
      SpscQueue: class extends types.SpscQueue {
        override *push(node: DrmSchedJob): KernelTask<boolean> {
          node.next.writeStable(null);
          const last = yield* this.tail.exchange(node);
          this.tellPush(node);
          yield* this.link(last, node);
          yield* this.count.add(1);
          return last === null;
        }

        override *peek(): KernelTask<DrmSchedJob | null> {
          // Who counts nothing sees nothing.
          return (yield* this.isCountedEmpty()) ? null : yield* super.peek();
        }
      },
    }),
  }),
  fault({
    id: 'sched-013-lowest-first',
    mistake: 'run queues are looked at from the last to the first',
    breaks: ['SCHED-013'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *selectEntity(): KernelTask<DrmSchedEntity | null> {
          for (const rq of this.runQueues.toReversed()) {
            const found = yield* rq.selectFifo();
            if (found !== null) return found === NO_SPACE ? null : found;
          }
          return null;
        }
      },
    }),
  }),
  fault({
    id: 'sched-013-one-queue',
    mistake: 'all entities are in the same run queue',
    breaks: ['SCHED-013'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        override runQueueOf(): DrmSchedRq {
          return super.runQueueOf(this.runQueues.length - 1);
        }
      },
    }),
  }),
  fault({
    id: 'sched-014-small-ones-pass',
    mistake: 'another entity runs while a large job waits for room',
    breaks: ['SCHED-014'],
    install: (types) => ({
      DrmSchedRq: class extends types.DrmSchedRq {
        protected override *firstReady(
          entities: readonly DrmSchedEntity[],
        ): KernelTask<DrmSchedEntity | typeof NO_SPACE | null> {
          for (const entity of entities) {
            const found = yield* super.firstReady([entity]);
            if (found !== null && found !== NO_SPACE) return found;
          }
          return null;
        }
      },
    }),
  }),
  fault({
    id: 'sched-014-lower-ones-pass',
    mistake: 'a lower priority runs while a large job waits for room',
    breaks: ['SCHED-014'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *selectEntity(): KernelTask<DrmSchedEntity | null> {
          for (const rq of this.runQueues) {
            const found = yield* rq.selectFifo();
            if (found !== null && found !== NO_SPACE) return found;
          }
          return null;
        }
      },
    }),
  }),
  fault({
    id: 'sched-015-charges-late',
    mistake: 'credits are charged once the job is with the hardware',
    breaks: ['SCHED-015'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        private late: DrmSchedJob | null = null;

        protected override *charge(job: DrmSchedJob): KernelTask<void> {
          this.late = job;
        }

        protected override *letGo(entity: DrmSchedEntity): KernelTask<void> {
          if (this.late !== null) yield* super.charge(this.late);
          this.late = null;
          yield* super.letGo(entity);
        }
      },
    }),
  }),
  fault({
    id: 'sched-015-gives-back-one',
    mistake: 'one credit is given back for a job of any size',
    breaks: ['SCHED-015'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *giveBack(job: DrmSchedJob, why: 'done' | 'detach'): KernelTask<void> {
          const credits = job.credits.get();
          job.credits.set(1);
          yield* super.giveBack(job, why);
          job.credits.set(credits);
        }
      },
    }),
  }),
  fault({
    id: 'sched-015-stop-keeps',
    mistake: 'a stop keeps the credits of what it detaches',
    breaks: ['SCHED-015'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *giveBack(job: DrmSchedJob, why: 'done' | 'detach'): KernelTask<void> {
          if (why === 'done') yield* super.giveBack(job, why);
        }
      },
    }),
  }),
  fault({
    id: 'sched-015-start-forgets',
    mistake: 'a start does not charge jobs again',
    breaks: ['SCHED-015'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        override *start(): KernelTask<void> {
          this.isStarting = true;
          yield* super.start();
          this.isStarting = false;
        }

        private isStarting = false;

        protected override *charge(job: DrmSchedJob): KernelTask<void> {
          if (!this.isStarting) yield* super.charge(job);
        }
      },
    }),
  }),
  fault({
    id: 'sched-015-never-cuts',
    mistake: 'a job that is larger than the ring waits for room',
    breaks: ['SCHED-015'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        override *canQueue(entity: DrmSchedEntity): KernelTask<boolean> {
          const job = yield* entity.queue.peek();
          if (job === null || job.credits.get() > this.creditLimit) return false;
          return yield* super.canQueue(entity);
        }
      },
    }),
  }),
];
