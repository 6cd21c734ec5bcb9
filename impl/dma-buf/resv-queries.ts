import type { KernelTask } from '../kernel/access.ts';
import { ENOMEM } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import type { DmaFence } from './dma-fence.ts';
import type { DmaResv } from './dma-resv.ts';
import type { ResvList } from './resv-list.ts';
import { DMA_RESV_USAGE_BOOKKEEP, DMA_RESV_USAGE_READ, type ResvUsage } from './resv-usage.ts';
import type { ResvCursor } from './resv-walk.ts';

/** How a listing names usages. */
const USAGE_NAMES = ['kernel', 'write', 'read', 'bookkeep'] as const;

/** What can be asked of a reservation object without its lock, and what is made of the answers. */
export class ResvQueries {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /**
   * The pending fences up to `usage`, each with a reference; -ENOMEM.
   *
   * @kernel dma_resv_get_fences
   * @rule RESV-049
   * @rule RESV-050
   * @rule RESV-070
   */
  *getFences(resv: DmaResv, usage: ResvUsage): KernelTask<DmaFence[] | number> {
    const { resvWalk } = this.stack;
    const cursor = resvWalk.begin(resv, usage);
    const fences: DmaFence[] = [];
    let fence = yield* resvWalk.first(cursor);
    while (fence !== null) {
      if (cursor.isRestarted && !(yield* this.startAnew(fences))) {
        yield* resvWalk.end(cursor);
        this.stack.world.emit(resv, 'getFences', -ENOMEM, usage);
        return -ENOMEM;
      }
      fences.push(yield* fence.get());
      fence = yield* resvWalk.next(cursor);
    }
    yield* resvWalk.end(cursor);
    this.stack.world.emit(resv, 'getFences', fences.length, usage);
    return fences;
  }

  /** What was collected may come again. False without memory for what will. */
  protected *startAnew(fences: DmaFence[]): KernelTask<boolean> {
    for (let last = fences.pop(); last !== undefined; last = fences.pop()) yield* last.put();
    return yield* this.stack.world.memory.reserve('GFP_KERNEL');
  }

  /**
   * One fence that stands for all pending ones up to `usage`, with a reference; null when there is
   * none; -ENOMEM.
   *
   * @kernel dma_resv_get_singleton
   * @rule RESV-051
   * @rule RESV-052
   */
  *getSingleton(resv: DmaResv, usage: ResvUsage): KernelTask<DmaFence | number | null> {
    const { arrays, fences: functions, world } = this.stack;
    const found = yield* this.getFences(resv, usage);
    if (typeof found === 'number') return found;
    if (found.length <= 1) {
      world.emit(resv, 'getSingleton', 0, usage, found[0] ?? null);
      return found[0] ?? null;
    }
    const context = yield* functions.contextAlloc(1);
    const array = yield* arrays.create(found, context, 1n, false);
    world.emit(resv, 'getSingleton', array === null ? -ENOMEM : 0, usage, array?.base ?? null);
    if (array !== null) return array.base;
    for (const fence of found.toReversed()) yield* fence.put();
    return -ENOMEM;
  }

  /**
   * Gives `into`, which the caller has locked, the pending fences of `from`.
   *
   * @kernel dma_resv_copy_fences
   * @rule RESV-046
   * @rule RESV-047
   * @rule RESV-048
   * @rule RESV-070
   */
  *copyFences(into: DmaResv, from: DmaResv): KernelTask<number> {
    const { resvWalk, world } = this.stack;
    into.assertHeld('dma_resv_copy_fences');
    const cursor = resvWalk.begin(from, DMA_RESV_USAGE_BOOKKEEP);
    let list: ResvList | null = null;
    world.emit(into, 'copy.begin');
    let fence = yield* resvWalk.first(cursor);
    while (fence !== null) {
      if (cursor.isRestarted) {
        if (list !== null) {
          world.emit(into, 'copy.restart');
          yield* list.free();
        }
        list = yield* this.listFor(cursor);
        if (list === null) {
          yield* resvWalk.end(cursor);
          world.emit(into, 'copy.failed', -ENOMEM);
          return -ENOMEM;
        }
      }
      list?.initialize(yield* fence.get(), cursor.fenceUsage);
      world.emit(into, 'copy.take', null, cursor.fenceUsage, fence);
      fence = yield* resvWalk.next(cursor);
    }
    yield* resvWalk.end(cursor);
    yield* into.exchangeList(list);
    return 0;
  }

  /** A list with room for what the walk may still find; null without memory. @kernel dma_resv_list_alloc */
  protected *listFor(cursor: ResvCursor): KernelTask<ResvList | null> {
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return null;
    return new this.stack.types.ResvList(this.stack, cursor.count);
  }

  /** Passes a hint to every pending fence up to `usage`. @kernel dma_resv_set_deadline @rule RESV-063 */
  *setDeadline(resv: DmaResv, usage: ResvUsage, deadlineNs: bigint): KernelTask<void> {
    const { resvWalk } = this.stack;
    const cursor = resvWalk.begin(resv, usage);
    let fence = yield* resvWalk.first(cursor);
    while (fence !== null) {
      yield* fence.setDeadline(deadlineNs);
      fence = yield* resvWalk.next(cursor);
    }
    yield* resvWalk.end(cursor);
  }

  /**
   * A line for each fence that others wait for implicitly; the caller has the lock.
   *
   * @kernel dma_resv_describe
   * @rule RESV-064
   */
  *describe(resv: DmaResv): KernelTask<string> {
    const { resvWalk } = this.stack;
    const cursor = resvWalk.begin(resv, DMA_RESV_USAGE_READ);
    let text = '';
    let fence = resvWalk.firstLocked(cursor);
    while (fence !== null) {
      text += `\t${USAGE_NAMES[cursor.fenceUsage]} fence:${yield* fence.describe()}`;
      fence = resvWalk.nextLocked(cursor);
    }
    return text;
  }
}
