import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Task } from '../../../impl/kernel/task.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about what a merge returns. */
export const MERGE_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-UNWRAP-02',
    mistake: 'a merge without pending leaves returns nothing',
    breaks: ['UNWRAP-006'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *merge(fences: readonly (DmaFence | null)[]): KernelTask<DmaFence | null> {
          const counted = yield* this.pass(fences, 0, null);
          return counted.count === 0 ? null : yield* super.merge(fences);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-UNWRAP-03',
    mistake: 'a merge without pending leaves hands out the global stub, with its own time',
    breaks: ['UNWRAP-006'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *merge(fences: readonly (DmaFence | null)[]): KernelTask<DmaFence | null> {
          const counted = yield* this.pass(fences, 0, null);
          return counted.count === 0
            ? yield* this.stack.stubs.getStub()
            : yield* super.merge(fences);
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-006-time-of-the-first-pass',
    mistake: 'the time of a leaf that signals between the passes is lost',
    breaks: ['UNWRAP-006'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        protected override *pass(
          fences: readonly (DmaFence | null)[],
          since: number,
          wanted: DmaFence[] | null,
        ): KernelTask<{ readonly count: number; readonly timestampNs: number }> {
          const { count, timestampNs } = yield* super.pass(fences, since, wanted);
          return { count, timestampNs: wanted === null ? timestampNs : since };
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-006-flags-only',
    mistake: 'a merge looks at the flags of leaves, and polls none of them',
    breaks: ['UNWRAP-006'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        protected override *pass(
          fences: readonly (DmaFence | null)[],
          since: number,
          wanted: DmaFence[] | null,
        ): KernelTask<{ readonly count: number; readonly timestampNs: number }> {
          let count = 0;
          let timestampNs = since;
          for (const leaf of fences.flatMap((fence) => this.opened(fence))) {
            if (yield* leaf.flags.test(SIGNALED)) {
              timestampNs = Math.max(timestampNs, yield* leaf.timestamp());
              continue;
            }
            count += 1;
            wanted?.push(yield* leaf.get());
          }
          return { count, timestampNs };
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-007-keeps-the-error',
    mistake: 'the stub for finished leaves takes over an error of theirs',
    breaks: ['UNWRAP-007'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *merge(fences: readonly (DmaFence | null)[]): KernelTask<DmaFence | null> {
          const merged = yield* super.merge(fences);
          if (merged === null || merged.context !== 0) return merged;
          for (const fence of fences) {
            for (const leaf of this.opened(fence)) {
              const error = yield* leaf.error.read();
              if (error < 0) yield* merged.error.write(error);
            }
          }
          return merged;
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-008-wraps-one',
    mistake: 'a single pending leaf is put into an array',
    breaks: ['UNWRAP-008'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *merge(fences: readonly (DmaFence | null)[]): KernelTask<DmaFence | null> {
          const merged = yield* super.merge(fences);
          if (merged === null || this.stack.arrays.isContainer(merged)) return merged;
          return (yield* merged.isSignaled()) ? merged : yield* this.wrap([merged]);
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-008-borrows',
    mistake: 'a single pending leaf is returned without a reference of its own',
    breaks: ['UNWRAP-008'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *merge(fences: readonly (DmaFence | null)[]): KernelTask<DmaFence | null> {
          const merged = yield* super.merge(fences);
          if (merged === null || this.stack.arrays.isContainer(merged)) return merged;
          if (!(yield* merged.isSignaled())) yield* merged.put();
          return merged;
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-013-collects-what-was-counted',
    mistake: 'the second pass trusts the first, and does not poll again',
    breaks: ['UNWRAP-013'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        /** What the call of each task has counted. */
        protected readonly counted = new Map<Task, DmaFence[]>();

        protected override *pass(
          fences: readonly (DmaFence | null)[],
          since: number,
          wanted: DmaFence[] | null,
        ): KernelTask<{ readonly count: number; readonly timestampNs: number }> {
          const { current } = this.stack.world;
          if (wanted === null) {
            const counted: DmaFence[] = [];
            this.counted.set(current, counted);
            let timestampNs = since;
            for (const leaf of fences.flatMap((fence) => this.opened(fence))) {
              if (!(yield* leaf.isSignaled())) counted.push(leaf);
              else timestampNs = Math.max(timestampNs, yield* leaf.timestamp());
            }
            return { count: counted.length, timestampNs };
          }
          for (const fence of this.counted.get(current) ?? []) wanted.push(yield* fence.get());
          return { count: wanted.length, timestampNs: since };
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-014-forgets-one',
    mistake: 'the last of several pending leaves is left out',
    breaks: ['UNWRAP-014'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *deduplicate(fences: readonly DmaFence[]): KernelTask<DmaFence[]> {
          const kept = yield* super.deduplicate(fences);
          if (kept.length > 1) yield* kept.pop()?.put() ?? [];
          return kept;
        }
      },
    }),
  }),
];
