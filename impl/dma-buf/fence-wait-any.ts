import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, ENOMEM, ERESTARTSYS } from '../kernel/errno.ts';
import { TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE } from '../kernel/task-state.ts';
import type { Stack } from '../stack.ts';
import type { DmaFence } from './dma-fence.ts';
import type { FenceCallback } from './fence-callback.ts';
import { SIGNALED } from './fence-flags.ts';

/** What an any-wait tells: time left or error, and which fence was found signaled. */
export interface AnyWaited {
  readonly left: number;
  /** Meaningless unless `left` is positive. */
  readonly index: number;
}

/** Waiting for the first of several fences. */
export class FenceWaitAny {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /**
   * @kernel dma_fence_wait_any_timeout
   * @rule FENCE-075
   * @rule FENCE-076
   * @rule FENCE-077
   * @rule FENCE-078
   */
  *waitAnyTimeout(
    fences: readonly DmaFence[] | null,
    interruptible: boolean,
    timeoutJiffies: number,
  ): KernelTask<AnyWaited> {
    const { world } = this.stack;
    const isWrong = fences === null || fences.length === 0 || timeoutJiffies < 0;
    if (world.warnOn(isWrong, 'dma_fence_wait_any_timeout with a wrong argument')) {
      return { left: -EINVAL, index: -1 };
    }
    if (fences === null) return { left: -EINVAL, index: -1 };
    if (timeoutJiffies === 0) return yield* this.pollAll(fences);
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return { left: -ENOMEM, index: -1 };

    const { sleeper } = world.current;
    const nodes: FenceCallback[] = [];
    for (const fence of fences) {
      const node = new this.stack.types.FenceCallback(world, () => sleeper.wakeUp());
      if ((yield* fence.addCallback(node)) !== 0) {
        // The refused node was never linked: its fence's lock is not taken again.
        world.memory.free(node);
        yield* this.removeAll(fences, nodes);
        return { left: timeoutJiffies, index: nodes.length };
      }
      nodes.push(node);
    }
    const waited = yield* this.sleep(fences, interruptible, timeoutJiffies);
    sleeper.setRunning();
    yield* this.removeAll(fences, nodes);
    return waited;
  }

  protected *pollAll(fences: readonly DmaFence[]): KernelTask<AnyWaited> {
    for (const [index, fence] of fences.entries()) {
      if (yield* fence.isSignaled()) return { left: 1, index };
    }
    return { left: 0, index: -1 };
  }

  protected *sleep(
    fences: readonly DmaFence[],
    interruptible: boolean,
    timeoutJiffies: number,
  ): KernelTask<AnyWaited> {
    const { sleeper } = this.stack.world.current;
    let left = timeoutJiffies;
    while (left > 0) {
      yield* sleeper.setState(interruptible ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);
      const index = yield* this.findSignaled(fences);
      if (index >= 0) return { left, index };
      left = yield* sleeper.scheduleTimeout(left);
      if (left > 0 && interruptible && (yield* sleeper.isSignalPending())) left = -ERESTARTSYS;
    }
    return { left, index: -1 };
  }

  /** The lowest index whose flag is set; it looks at flags only. @kernel dma_fence_test_signaled_any */
  protected *findSignaled(fences: readonly DmaFence[]): KernelTask<number> {
    for (const [index, fence] of fences.entries()) {
      if (yield* fence.flags.test(SIGNALED)) return index;
    }
    return -1;
  }

  /** Takes back what was added; after this no callback runs into the nodes. @rule FENCE-080 */
  protected *removeAll(
    fences: readonly DmaFence[],
    nodes: readonly FenceCallback[],
  ): KernelTask<void> {
    for (let index = nodes.length - 1; index >= 0; index -= 1) {
      const node = nodes[index];
      const fence = fences[index];
      if (node === undefined || fence === undefined) continue;
      yield* fence.removeCallback(node);
      this.stack.world.memory.free(node);
    }
  }
}
