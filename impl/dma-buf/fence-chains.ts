import type { KernelTask } from '../kernel/access.ts';
import { EINVAL } from '../kernel/errno.ts';
import { KernelObject } from '../kernel/object.ts';
import type { Stack } from '../stack.ts';
import { DmaFenceChain } from './dma-fence-chain.ts';
import type { DmaFence } from './dma-fence.ts';

/** What a lookup makes of the fence that it was given, and of the reference on it. */
export interface FoundPoint {
  /** 0, or -EINVAL: then the fence is the one that was given. */
  readonly result: number;
  /** Null when the point is done. */
  readonly fence: DmaFence | null;
}

/** The memory of a chain node that has not been initialised. @kernel struct dma_fence_chain */
export class ChainMemory extends KernelObject {
  visitState(): void {
    // Its content means nothing yet.
  }
}

/** The functions about fence chains that take any fence, or make a node. */
export class FenceChains {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** Memory for a node, or null. @kernel dma_fence_chain_alloc @rule CHAIN-027 */
  *alloc(): KernelTask<ChainMemory | null> {
    const { world } = this.stack;
    if (!(yield* this.reserveNode())) return null;
    return new ChainMemory(world, 'chainMemory');
  }

  protected *reserveNode(): KernelTask<boolean> {
    return yield* this.stack.world.memory.reserve('GFP_KERNEL');
  }

  /** Gives back memory that has not become a node. @kernel dma_fence_chain_free @rule CHAIN-027 */
  free(memory: ChainMemory | null): void {
    if (memory !== null) this.stack.world.memory.free(memory);
  }

  /**
   * Makes a node of `memory`, behind `prev`. It owns both fences from now on.
   *
   * @kernel dma_fence_chain_init
   * @rule CHAIN-001
   * @rule CHAIN-002
   * @rule CHAIN-003
   */
  *init(
    memory: ChainMemory,
    prev: DmaFence | null,
    fence: DmaFence,
    seqno: bigint,
  ): KernelTask<DmaFenceChain> {
    const { fences, types, world } = this.stack;
    // The memory is the node's now, who is freed in its own way.
    world.memory.free(memory);
    const before = this.chainOf(prev)?.base ?? null;
    if (before !== null && fences.isLaterSeqno(seqno, before.seqno, true)) {
      const place = { context: before.context, seqno, prevSeqno: before.seqno };
      return new types.DmaFenceChain(this.stack, prev, fence, place);
    }
    const context = yield* fences.contextAlloc(1);
    // A point before the last one stands for all that there is.
    const place = { context, seqno: before === null ? seqno : before.seqno, prevSeqno: 0n };
    return new types.DmaFenceChain(this.stack, prev, fence, place);
  }

  /** @kernel to_dma_fence_chain @rule ARRAY-025 */
  chainOf(fence: DmaFence | null): DmaFenceChain | null {
    return fence !== null && fence.ops instanceof DmaFenceChain ? fence.ops : null;
  }

  /** The contained fence of a node, any other fence itself. @kernel dma_fence_chain_contained @rule CHAIN-028 */
  contained(fence: DmaFence): DmaFence;
  contained(fence: DmaFence | null): DmaFence | null;
  contained(fence: DmaFence | null): DmaFence | null {
    return this.chainOf(fence)?.fence ?? fence;
  }

  /** The predecessor, with a reference of its own. @kernel dma_fence_chain_get_prev */
  protected *getPrev(chain: DmaFenceChain): KernelTask<DmaFence | null> {
    const { fences, world } = this.stack;
    world.rcu.readLock();
    const prev = yield* fences.getRcuSafe(chain.prev);
    world.rcu.readUnlock();
    return prev;
  }

  /**
   * Trades a reference on `fence` for one on what comes before it, or null. Predecessors that are
   * done are taken off on the way. A loop over a chain is this, from a reference on the head.
   *
   * @kernel dma_fence_chain_walk
   * @rule CHAIN-007
   * @rule CHAIN-008
   * @rule CHAIN-009
   * @rule CHAIN-029
   */
  *walk(fence: DmaFence | null): KernelTask<DmaFence | null> {
    if (fence === null) return null;
    const chain = this.chainOf(fence);
    if (chain === null) {
      yield* fence.put();
      return null;
    }
    let prev = yield* this.getPrev(chain);
    while (prev !== null && (yield* this.isCollectable(prev))) {
      yield* this.collect(chain, prev);
      prev = yield* this.getPrev(chain);
    }
    yield* fence.put();
    return prev;
  }

  /** @rule CHAIN-008 @rule CHAIN-011 */
  protected *isCollectable(prev: DmaFence): KernelTask<boolean> {
    return yield* this.contained(prev).isSignaled();
  }

  /** Takes a predecessor off that is done, unless another walk was faster. @rule CHAIN-010 */
  protected *collect(chain: DmaFenceChain, prev: DmaFence): KernelTask<void> {
    const { fences, world } = this.stack;
    const before = this.chainOf(prev);
    const replacement = before === null ? null : yield* this.getPrev(before);
    if (yield* chain.prev.compareExchange(prev, replacement)) {
      world.emit(chain, 'collect', null, 0, prev);
      // The node's reference, for its link.
      yield* prev.put();
    } else {
      world.emit(chain, 'collect.lost', null, 0, prev);
      yield* fences.put(replacement);
    }
    yield* prev.put();
  }

  /**
   * Trades a reference on the head for one on the fence that stands for point `seqno`.
   *
   * @kernel dma_fence_chain_find_seqno
   * @rule CHAIN-012
   * @rule CHAIN-013
   * @rule CHAIN-014
   */
  *findSeqno(fence: DmaFence | null, seqno: bigint): KernelTask<FoundPoint> {
    if (seqno === 0n) return { result: 0, fence };
    const head = this.chainOf(fence)?.base ?? null;
    if (head === null || head.seqno < seqno) return { result: -EINVAL, fence };

    let found: DmaFence | null = yield* head.get();
    while (found !== null && !this.standsFor(found, seqno, head)) found = yield* this.walk(found);
    yield* head.put();
    return { result: 0, fence: found };
  }

  /** Nothing older has to be looked at for this point. @rule CHAIN-014 */
  protected standsFor(fence: DmaFence, seqno: bigint, head: DmaFence): boolean {
    if (fence.context !== head.context) return true;
    const chain = this.chainOf(fence);
    return chain === null || chain.prevSeqno < seqno;
  }
}
