import type { KernelTask } from '../kernel/access.ts';
import type { Stack } from '../stack.ts';
import type { DmaFence } from './dma-fence.ts';

/**
 * Where a walk over the leaves of a fence is. What it yields is borrowed: the cursor has a reference
 * on the element of the chain that it is at, and on nothing else.
 *
 * @kernel struct dma_fence_unwrap
 */
export class UnwrapCursor {
  protected readonly stack: Stack;
  /** The element of the chain; a fence that is no chain is its own only element. */
  protected element: DmaFence | null = null;
  private leaves: readonly DmaFence[] = [];
  private index = 0;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel dma_fence_unwrap_first @rule UNWRAP-001 @rule UNWRAP-004 */
  *first(head: DmaFence | null): KernelTask<DmaFence | null> {
    this.element = yield* this.stack.fences.get(head);
    return yield* this.open();
  }

  /** @kernel dma_fence_unwrap_next @rule UNWRAP-001 @rule UNWRAP-003 */
  *next(): KernelTask<DmaFence | null> {
    this.index += 1;
    const leaf = this.leaves[this.index];
    if (leaf !== undefined) return leaf;
    this.element = yield* this.stack.chains.walk(this.element);
    return yield* this.open();
  }

  /** Drops what the cursor holds: for those who leave the loop early. @rule UNWRAP-004 */
  *leave(): KernelTask<void> {
    const { element } = this;
    this.element = null;
    yield* this.stack.fences.put(element);
  }

  /**
   * The first leaf of the element. One without leaves ends the walk, and the cursor gives up its
   * reference, which the kernel forgets.
   *
   * @kernel __dma_fence_unwrap_array
   * @rule UNWRAP-002
   * @rule UNWRAP-005
   */
  protected *open(): KernelTask<DmaFence | null> {
    this.index = 0;
    this.leaves = this.stack.unwrap.opened(this.element);
    const [leaf = null] = this.leaves;
    if (leaf === null) yield* this.leave();
    return leaf;
  }
}
