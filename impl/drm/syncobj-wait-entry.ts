import type { DmaFence } from '../dma-buf/dma-fence.ts';
import type { FenceCallback } from '../dma-buf/fence-callback.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { Pointer } from '../kernel/pointer.ts';
import type { Sleeper } from '../kernel/sched.ts';
import type { Stack } from '../stack.ts';

/**
 * One object that a task waits for: what the waiter keeps for as long as it waits.
 *
 * @kernel struct syncobj_wait_entry
 */
export class SyncobjWaitEntry extends KernelObject {
  readonly stack: Stack;
  readonly point: bigint;
  readonly sleeper: Sleeper;
  /** What it waits for, with a reference. Whoever submits may store it while the waiter looks. */
  readonly fence: Pointer<DmaFence>;
  /** It was put on the list of its object. Its owner's alone. @kernel node.next */
  hasJoined = false;
  /** Set while its fence has, or had, a callback of it. Its owner's alone. @kernel fence_cb.func */
  callback: FenceCallback | null = null;

  constructor(stack: Stack, point: bigint) {
    super(stack.world, 'syncobjWaitEntry');
    this.stack = stack;
    this.point = point;
    this.sleeper = stack.world.current.sleeper;
    this.fence = new Pointer<DmaFence>(this, 'fence');
  }

  /** A callback that wakes its owner. @kernel syncobj_wait_fence_func */
  makeCallback(): FenceCallback {
    const { types, world } = this.stack;
    return new types.FenceCallback(world, () => this.sleeper.wakeUp());
  }

  visitState(visit: StateVisitor): void {
    visit('point', this.point);
    visit('fence', this.fence.value);
    visit('hasJoined', this.hasJoined);
    visit('callback', this.callback);
  }
}
