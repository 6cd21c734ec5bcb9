import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../impl/dma-buf/fence-flags.ts';
import type { FenceOps } from '../../impl/dma-buf/fence-ops.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { ERESTARTSYS, ETIME } from '../../impl/kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { SpinLock } from '../../impl/kernel/spinlock.ts';
import { TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE } from '../../impl/kernel/task-state.ts';
import type { Stack } from '../../impl/stack.ts';

/** The fence of the kernel's own test: context 0, number 0, and a wait of its own. */
export class MockFence extends KernelObject implements FenceOps {
  readonly base: DmaFence;
  readonly lock: SpinLock;
  private readonly stack: Stack;

  constructor(stack: Stack) {
    super(stack.world, 'mockFence');
    this.stack = stack;
    this.lock = new SpinLock(this, 'lock', '&mock->lock');
    this.base = new stack.types.DmaFence(stack, this, this.lock, 0, 0n);
  }

  getDriverName(): string {
    return 'mock';
  }

  getTimelineName(): string {
    return 'mock';
  }

  *wait(fence: DmaFence, interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
    const { world } = this;
    const { sleeper } = world.current;
    const node = new this.stack.types.FenceCallback(world, () => sleeper.wakeUp());
    let left = timeoutJiffies;
    if ((yield* fence.addCallback(node)) !== 0) {
      world.memory.free(node);
      return left;
    }
    while (left > 0) {
      yield* sleeper.setState(interruptible ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);
      if (yield* fence.flags.test(SIGNALED)) break;
      if (interruptible && (yield* sleeper.isSignalPending())) break;
      left = yield* sleeper.scheduleTimeout(left);
    }
    sleeper.setRunning();
    const hasRun = !(yield* fence.removeCallback(node));
    world.memory.free(node);
    if (hasRun) return left;
    return interruptible && (yield* sleeper.isSignalPending()) ? -ERESTARTSYS : -ETIME;
  }

  *release(fence: DmaFence): KernelTask<void> {
    fence.free();
    this.world.rcu.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder === null ? -1 : this.lock.holder.index);
  }
}
