import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about the children of an array, and its end. */
export const CONTENTS_FAULTS: readonly Fault[] = [
  fault({
    id: 'array-020-first-child-kept',
    mistake: 'release forgets the first child',
    breaks: ['ARRAY-020'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *release(): KernelTask<void> {
          yield* this.fences[0]?.get() ?? [];
          yield* super.release();
        }
      },
    }),
  }),
  fault({
    id: 'array-020-no-grace-period',
    mistake: 'release frees the array at once',
    breaks: ['ARRAY-020'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *release(): KernelTask<void> {
          const { world } = this;
          for (const fence of this.fences) yield* fence.put();
          world.emit(this, 'free');
          for (const node of this.callbacks.copy()) world.memory.free(node);
          world.memory.free(this);
          world.emit(this.base, 'free');
          world.memory.free(this.base);
        }
      },
    }),
  }),
  fault({
    id: 'array-021-first-child-only',
    mistake: 'a deadline reaches the first child only',
    breaks: ['ARRAY-021'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *setDeadline(_base: DmaFence, deadlineNs: bigint): KernelTask<void> {
          yield* this.fences[0]?.setDeadline(deadlineNs) ?? [];
        }
      },
    }),
  }),
  fault({
    id: 'array-021-asks-the-issuer',
    mistake: 'a deadline goes straight to the issuers of the children',
    breaks: ['ARRAY-021'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *setDeadline(_base: DmaFence, deadlineNs: bigint): KernelTask<void> {
          for (const { ops } of this.fences.map((fence) => ({ ops: fence.ops }))) {
            yield* ops.setDeadline?.(this.base, deadlineNs) ?? [];
          }
        }
      },
    }),
  }),
  fault({
    id: 'array-022-own-context',
    mistake: 'an array matches its own context',
    breaks: ['ARRAY-022'],
    install: (types) => ({
      FenceArrays: class extends types.FenceArrays {
        override matchContext(fence: DmaFence, context: number): boolean {
          return fence.context === context || super.matchContext(fence, context);
        }
      },
    }),
  }),
  fault({
    id: 'array-022-one-child-is-enough',
    mistake: 'an array matches when one of its children does',
    breaks: ['ARRAY-022'],
    install: (types) => ({
      FenceArrays: class extends types.FenceArrays {
        override matchContext(fence: DmaFence, context: number): boolean {
          const array = this.arrayOf(fence);
          if (array === null || array.fences.length === 0)
            return super.matchContext(fence, context);
          return array.fences.some((child) => child.context === context);
        }
      },
    }),
  }),
  fault({
    id: 'array-023-plain-yields-nothing',
    mistake: 'iterating a fence that is no array yields nothing',
    breaks: ['ARRAY-023'],
    install: (types) => ({
      FenceArrays: class extends types.FenceArrays {
        override children(fence: DmaFence | null): readonly DmaFence[] {
          return fence === null ? [] : (this.arrayOf(fence)?.fences ?? []);
        }
      },
    }),
  }),
  fault({
    id: 'array-025-by-name',
    mistake: 'a container is recognised by the name of its driver',
    breaks: ['ARRAY-025'],
    install: (types) => ({
      FenceArrays: class extends types.FenceArrays {
        override isContainer(fence: DmaFence): boolean {
          return fence.ops.getDriverName(fence) === 'dma_fence_array';
        }
      },
    }),
  }),
  fault({
    id: 'array-025-by-contents',
    mistake: 'an array without children counts as a plain fence',
    breaks: ['ARRAY-025'],
    install: (types) => ({
      FenceArrays: class extends types.FenceArrays {
        override isContainer(fence: DmaFence): boolean {
          return (this.arrayOf(fence)?.fences.length ?? 0) > 0;
        }
      },
    }),
  }),
  fault({
    id: 'array-027-drops-when-done',
    mistake: 'an array gives its children back as soon as it is done',
    breaks: ['ARRAY-027'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *completeInInterrupt(): KernelTask<void> {
          for (const fence of this.fences) yield* fence.put();
          yield* super.completeInInterrupt();
        }

        override *release(): KernelTask<void> {
          // The children are gone already, but a release of the fence still has to drop something.
          if (this.pending.readStable() > 0) {
            yield* super.release();
            return;
          }
          const { world } = this;
          world.emit(this, 'free');
          for (const node of this.callbacks.copy()) world.rcu.free(node);
          world.rcu.free(this);
          this.base.free();
        }
      },
    }),
  }),
];
