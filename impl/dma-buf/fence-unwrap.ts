import type { KernelTask } from '../kernel/access.ts';
import type { Stack } from '../stack.ts';
import type { DmaFence } from './dma-fence.ts';
import type { UnwrapCursor } from './unwrap-cursor.ts';

/** What one pass over all leaves found. */
interface Pass {
  /** How many leaves polled pending. */
  readonly count: number;
  /** The latest time at which a signaled leaf was done. Unit: nanoseconds. */
  readonly timestampNs: number;
}

/** Walking through containers, and merging what is found there. */
export class FenceUnwrap {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** For a walk over the leaves of a fence, in order. @kernel dma_fence_unwrap_for_each */
  cursor(): UnwrapCursor {
    return new this.stack.types.UnwrapCursor(this.stack);
  }

  /**
   * The leaves of one element of a chain: its contained fence, or what is in that array.
   *
   * @rule UNWRAP-001
   * @rule UNWRAP-002
   */
  opened(element: DmaFence | null): readonly DmaFence[] {
    return this.stack.arrays.children(this.stack.chains.contained(element));
  }

  /** How many leaves a walk finds now; a later one finds no more than that. */
  *count(fence: DmaFence | null): KernelTask<number> {
    const cursor = this.cursor();
    let count = 0;
    let leaf = yield* cursor.first(fence);
    while (leaf !== null) {
      count += 1;
      leaf = yield* cursor.next();
    }
    return count;
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
    const { stubs } = this.stack;
    const counted = yield* this.pass(fences, 0, null);
    if (counted.count === 0) return yield* stubs.allocatePrivateStub(counted.timestampNs);
    if (!(yield* this.reserveVector())) return null;

    // A leaf may have signaled since it was counted, and the latest time with it.
    const pending: DmaFence[] = [];
    const collected = yield* this.pass(fences, counted.timestampNs, pending);
    const kept = yield* this.deduplicate(pending);
    const first = kept[0];
    if (first === undefined) return yield* stubs.allocatePrivateStub(collected.timestampNs);
    if (kept.length === 1) return first;
    return yield* this.wrap(kept);
  }

  /** Looks at every leaf; takes a reference on the pending ones if they are wanted. @rule UNWRAP-013 */
  protected *pass(
    fences: readonly (DmaFence | null)[],
    since: number,
    wanted: DmaFence[] | null,
  ): KernelTask<Pass> {
    let count = 0;
    let timestampNs = since;
    for (const fence of fences) {
      const cursor = this.cursor();
      let leaf = yield* cursor.first(fence);
      while (leaf !== null) {
        if (yield* leaf.isSignaled()) {
          timestampNs = Math.max(timestampNs, yield* leaf.timestamp());
        } else {
          count += 1;
          if (wanted !== null) wanted.push(yield* leaf.get());
        }
        leaf = yield* cursor.next();
      }
    }
    return { count, timestampNs };
  }

  /** Memory for the leaves that were counted. @rule UNWRAP-015 */
  protected *reserveVector(): KernelTask<boolean> {
    return yield* this.stack.world.memory.reserve('GFP_KERNEL');
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
