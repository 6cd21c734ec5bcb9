import type { KernelTask } from '../kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../kernel/clock.ts';
import { EINVAL, ERESTARTSYS, MAX_ERRNO } from '../kernel/errno.ts';
import { TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE } from '../kernel/task-state.ts';
import { SIGNALED } from './fence-flags.ts';
import type { FenceWaiter } from './fence-waiter.ts';
import { FenceSignal } from './fence-signal.ts';

/**
 * A one-shot completion event with callbacks: status, waiting, hints.
 *
 * @kernel struct dma_fence
 */
export class DmaFence extends FenceSignal {
  protected override get self(): DmaFence {
    return this;
  }

  /**
   * 0 while pending, 1 when done, or the error.
   *
   * @kernel dma_fence_get_status_locked
   * @rule FENCE-056
   */
  *getStatusLocked(): KernelTask<number> {
    let status = 0;
    if (yield* this.isSignaledLocked()) {
      const error = yield* this.error.read();
      status = error === 0 ? 1 : error;
    }
    this.world.emit(this, 'status', status);
    return status;
  }

  /** @kernel dma_fence_get_status @rule FENCE-057 */
  *getStatus(): KernelTask<number> {
    this.assertReferenced('dma_fence_get_status');
    const flags = yield* this.lock.acquireIrqsave();
    const status = yield* this.getStatusLocked();
    this.lock.releaseIrqrestore(flags);
    return status;
  }

  /**
   * Stores an error that waiters see once the fence signals.
   *
   * @kernel dma_fence_set_error
   * @rule FENCE-058
   * @rule FENCE-059
   */
  *setError(error: number): KernelTask<void> {
    const { world } = this;
    this.assertReferenced('dma_fence_set_error');
    world.warnOn(yield* this.flags.test(SIGNALED), 'error set on a signaled fence', this);
    world.warnOn(error >= 0 || error < -MAX_ERRNO, `${error} is no error number`, this);
    yield* this.error.write(error);
    this.commit('setError', null, error);
  }

  /**
   * When the fence signaled, in monotonic nanoseconds.
   *
   * @kernel dma_fence_timestamp
   * @rule FENCE-060
   */
  *timestamp(): KernelTask<number> {
    const { world } = this;
    this.assertReferenced('dma_fence_timestamp');
    const isSet = yield* this.flags.test(SIGNALED);
    if (world.warnOn(!isSet, 'timestamp of a pending fence', this)) {
      return world.clock.nanoseconds;
    }
    yield* this.flags.waitFor(this.stamped);
    const timestampNs = this.timestampNs.readStable();
    world.emit(this, 'timestamp', timestampNs);
    return timestampNs;
  }

  /**
   * Waits up to `timeoutJiffies`; what is left comes back.
   *
   * @kernel dma_fence_wait_timeout
   * @rule FENCE-062
   * @rule FENCE-063
   * @rule FENCE-074
   */
  *waitTimeout(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
    const { world, ops } = this;
    this.assertReferenced('dma_fence_wait_timeout');
    if (world.warnOn(timeoutJiffies < 0, 'negative timeout', this)) return -EINVAL;
    world.memory.mightSleep('dma_fence_wait_timeout');
    this.stack.fences.mightWait();
    yield* this.enableSwSignaling();
    this.trace('dma_fence_wait_start');
    const left =
      ops.wait === undefined
        ? yield* this.defaultWait(interruptible, timeoutJiffies)
        : yield* ops.wait(this, interruptible, timeoutJiffies);
    this.trace('dma_fence_wait_end');
    return left;
  }

  /** Waits without a limit: 0, or a negative error. @kernel dma_fence_wait @rule FENCE-073 */
  *wait(interruptible: boolean): KernelTask<number> {
    const left = yield* this.waitTimeout(interruptible, MAX_SCHEDULE_TIMEOUT);
    return left > 0 ? 0 : left;
  }

