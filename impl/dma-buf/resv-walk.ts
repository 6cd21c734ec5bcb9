import type { KernelTask } from '../kernel/access.ts';
import type { Stack } from '../stack.ts';
import type { DmaFence } from './dma-fence.ts';
import type { DmaResv } from './dma-resv.ts';
import type { ResvList } from './resv-list.ts';
import { DMA_RESV_USAGE_KERNEL, type ResvUsage } from './resv-usage.ts';

/** How far a walk has come; it lives on the walker's stack. @kernel struct dma_resv_iter */
export class ResvCursor {
  readonly resv: DmaResv;
  /** Fences up to this usage are wanted. */
  readonly usage: ResvUsage;
  /** The number of this walk among those of its task. */
  readonly number: number;
  /** The list that the walk is on, and how many slots it had when the walk came to it. */
  list: ResvList | null = null;
  count = 0;
  index = 0;
  /** What the last step found; without the lock, with a reference that the next step drops. */
  fence: DmaFence | null = null;
  /** The usage of that fence. */
  fenceUsage: ResvUsage = DMA_RESV_USAGE_KERNEL;
  /** It is the first one since the walk began, or began anew: what came before may come again. */
  isRestarted = false;

  /** @kernel dma_resv_iter_begin */
  constructor(resv: DmaResv, usage: ResvUsage, number: number) {
    this.resv = resv;
    this.usage = usage;
    this.number = number;
  }
}

/** Walking over a reservation object, with its lock and without. */
export class ResvWalk {
  protected readonly stack: Stack;
  /** How many walks each task has begun: only judges, who tell them apart, know of it. */
  private readonly begun: number[] = [];

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel dma_resv_iter_begin */
  begin(resv: DmaResv, usage: ResvUsage): ResvCursor {
    const { index } = this.stack.world.current;
    const number = (this.begun[index] ?? 0) + 1;
    this.begun[index] = number;
    return new ResvCursor(resv, usage, number);
  }

  /** The first pending fence, or null. @kernel dma_resv_iter_first_unlocked */
  *first(cursor: ResvCursor): KernelTask<DmaFence | null> {
    const { rcu } = this.stack.world;
    rcu.readLock();
    do {
      yield* this.restart(cursor);
      yield* this.walk(cursor);
    } while ((yield* cursor.resv.fences.read()) !== cursor.list);
    this.tell(cursor);
    rcu.readUnlock();
    return cursor.fence;
  }

  /** The next pending fence, or null. @kernel dma_resv_iter_next_unlocked */
  *next(cursor: ResvCursor): KernelTask<DmaFence | null> {
    const { rcu } = this.stack.world;
    rcu.readLock();
    cursor.isRestarted = false;
    let isStale = (yield* cursor.resv.fences.read()) !== cursor.list;
    do {
      if (isStale) yield* this.restart(cursor);
      yield* this.walk(cursor);
      isStale = (yield* cursor.resv.fences.read()) !== cursor.list;
    } while (isStale);
    this.tell(cursor);
    rcu.readUnlock();
    return cursor.fence;
  }

  /** A step has come to its end, on a list that the object has. */
  protected tell({ resv, fence, index, usage, number }: ResvCursor): void {
    const { world } = this.stack;
    if (fence === null) world.emit(resv, 'walk.done', number, usage);
    else world.emit(resv, 'walk.visit', number, index - 1, fence);
  }

  /** Drops the reference of the last step. @kernel dma_resv_iter_end */
  *end(cursor: ResvCursor): KernelTask<void> {
    if (cursor.fence !== null) yield* cursor.fence.put();
    cursor.fence = null;
    this.stack.world.emit(cursor.resv, 'walk.end', cursor.number);
  }

  /** Goes to slot 0 of the list that the object has now. @kernel dma_resv_iter_restart_unlocked */
  protected *restart(cursor: ResvCursor): KernelTask<void> {
    cursor.index = 0;
    cursor.count = 0;
    cursor.isRestarted = true;
    cursor.list = yield* cursor.resv.fences.read();
    // What is appended later is not looked at.
    if (cursor.list !== null) cursor.count = yield* cursor.list.count.read();
    this.stack.world.emit(cursor.resv, 'walk.restart', cursor.number, cursor.count, cursor.list);
  }

  /** One step: every fence on the way is polled, also those of no interest. @kernel dma_resv_iter_walk_unlocked */
  protected *walk(cursor: ResvCursor): KernelTask<void> {
    for (;;) {
      // Also where the object has lost its list: the step must not end with the former fence.
      if (cursor.fence !== null) yield* cursor.fence.put();
      cursor.fence = null;
      if (cursor.list === null || cursor.index >= cursor.count) return;
      const { fence, usage } = yield* cursor.list.readSlot(cursor.index);
      cursor.index += 1;
      if (!(yield* fence.getRcu())) {
        yield* this.restart(cursor);
        continue;
      }
      cursor.fence = fence;
      cursor.fenceUsage = usage;
      if (!(yield* fence.isSignaled()) && cursor.usage >= usage) return;
    }
  }

  /** The first fence, signaled ones included; borrowed while the lock is held. @kernel dma_resv_iter_first @rule RESV-035 */
  firstLocked(cursor: ResvCursor): DmaFence | null {
    cursor.resv.assertHeld('dma_resv_iter_first');
    cursor.index = 0;
    cursor.list = cursor.resv.fences.readStable();
    const fence = this.nextLocked(cursor);
    cursor.isRestarted = true;
    return fence;
  }

  /** What is appended meanwhile is visited. @kernel dma_resv_iter_next @rule RESV-036 @rule RESV-037 */
  nextLocked(cursor: ResvCursor): DmaFence | null {
    const { list } = cursor;
    cursor.resv.assertHeld('dma_resv_iter_next');
    cursor.isRestarted = false;
    while (list !== null && cursor.index < list.count.readStable()) {
      const { fence, usage } = list.slot(cursor.index);
      cursor.index += 1;
      cursor.fenceUsage = usage;
      if (usage <= cursor.usage) return fence;
    }
    return null;
  }
}
