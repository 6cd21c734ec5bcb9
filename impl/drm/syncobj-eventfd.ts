import type { DmaFence } from '../dma-buf/dma-fence.ts';
import type { FenceCallback } from '../dma-buf/fence-callback.ts';
import type { KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import type { Stack } from '../stack.ts';
import type { Eventfd } from '../uapi/eventfd.ts';

/** What an event counter is registered for. */
export interface EventfdRequest {
  readonly point: bigint;
  /** A fence is enough, whether it is done or not. */
  readonly isForAvailable: boolean;
}

/**
 * An event counter that hears once of a point. It owns itself: it goes when it has counted, or with
 * its object.
 *
 * @kernel struct syncobj_eventfd_entry
 */
export class SyncobjEventfd extends KernelObject {
  readonly stack: Stack;
  readonly counter: Eventfd;
  readonly point: bigint;
  readonly isForAvailable: boolean;
  readonly callback: FenceCallback;
  /** With a reference. Written before the fence's callback can run. */
  protected readonly fence: PlainWord<DmaFence | null>;

  /** It takes over a reference on the counter. */
  constructor(stack: Stack, counter: Eventfd, { point, isForAvailable }: EventfdRequest) {
    super(stack.world, 'syncobjEventfd');
    this.stack = stack;
    this.counter = counter;
    this.point = point;
    this.isForAvailable = isForAvailable;
    this.fence = new PlainWord<DmaFence | null>(this, 'fence', null);
    this.callback = new stack.types.FenceCallback(stack.world, () => this.fire());
  }

  /**
   * There is a fence for the point. Under the lock of the object, which has forgotten this entry.
   *
   * @kernel syncobj_eventfd_entry_func
   * @rule SYNCOBJ-031
   */
  *capture(fence: DmaFence): KernelTask<void> {
    this.fence.set(fence);
    if (this.isForAvailable || (yield* fence.addCallback(this.callback)) !== 0) yield* this.fire();
  }

  /** Counts, and ends. @kernel syncobj_eventfd_entry_fence_func */
  *fire(): KernelTask<void> {
    yield* this.counter.signal();
    yield* this.free();
  }

  /** @kernel syncobj_eventfd_entry_free */
  *free(): KernelTask<void> {
    const fence = this.fence.get();
    yield* this.counter.put();
    if (fence !== null) yield* fence.put();
    this.world.memory.free(this.callback);
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('counter', this.counter);
    visit('point', this.point);
    visit('isForAvailable', this.isForAvailable);
    visit('fence', this.fence.value);
    visit('callback', this.callback);
  }
}
