import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { DMA_RESV_USAGE_BOOKKEEP, DMA_RESV_USAGE_READ } from '../../../impl/dma-buf/resv-usage.ts';
import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import type { GemObject } from '../../../impl/drm/gem-object.ts';
import { DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT } from '../../../impl/drm/syncobj-uapi.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about what a job waits for. */
export const DEPENDENCY_FAULTS: readonly Fault[] = [
  fault({
    id: 'sched-005-earlier-stays',
    mistake: 'of one context the first fence stays, not the later one',
    breaks: ['SCHED-005'],
    install: (types) => ({
      JobDependencies: class extends types.JobDependencies {
        protected override *replace(
          _number: number,
          _known: DmaFence,
          fence: DmaFence,
        ): KernelTask<void> {
          yield* fence.put();
        }
      },
    }),
  }),
  fault({
    id: 'sched-005-lists-twice',
    mistake: 'fences of one context are all listed',
    breaks: ['SCHED-005'],
    install: (types) => ({
      JobDependencies: class extends types.JobDependencies {
        protected override *replace(
          _number: number,
          _known: DmaFence,
          fence: DmaFence,
        ): KernelTask<void> {
          yield* this.store(fence);
        }
      },
    }),
  }),
  fault({
    id: 'sched-005-keeps-dropped',
    mistake: 'the reference on a fence that is not the later one is left',
    breaks: ['SCHED-005'],
    install: (types) => ({
      JobDependencies: class extends types.JobDependencies {
        protected override *replace(
          number: number,
          known: DmaFence,
          fence: DmaFence,
        ): KernelTask<void> {
          if (this.job.stack.fences.isLater(fence, known)) {
            yield* super.replace(number, known, fence);
          }
        }
      },
    }),
  }),
  fault({
    id: 'sched-005-keeps-failed',
    mistake: 'an add that finds no memory leaves the reference to its caller',
    breaks: ['SCHED-005'],
    install: (types) => ({
      JobDependencies: class extends types.JobDependencies {
        override *add(fence: DmaFence | null): KernelTask<number> {
          const result = yield* super.add(fence);
          if (result !== 0 && fence !== null) yield* fence.get();
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SCHED-01',
    mistake: 'who adds the fences of a reservation drops a fence again that was not added',
    breaks: ['SCHED-005'],
    install: (types) => ({
      JobDependencies: class extends types.JobDependencies {
        protected override *addBorrowed(fence: DmaFence): KernelTask<number> {
          const result = yield* super.addBorrowed(fence);
          if (result !== 0) yield* fence.put();
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'sched-006-reads-wait-for-reads',
    mistake: 'a job that reads waits for other readers',
    breaks: ['SCHED-006'],
    install: (types) => ({
      JobDependencies: class extends types.JobDependencies {
        override *addImplicit(object: GemObject): KernelTask<number> {
          return yield* this.addResv(object.resv, DMA_RESV_USAGE_READ);
        }
      },
    }),
  }),
  fault({
    id: 'sched-006-waits-for-bookkeepers',
    mistake: 'a job that writes waits for all fences',
    breaks: ['SCHED-006'],
    install: (types) => ({
      JobDependencies: class extends types.JobDependencies {
        override *addImplicit(object: GemObject, isWrite: boolean): KernelTask<number> {
          if (!isWrite) return yield* super.addImplicit(object, false);
          return yield* this.addResv(object.resv, DMA_RESV_USAGE_BOOKKEEP);
        }
      },
    }),
  }),
  fault({
    id: 'sched-006-no-lock',
    mistake: 'the fences of a reservation are collected without its lock',
    breaks: ['SCHED-006'],
    install: (types) => ({
      JobDependencies: class extends types.JobDependencies {
        override *addResv(resv: DmaResv, usage: ResvUsage): KernelTask<number> {
          const found = yield* this.job.stack.resvQueries.getFences(resv, usage);
          if (typeof found === 'number') return found;
          let result = 0;
          for (const fence of found) result ||= yield* this.add(fence);
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'sched-007-waits',
    mistake: 'a job waits for somebody to submit a fence',
    breaks: ['SCHED-007'],
    install: (types) => ({
      JobDependencies: class extends types.JobDependencies {
        override *addSyncobj(file: DrmFile, handle: number, point: bigint): KernelTask<number> {
          const { syncobjs } = this.job.stack;
          const flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT;
          const fence = yield* syncobjs.findFence(file, { handle, point, flags });
          return typeof fence === 'number' ? fence : yield* this.add(fence);
        }
      },
    }),
  }),
  fault({
    id: 'sched-007-cuts-points',
    mistake: 'points lose their upper half',
    breaks: ['SCHED-007'],
    install: (types) => ({
      JobDependencies: class extends types.JobDependencies {
        protected override pointOf(point: bigint): bigint {
          return BigInt.asUintN(32, point);
        }
      },
    }),
  }),
  fault({
    id: 'sched-007-never-cuts',
    mistake: 'a scheduler that is as odd as that of 6.12 takes points whole',
    breaks: ['SCHED-007'],
    install: (types) => ({
      JobDependencies: class extends types.JobDependencies {
        protected override pointOf(point: bigint): bigint {
          return point;
        }
      },
    }),
  }),
];
