import type { KernelTask } from '../kernel/access.ts';
import type { Stack } from '../stack.ts';
import type { DmaFence } from './dma-fence.ts';
import type { DmaResv } from './dma-resv.ts';
import type { ResvUsage } from './resv-usage.ts';

/** A pending fence of a reservation object, with a reference, and where it was found. */
export interface ResvFound {
  readonly fence: DmaFence;
  readonly index: number;
}

/** Walking over a reservation object without its lock. */
export class ResvWalk {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /**
   * The first pending fence up to `usage` from slot `start` on; null when there is none,
   * `restart` when the list was exchanged under the walk.
   *
   * @kernel dma_resv_iter_walk_unlocked
   */
  *firstPending(
    resv: DmaResv,
    usage: ResvUsage,
    start: number,
  ): KernelTask<ResvFound | 'restart' | null> {
    const { rcu } = this.stack.world;
    rcu.readLock();
    const found = yield* this.walk(resv, usage, start);
    rcu.readUnlock();
    return found;
  }

  protected *walk(
    resv: DmaResv,
    usage: ResvUsage,
    start: number,
  ): KernelTask<ResvFound | 'restart' | null> {
    const list = yield* resv.fences.read();
    if (list === null) return null;
    const count = yield* list.count.read();
    for (let index = start; index < count; index += 1) {
      const slot = yield* list.read(index);
      if (slot.usage > usage) continue;
      if (!(yield* slot.fence.getRcu())) return 'restart';
      const isSignaled = yield* slot.fence.isSignaled();
      if (!isSignaled) {
        if ((yield* resv.fences.read()) === list) return { fence: slot.fence, index };
        yield* slot.fence.put();
        return 'restart';
      }
      yield* slot.fence.put();
    }
    return (yield* resv.fences.read()) === list ? null : 'restart';
  }
}
