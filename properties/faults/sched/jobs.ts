import type { DrmSchedEntity } from '../../../impl/drm/sched/sched-entity.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOMEM } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about jobs that the scheduler does not have yet. */
export const JOB_FAULTS: readonly Fault[] = [
  fault({
    id: 'sched-001-keeps-memory',
    mistake: 'a job that is given up keeps the memory of its fence',
    breaks: ['SCHED-001'],
    install: (types) => ({
      DrmSchedJob: class extends types.DrmSchedJob {
        override *cleanup(): KernelTask<void> {
          const memory = this.memory.get();
          this.memory.set(null);
          yield* super.cleanup();
          if (memory !== null) this.memory.set(memory);
        }
      },
    }),
  }),
  fault({
    id: 'sched-001-keeps-dependencies',
    mistake: 'the end of a job leaves its references on dependencies',
    breaks: ['SCHED-001'],
    install: (types) => ({
      JobDependencies: class extends types.JobDependencies {
        override *drop(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'sched-002-credits-first',
    mistake: 'credits are looked at before the run queue',
    breaks: ['SCHED-002'],
    install: (types) => ({
      DrmSchedJob: class extends types.DrmSchedJob {
        override *init(entity: DrmSchedEntity, credits: number): KernelTask<number> {
          return credits === 0 ? -EINVAL : yield* super.init(entity, credits);
        }
      },
    }),
  }),
  fault({
    id: 'sched-002-takes-zero',
    mistake: 'a job without credits gets one',
    breaks: ['SCHED-002'],
    install: (types) => ({
      DrmSchedJob: class extends types.DrmSchedJob {
        override *init(entity: DrmSchedEntity, credits: number): KernelTask<number> {
          return yield* super.init(entity, Math.max(credits, 1));
        }
      },
    }),
  }),
  fault({
    id: 'sched-002-keeps-job',
    mistake: 'memory is asked for first',
    breaks: ['SCHED-002'],
    install: (types) => ({
      DrmSchedJob: class extends types.DrmSchedJob {
        override *init(entity: DrmSchedEntity, credits: number): KernelTask<number> {
          if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
          return yield* super.init(entity, credits);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SCHED-05',
    mistake: 'a priority that is too high is cut to the number of run queues',
    breaks: ['SCHED-002'],
    install: (types) => ({
      DrmSched: class extends types.DrmSched {
        protected override clamp(priority: number, count: number): number {
          return Math.min(priority, count);
        }
      },
    }),
  }),
  fault({
    id: 'sched-003-one-context',
    mistake: 'an entity takes one context for both faces, so the next entity shares one with it',
    breaks: ['SCHED-003'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *contextAlloc(count: number): KernelTask<number> {
          return yield* super.contextAlloc(Math.min(count, 1));
        }
      },
    }),
  }),
  fault({
    id: 'sched-003-faces-differ',
    mistake: 'each face takes a number of its own',
    breaks: ['SCHED-003'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        override *nextSeqno(): KernelTask<bigint> {
          yield* this.fenceSeq.fetchAdd(1);
          return yield* super.nextSeqno();
        }
      },
    }),
  }),
  fault({
    id: 'sched-003-numbers-of-ring',
    mistake: 'jobs are numbered by their ring',
    breaks: ['SCHED-003'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        override *nextSeqno(): KernelTask<bigint> {
          const rq = yield* this.rq.read();
          const number = (yield* rq?.sched.score.read() ?? this.fenceSeq.read()) + 1;
          return BigInt(number) + (yield* super.nextSeqno()) - 1n;
        }
      },
    }),
  }),
  fault({
    id: 'sched-004-numbers-begin-again',
    mistake: 'numbers begin again where the queue is empty',
    breaks: ['SCHED-004'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        override *nextSeqno(): KernelTask<bigint> {
          if (yield* this.queue.isCountedEmpty()) yield* this.fenceSeq.writeFull(1);
          return yield* super.nextSeqno();
        }
      },
    }),
  }),
  fault({
    id: 'sched-004-numbers-fall',
    mistake: 'numbers fall',
    breaks: ['SCHED-004'],
    install: (types) => ({
      DrmSchedEntity: class extends types.DrmSchedEntity {
        override *nextSeqno(): KernelTask<bigint> {
          const seqno = yield* super.nextSeqno();
          return 1000n - seqno;
        }
      },
    }),
  }),
];
