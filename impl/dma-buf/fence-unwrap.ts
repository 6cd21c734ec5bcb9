import type { KernelTask } from '../kernel/access.ts';
import type { Stack } from '../stack.ts';
import type { DmaFence } from './dma-fence.ts';

/** Walking through containers, and merging what is found there. */
export class FenceUnwrap {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** The leaves of a fence, in order; they are borrowed. @kernel dma_fence_unwrap_for_each */
  leaves(fence: DmaFence | null): readonly DmaFence[] {
    return this.stack.arrays.children(fence);
  }

  /**
   * One fence for several: a stub, a leaf, or an array of one leaf per context.
   *
   * @kernel __dma_fence_unwrap_merge
   * @rule UNWRAP-006
   * @rule UNWRAP-008
   * @rule UNWRAP-009
   * @rule UNWRAP-012
   */
  *merge(fences: readonly (DmaFence | null)[]): KernelTask<DmaFence | null> {
    const { world, stubs } = this.stack;
    let count = 0;
    let timestampNs = 0;
    for (const fence of fences) {
      for (const leaf of this.leaves(fence)) {
        if (yield* leaf.isSignaled()) {
          timestampNs = Math.max(timestampNs, yield* leaf.timestamp());
        } else {
          count += 1;
        }
      }
    }
    if (count === 0) return yield* stubs.allocatePrivateStub(timestampNs);
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return null;

    const pending = yield* this.collect(fences);
    const kept = yield* this.deduplicate(pending);
    const first = kept[0];
    if (first === undefined) return yield* stubs.allocatePrivateStub(timestampNs);
    if (kept.length === 1) return first;
    return yield* this.wrap(kept);
  }

  /** The second pass: a reference on every leaf that is still pending. @rule UNWRAP-013 */
  protected *collect(fences: readonly (DmaFence | null)[]): KernelTask<DmaFence[]> {
    const pending: DmaFence[] = [];
    for (const fence of fences) {
      for (const leaf of this.leaves(fence)) {
        if (!(yield* leaf.isSignaled())) pending.push(yield* leaf.get());
      }
    }
    return pending;
  }

  /** Sorts by context and keeps the latest of each. @kernel dma_fence_dedup_array @rule UNWRAP-010 */
  *deduplicate(fences: readonly DmaFence[]): KernelTask<DmaFence[]> {
    const sorted = fences.toSorted((first, second) => this.compare(first, second));
    const kept: DmaFence[] = [];
    for (const fence of sorted) {
      if (kept.at(-1)?.context === fence.context) yield* fence.put();
      else kept.push(fence);
    }
    return kept;
  }

  /** Contexts ascend; within one the latest comes first. @kernel fence_cmp @rule UNWRAP-010 */
  compare(first: DmaFence, second: DmaFence): number {
    if (first.context !== second.context) return first.context < second.context ? -1 : 1;
    if (this.stack.fences.isLater(first, second)) return -1;
    return this.stack.fences.isLater(second, first) ? 1 : 0;
  }

  /** @rule UNWRAP-009 */
  *wrap(fences: readonly DmaFence[]): KernelTask<DmaFence | null> {
    const context = yield* this.stack.fences.contextAlloc(1);
    const array = yield* this.stack.arrays.create(fences, context, 1n, false);
    if (array !== null) return array.base;
    for (const fence of fences) yield* fence.put();
    return null;
  }
}
