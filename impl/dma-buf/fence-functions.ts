import type { KernelTask } from '../kernel/access.ts';
import { Cell } from '../kernel/cell.ts';
import { EINVAL } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { Pointer } from '../kernel/pointer.ts';
import type { Stack } from '../stack.ts';
import type { DmaFence } from './dma-fence.ts';
import type { FenceCallback } from './fence-callback.ts';
import { SignallingMap } from './signalling-map.ts';

/**
 * The functions of the fence core that are about no fence or about several, and the forms that
 * take NULL. One per machine.
 */
export class FenceFunctions extends KernelObject {
  readonly stack: Stack;
  /** @kernel dma_fence_context_counter */
  readonly contextCounter: Cell;
  readonly signallingMap: SignallingMap;

  constructor(stack: Stack) {
    super(stack.world, 'fenceFunctions');
    this.stack = stack;
    this.contextCounter = new Cell(this, 'contextCounter', 1);
    this.signallingMap = new SignallingMap(stack.world);
  }

  /**
   * Reserves `count` consecutive context numbers and returns the first.
   *
   * @kernel dma_fence_context_alloc
   * @rule FENCE-003
   * @rule FENCE-004
   */
  *contextAlloc(count: number): KernelTask<number> {
    this.world.warnOn(count === 0, 'dma_fence_context_alloc of nothing');
    return yield* this.contextCounter.fetchAdd(count);
  }

  /** @kernel dma_fence_get @rule FENCE-005 */
  *get(fence: DmaFence | null): KernelTask<DmaFence | null> {
    return fence === null ? null : yield* fence.get();
  }

  /** @kernel dma_fence_put @rule FENCE-005 */
  *put(fence: DmaFence | null): KernelTask<void> {
    if (fence !== null) yield* fence.put();
  }

  /** @kernel dma_fence_signal @rule FENCE-028 */
  *signal(fence: DmaFence | null): KernelTask<number> {
    return fence === null ? -EINVAL : yield* fence.signal();
  }

  /** @kernel dma_fence_signal_timestamp @rule FENCE-028 */
  *signalTimestamp(fence: DmaFence | null, timestampNs: number): KernelTask<number> {
    return fence === null ? -EINVAL : yield* fence.signalTimestamp(timestampNs);
  }

  /** @kernel dma_fence_add_callback @rule FENCE-041 */
  *addCallback(fence: DmaFence | null, callback: FenceCallback): KernelTask<number> {
    const isWrong = fence === null || callback.run === null;
    if (this.world.warnOn(isWrong, 'dma_fence_add_callback without fence or function')) {
      return -EINVAL;
    }
    return fence === null ? -EINVAL : yield* fence.addCallback(callback);
  }

  /** From here on the task must reach its next signal. @kernel dma_fence_begin_signalling */
  beginSignalling(): boolean {
    return this.signallingMap.begin();
  }

  /** Ends a section; the cookie may be left out. @kernel dma_fence_end_signalling */
  endSignalling(cookie?: boolean): void {
    const isOutermost = this.world.current.signallingDepth === 1;
    this.signallingMap.end(cookie ?? !(isOutermost && this.signallingMap.isHeld));
  }

  /** Part of every timed wait. @kernel __dma_fence_might_wait @rule FENCE-063 */
  mightWait(): void {
    this.signallingMap.mightWait();
  }

  /**
   * The fence that a slot holds, with a reference of its own, or null when the slot is empty.
   *
   * @kernel dma_fence_get_rcu_safe
   * @rule FENCE-011
   */
  *getRcuSafe(slot: Pointer<DmaFence>): KernelTask<DmaFence | null> {
    if (!this.world.rcu.isReading) {
      this.world.complain('lock-misuse', 'dma_fence_get_rcu_safe outside a read section');
    }
    for (;;) {
      const fence = yield* slot.read();
      if (fence === null) return null;
      if (!(yield* fence.getRcu())) continue;
      // The memory may have become another fence before the reference was won.
      if ((yield* slot.read()) === fence) return fence;
      yield* fence.put();
    }
  }

  /**
   * True when `first` comes after `second` on their common context.
   *
   * @kernel dma_fence_is_later
   * @rule FENCE-082
   * @rule FENCE-083
   * @rule FENCE-084
   */
  isLater(first: DmaFence, second: DmaFence): boolean {
    const isMixed = first.context !== second.context;
    if (this.world.warnOn(isMixed, 'fences of different contexts are compared')) return false;
    return this.isLaterSeqno(first.seqno, second.seqno, first.ops.use64BitSeqno ?? false);
  }

  /** @kernel __dma_fence_is_later */
  isLaterSeqno(first: bigint, second: bigint, is64Bit: boolean): boolean {
    if (is64Bit) return first > second;
    return BigInt.asIntN(32, first - second) > 0n;
  }

  /** @kernel dma_fence_is_later_or_same @rule FENCE-085 */
  isLaterOrSame(first: DmaFence, second: DmaFence): boolean {
    return first === second || this.isLater(first, second);
  }

  /**
   * The later of two fences of one context, or null when it is signaled.
   *
   * @kernel dma_fence_later
   * @rule FENCE-086
   */
  *later(first: DmaFence, second: DmaFence): KernelTask<DmaFence | null> {
    const isMixed = first.context !== second.context;
    if (this.world.warnOn(isMixed, 'fences of different contexts are compared')) return null;
    const candidate = this.isLater(first, second) ? first : second;
    return (yield* candidate.isSignaled()) ? null : candidate;
  }

  visitState(visit: StateVisitor): void {
    visit('contextCounter', this.contextCounter.value);
  }
}
