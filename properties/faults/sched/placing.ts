import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DrmGpuScheduler } from '../../../impl/drm/sched/gpu-scheduler.ts';
import type { DrmSchedJob } from '../../../impl/drm/sched/sched-job.ts';
import type { SchedStat } from '../../../impl/drm/sched/sched-ops.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** Run does something else before the hardware gets the job. */
function running(
  types: StackTypes,
  before: (sched: DrmGpuScheduler, job: DrmSchedJob) => KernelTask<unknown>,
): Partial<StackTypes> {
  return {
    DrmGpuScheduler: class extends types.DrmGpuScheduler {
      protected override *run(job: DrmSchedJob): KernelTask<DmaFence | number | null> {
        const { fences } = this.stack;
        const cookie = fences.beginSignalling();
        yield* before(this, job);
        fences.endSignalling(cookie);
        return yield* super.run(job);
      }
    },
  };
}

function* lockReservation({ stack }: DrmGpuScheduler): KernelTask<void> {
  const resv = new stack.types.DmaResv(stack);
  yield* resv.acquire();
  yield* resv.release();
  yield* resv.fini();
}

/** Mistakes about where jobs run, and about what is done there. */
export const PLACING_FAULTS: readonly Fault[] = [
  fault({
    id: 'sched-032-moves-in-flight',
    mistake: 'an entity moves though its last job is not finished',
    breaks: ['SCHED-032'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        override *selectRq(): KernelTask<void> {
          if (this.schedulers.isNull()) return;
          yield* this.lock.acquire();
          if (yield* this.queue.isCountedEmpty()) yield* this.moveLocked();
          this.lock.release();
        }
      },
    }),
  }),
  fault({
    id: 'sched-032-last-among-equals',
    mistake: 'the last ring among equals wins',
    breaks: ['SCHED-032'],
    install: (types) => ({
      DrmSched: class extends types.DrmSched {
        override *pickBest(
          list: readonly DrmGpuScheduler[],
          count: number,
        ): KernelTask<DrmGpuScheduler | null> {
          return yield* super.pickBest(list.toReversed(), count);
        }
      },
    }),
  }),
  fault({
    id: 'sched-032-ready-or-not',
    mistake: 'also rings that are not ready are taken',
    breaks: ['SCHED-032'],
    install: (types) => ({
      DrmSched: class extends types.DrmSched {
        override *pickBest(
          list: readonly DrmGpuScheduler[],
          count: number,
        ): KernelTask<DrmGpuScheduler | null> {
          const wasReady = list.map(({ ready }) => ready.get());
          for (const { ready } of list) ready.set(true);
          const best = yield* super.pickBest(list, count);
          for (const [at, { ready }] of list.entries()) ready.set(wasReady[at] ?? true);
          return best;
        }
      },
    }),
  }),
  fault({
    id: 'sched-032-stays-without-ring',
    mistake: 'an entity keeps its run queue where no ring is ready',
    breaks: ['SCHED-032'],
    install: (types) => ({
      DrmSched: class extends types.DrmSched {
        override *pickBest(
          list: readonly DrmGpuScheduler[],
          count: number,
        ): KernelTask<DrmGpuScheduler | null> {
          return (yield* super.pickBest(list, count)) ?? list[0] ?? null;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SCHED-13',
    mistake: 'the list of rings and its length are stored without the lock',
    breaks: ['SCHED-032'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        override *modifySchedulers(schedulers: readonly DrmGpuScheduler[]): KernelTask<void> {
          this.schedulers.set(schedulers);
          yield* this.rq.read(); // time passes
          this.schedulerCount.set(schedulers.length);
        }
      },
    }),
  }),
  fault({
    id: 'sched-033-allocates',
    mistake: 'run asks for memory that may have to be reclaimed',
    breaks: ['SCHED-033'],
    install: (types) => running(types, ({ world }) => world.memory.reserve('GFP_KERNEL')),
  }),
  fault({
    id: 'sched-033-locks-a-reservation',
    mistake: 'run takes the lock of a reservation',
    breaks: ['SCHED-033'],
    install: (types) => running(types, lockReservation),
  }),
  fault({
    id: 'sched-033-waits',
    mistake: 'run waits for another fence',
    breaks: ['SCHED-033'],
    install: (types) =>
      running(types, (_sched, { fence }) => fence.scheduled.waitTimeout(false, 1)),
  }),
  fault({
    id: 'sched-033-no-section',
    mistake: 'the handling of time-outs and run are in no signalling section',
    breaks: ['SCHED-033'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override *run(job: DrmSchedJob): KernelTask<DmaFence | number | null> {
          this.world.emit(job, 'run');
          return yield* this.ops.runJob(job);
        }

        protected override *handleTimeout(job: DrmSchedJob): KernelTask<SchedStat> {
          return yield* this.ops.timedoutJob(job);
        }
      },
    }),
  }),
];
