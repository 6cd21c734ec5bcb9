import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about walking, sorting, and the array that a merge makes. */
export const MERGED_ARRAY_FAULTS: readonly Fault[] = [
  fault({
    id: 'unwrap-001-backwards',
    mistake: 'the leaves of an array come last first',
    breaks: ['UNWRAP-001'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override opened(fence: DmaFence | null): readonly DmaFence[] {
          return super.opened(fence).toReversed();
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-002-opens-everything',
    mistake: 'arrays inside arrays are opened too',
    breaks: ['UNWRAP-002'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override opened(fence: DmaFence | null): readonly DmaFence[] {
          return super
            .opened(fence)
            .flatMap((leaf) => (leaf === fence ? [leaf] : this.opened(leaf)));
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-009-any-mode',
    mistake: 'the array is done with the first of its leaves',
    breaks: ['UNWRAP-009'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *wrap(fences: readonly DmaFence[]): KernelTask<DmaFence | null> {
          const context = yield* this.stack.fences.contextAlloc(1);
          const array = yield* this.stack.arrays.create(fences, context, 1n, true);
          if (array !== null) return array.base;
          for (const fence of fences) yield* fence.put();
          return null;
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-009-borrowed-context',
    mistake: 'the array takes the context of its first leaf',
    breaks: ['UNWRAP-009'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *wrap(fences: readonly DmaFence[]): KernelTask<DmaFence | null> {
          const context = fences[0]?.context ?? 0;
          const array = yield* this.stack.arrays.create(fences, context, 1n, false);
          if (array !== null) return array.base;
          for (const fence of fences) yield* fence.put();
          return null;
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-010-keeps-the-earliest',
    mistake: 'of one context the earliest leaf is kept',
    breaks: ['UNWRAP-010'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override compare(first: DmaFence, second: DmaFence): number {
          const order = super.compare(first, second);
          return first.context === second.context ? -order : order;
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-010-leaks-the-surplus',
    mistake: 'leaves that collapse keep their reference',
    breaks: ['UNWRAP-010'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *deduplicate(fences: readonly DmaFence[]): KernelTask<DmaFence[]> {
          const sorted = fences.toSorted((first, second) => this.compare(first, second));
          return sorted.filter((fence, at) => sorted[at - 1]?.context !== fence.context);
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-011-first-come',
    mistake: 'leaves are taken in the order of the arguments, the first of a context wins',
    breaks: ['UNWRAP-009', 'UNWRAP-011'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *deduplicate(fences: readonly DmaFence[]): KernelTask<DmaFence[]> {
          const kept: DmaFence[] = [];
          for (const fence of fences) {
            if (kept.some(({ context }) => context === fence.context)) yield* fence.put();
            else kept.push(fence);
          }
          return kept;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-UNWRAP-01',
    mistake: 'without memory for the array the collected references are kept',
    breaks: ['UNWRAP-012'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *wrap(fences: readonly DmaFence[]): KernelTask<DmaFence | null> {
          const context = yield* this.stack.fences.contextAlloc(1);
          const array = yield* this.stack.arrays.create(fences, context, 1n, false);
          return array?.base ?? null;
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-015-atomic',
    mistake: 'a merge takes its memory from the atomic reserves, so that nobody notices a misuse',
    breaks: ['UNWRAP-015'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        protected override *reserveVector(): KernelTask<boolean> {
          return yield* this.stack.world.memory.reserve('GFP_ATOMIC');
        }
      },
      FenceArrays: class extends types.FenceArrays {
        override *alloc(): KernelTask<boolean> {
          return yield* this.stack.world.memory.reserve('GFP_ATOMIC');
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-015-vector-on-demand',
    mistake: 'a merge asks for memory only when it makes an array',
    breaks: ['UNWRAP-015'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        protected override *reserveVector(): KernelTask<boolean> {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-016-zero-is-nobody',
    mistake: 'fences of context 0 are never absorbed by each other',
    breaks: ['UNWRAP-016'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *deduplicate(fences: readonly DmaFence[]): KernelTask<DmaFence[]> {
          const unrelated = fences.filter(({ context }) => context === 0);
          const others = fences.filter(({ context }) => context !== 0);
          return [...unrelated, ...(yield* super.deduplicate(others))];
        }
      },
    }),
  }),
];