  /**
   * Sleeps until the fence signals, time runs out, or a signal interrupts.
   *
   * @kernel dma_fence_default_wait
   * @rule FENCE-064
   * @rule FENCE-065
   * @rule FENCE-066
   * @rule FENCE-068
   * @rule FENCE-070
   */
  *defaultWait(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
    const { world } = this;
    const { sleeper } = world.current;
    const flags = yield* this.lock.acquireIrqsave();
    const waiter = new this.stack.types.FenceWaiter(world, timeoutJiffies);
    if (yield* this.flags.test(SIGNALED)) {
      this.lock.releaseIrqrestore(flags);
      return this.waited(waiter, timeoutJiffies === 0 ? 1 : timeoutJiffies);
    }
    if (interruptible && (yield* sleeper.isSignalPending())) {
      this.lock.releaseIrqrestore(flags);
      return this.waited(waiter, -ERESTARTSYS);
    }
    if (timeoutJiffies === 0) {
      this.lock.releaseIrqrestore(flags);
      return this.waited(waiter, 0);
    }

    const node = new this.stack.types.FenceCallback(world, () => sleeper.wakeUp());
    node.isPrepared.set(true);
    node.linkedOn.set(this);
    this.callbacks.unshift(node);
    world.emit(node, 'add');
    world.emit(this, 'wait.link');
    waiter.link();
    const left = yield* this.sleepLocked(waiter, interruptible, timeoutJiffies, flags);
    if (!node.linkedOn.isNull()) {
      this.unlink(node);
      world.emit(node, 'remove');
      world.emit(this, 'wait.unlink');
      waiter.unlink();
    }
    sleeper.setRunning();
    this.waited(waiter, left);
    this.lock.releaseIrqrestore(flags);
    world.memory.free(node);
    return left;
  }

  /** The loop of the default wait; called and left with the lock held. */
  protected *sleepLocked(
    waiter: FenceWaiter,
    interruptible: boolean,
    timeoutJiffies: number,
    flags: boolean,
  ): KernelTask<number> {
    const { sleeper } = this.world.current;
    let left = timeoutJiffies;
    while (!(yield* this.flags.test(SIGNALED)) && left > 0) {
      // The signaller needs the lock, and so finds this before it looks for somebody to wake.
      yield* sleeper.setStateUnordered(interruptible ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);
      waiter.sleep();
      this.lock.releaseIrqrestore(flags);
      left = yield* sleeper.scheduleTimeout(left);
      waiter.wake();
      yield* this.lock.acquireIrqsave();
      if (left > 0 && interruptible && (yield* sleeper.isSignalPending())) left = -ERESTARTSYS;
    }
    return left;
  }

  protected waited(waiter: FenceWaiter, left: number): number {
    waiter.end(left);
    if (left > 0) this.world.emit(this, 'wait.done', left);
    else if (left === 0) this.world.emit(this, 'wait.timedOut', 0);
    else this.world.emit(this, 'wait.interrupted', left);
    return left;
  }

  /**
   * Tells the issuer when the fence is wanted. A hint, without effect on completion.
   *
   * @kernel dma_fence_set_deadline
   * @rule FENCE-087
   */
  *setDeadline(deadlineNs: bigint): KernelTask<void> {
    this.assertReferenced('dma_fence_set_deadline');
    if (this.ops.setDeadline === undefined) return;
    if (yield* this.isSignaled()) return;
    this.world.emit(this, 'setDeadline');
    yield* this.ops.setDeadline(this, deadlineNs);
  }

  /** One line for a debug listing. @kernel dma_fence_describe @rule FENCE-061 */
  *describe(): KernelTask<string> {
    const state = (yield* this.isSignaled()) ? '' : 'un';
    const driver = this.ops.getDriverName(this);
    const timeline = this.ops.getTimelineName(this);
    return `${driver} ${timeline} seq ${this.seqno} ${state}signalled\n`;
  }
}
