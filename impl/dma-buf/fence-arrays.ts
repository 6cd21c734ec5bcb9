import type { KernelTask } from '../kernel/access.ts';
import type { Stack } from '../stack.ts';
import { DmaFenceArray } from './dma-fence-array.ts';
import type { DmaFence } from './dma-fence.ts';

/** The functions about fence arrays that take any fence, or make an array. */
export class FenceArrays {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /**
   * Makes an array that owns the children; null without memory, then the caller still owns them.
   *
   * @kernel dma_fence_array_create
   * @rule ARRAY-001
   */
  *create(
    fences: readonly DmaFence[],
    context: number,
    seqno: bigint,
    isAny: boolean,
  ): KernelTask<DmaFenceArray | null> {
    if (!(yield* this.alloc())) return null;
    return this.init(fences, context, seqno, isAny);
  }

  /** Gets the memory of an array, before a signalling section. @kernel dma_fence_array_alloc @rule ARRAY-024 */
  *alloc(): KernelTask<boolean> {
    return yield* this.stack.world.memory.reserve('GFP_KERNEL');
  }

  /** Builds an array in memory that is there already. @kernel dma_fence_array_init @rule ARRAY-024 */
  init(fences: readonly DmaFence[], context: number, seqno: bigint, isAny: boolean): DmaFenceArray {
    return new this.stack.types.DmaFenceArray(this.stack, fences, context, seqno, isAny);
  }

  /** @kernel to_dma_fence_array @rule ARRAY-025 */
  arrayOf(fence: DmaFence | null): DmaFenceArray | null {
    return fence !== null && fence.ops instanceof DmaFenceArray ? fence.ops : null;
  }

  /** @kernel dma_fence_is_container @rule ARRAY-025 */
  isContainer(fence: DmaFence): boolean {
    return this.arrayOf(fence) !== null || this.stack.chains.chainOf(fence) !== null;
  }

  /**
   * True when everything in `fence` belongs to `context`.
   *
   * @kernel dma_fence_match_context
   * @rule ARRAY-022
   */
  matchContext(fence: DmaFence, context: number): boolean {
    const array = this.arrayOf(fence);
    if (array === null) return fence.context === context;
    return array.fences.every((child) => child.context === context);
  }

  /** The children of an array, any other fence itself. @kernel dma_fence_array_for_each @rule ARRAY-023 */
  children(fence: DmaFence | null): readonly DmaFence[] {
    if (fence === null) return [];
    return this.arrayOf(fence)?.fences ?? [fence];
  }
}
