import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, ENOENT } from '../kernel/errno.ts';
import type { IrqFlags } from '../kernel/spinlock.ts';
import type { FenceCallback } from './fence-callback.ts';
import { ENABLE_SIGNAL, SIGNALED, TIMESTAMP } from './fence-flags.ts';
import { FenceLife } from './fence-life.ts';

/** Signalling, callbacks and arming: what happens under a fence's lock. */
export abstract class FenceSignal extends FenceLife {
  /**
   * Completes the fence and calls its callbacks, with `lock` held.
   *
   * @kernel dma_fence_signal_timestamp_locked
   * @rule FENCE-027
   * @rule FENCE-029
   * @rule FENCE-032
   * @returns 0, or -EINVAL when the fence has signaled already.
   */
  *signalTimestampLocked(timestampNs: number): KernelTask<number> {
    const { world } = this;
    this.lock.assertHeld('dma_fence_signal_timestamp_locked');
    if (yield* this.flags.testAndSet(SIGNALED)) {
      world.emit(this, 'signal', -EINVAL);
      return -EINVAL;
    }
    const callbacks = this.callbacks.takeAll();
    world.emit(this, 'signal', 0);
    yield* this.timestampNs.write(timestampNs);
    yield* this.flags.set(TIMESTAMP);
    world.emit(this, 'stamp');
    this.trace('dma_fence_signaled');
    for (const node of callbacks) yield* this.runCallback(node);
    return 0;
  }

  /** Calls one detached node; after that the core never touches it again. @rule FENCE-033 */
  *runCallback(node: FenceCallback): KernelTask<void> {
    const { world } = this;
    const task = world.current;
    node.linkedOn.set(null);
    node.calls += 1;
    world.emit(node, 'run');
    task.enter('fence callback');
    if (node.run !== null) yield* node.run(this.self, node);
    task.leave();
    world.emit(node, 'ran');
  }

  /** @kernel dma_fence_signal_timestamp @rule FENCE-039 */
  *signalTimestamp(timestampNs: number): KernelTask<number> {
    this.assertReferenced('dma_fence_signal_timestamp');
    const flags = yield* this.lock.acquireIrqsave();
    const result = yield* this.signalTimestampLocked(timestampNs);
    this.unlockSignaled(flags);
    return result;
  }

  /** @kernel dma_fence_signal_locked @rule FENCE-038 */
  *signalLocked(): KernelTask<number> {
    return yield* this.signalTimestampLocked(this.world.clock.nanoseconds);
  }

  /**
   * Completes the fence, inside a signalling section.
   *
   * @kernel dma_fence_signal
   * @rule FENCE-036
   * @rule FENCE-037
   */
  *signal(): KernelTask<number> {
    this.assertReferenced('dma_fence_signal');
    const cookie = this.stack.fences.beginSignalling();
    const flags = yield* this.lock.acquireIrqsave();
    const result = yield* this.signalTimestampLocked(this.world.clock.nanoseconds);
    this.unlockSignaled(flags);
    this.stack.fences.endSignalling(cookie);
    return result;
  }

  /** Finds the lock through the fence once more: the caller's reference keeps it. @rule FENCE-036 */
  protected unlockSignaled(flags: IrqFlags): void {
    this.world.memory.reads(this, 'lock');
    this.lock.releaseIrqrestore(flags);
  }

  /**
   * Asks for `callback` to run once, when the fence signals.
   *
   * @kernel dma_fence_add_callback
   * @rule FENCE-042
   * @rule FENCE-043
   * @rule FENCE-046
   * @returns 0, or -ENOENT when the fence has signaled already.
   */
  *addCallback(callback: FenceCallback): KernelTask<number> {
    const { world } = this;
    this.assertReferenced('dma_fence_add_callback');
    callback.isPrepared.set(true);
    if (yield* this.flags.test(SIGNALED)) {
      this.refuse(callback);
      return -ENOENT;
    }

    const flags = yield* this.lock.acquireIrqsave();
    // The fence can signal between the first look and the lock.
    const isArmed = yield* this.enableSignalingLocked();
    if (isArmed) {
      world.bugOn(!callback.linkedOn.isNull(), 'a linked callback is added again', callback);
      callback.linkedOn.set(this.self);
      this.callbacks.push(callback);
      world.emit(callback, 'add');
      world.emit(this, 'addCallback', 0);
    } else {
      this.refuse(callback);
    }
    this.lock.releaseIrqrestore(flags);
    return isArmed ? 0 : -ENOENT;
  }

  protected refuse(callback: FenceCallback): void {
    callback.linkedOn.set(null);
    this.world.emit(callback, 'refuse');
    this.world.emit(this, 'addCallback', -ENOENT);
  }

  /**
   * Takes `callback` back. False: its function has returned already, or it never was linked.
   *
   * @kernel dma_fence_remove_callback
   * @rule FENCE-047
   * @rule FENCE-048
   * @rule FENCE-049
   */
  *removeCallback(callback: FenceCallback): KernelTask<boolean> {
    const { world } = this;
    this.assertReferenced('dma_fence_remove_callback');
    world.bugOn(!callback.isPrepared.get(), 'a callback is removed that was never added', callback);
    const flags = yield* this.lock.acquireIrqsave();
    // The lock may lie elsewhere; the list is in the fence, and the links in the node.
    world.memory.reads(this, 'callbacks');
    const linkedOn = callback.linkedOn.get();
    const isLinked = linkedOn !== null;
    world.bugOn(
      isLinked && linkedOn !== this.self,
      'a callback is removed through another fence',
      callback,
    );
    if (isLinked) this.unlink(callback);
    world.emit(callback, isLinked ? 'remove' : 'miss');
    world.emit(this, 'removeCallback', isLinked ? 1 : 0);
    this.lock.releaseIrqrestore(flags);
    return isLinked;
  }

  protected unlink(node: FenceCallback): void {
    this.lock.assertHeld('list_del');
    node.linkedOn.set(null);
    this.callbacks.remove(node);
  }

  /**
   * Arms the issuer, once. False when the fence is signaled.
   *
   * @kernel __dma_fence_enable_signaling
   * @rule FENCE-017
   * @rule FENCE-018
   * @rule FENCE-019
   * @rule FENCE-052
   */
  *enableSignalingLocked(): KernelTask<boolean> {
    const { world, ops } = this;
    this.lock.assertHeld('__dma_fence_enable_signaling');
    const wasEnabled = yield* this.flags.testAndSet(ENABLE_SIGNAL);
    world.emit(this, 'enable');
    if (yield* this.flags.test(SIGNALED)) return false;
    if (wasEnabled || ops.enableSignaling === undefined) return true;

    this.trace('dma_fence_enable_signal');
    const isArmed = yield* ops.enableSignaling(this.self);
    world.emit(this, isArmed ? 'enableSignaling.armed' : 'enableSignaling.refused');
    if (!isArmed) yield* this.signalLocked();
    return isArmed;
  }

  /** @kernel dma_fence_enable_sw_signaling @rule FENCE-051 */
  *enableSwSignaling(): KernelTask<void> {
    this.assertReferenced('dma_fence_enable_sw_signaling');
    const flags = yield* this.lock.acquireIrqsave();
    yield* this.enableSignalingLocked();
    this.lock.releaseIrqrestore(flags);
  }

  /**
   * The plain poll: what the issuer knows to be done is signaled on the spot.
   *
   * @kernel dma_fence_is_signaled
   * @rule FENCE-053
   * @rule FENCE-054
   * @rule FENCE-090
   */
  *isSignaled(): KernelTask<boolean> {
    const { world, ops } = this;
    this.assertReferenced('dma_fence_is_signaled');
    const isSet = yield* this.flags.test(SIGNALED);
    world.emit(this, 'poll', isSet ? 1 : 0);
    if (isSet) return true;
    if (ops.signaled === undefined || !(yield* ops.signaled(this.self))) return false;
    yield* this.signal();
    world.emit(this, 'poll', 1);
    return true;
  }

  /** The poll for holders of the lock; it opens no section. @kernel dma_fence_is_signaled_locked */
  *isSignaledLocked(): KernelTask<boolean> {
    const { world, ops } = this;
    this.lock.assertHeld('dma_fence_is_signaled_locked');
    const isSet = yield* this.flags.test(SIGNALED);
    world.emit(this, 'poll', isSet ? 1 : 0);
    if (isSet) return true;
    if (ops.signaled === undefined || !(yield* ops.signaled(this.self))) return false;
    yield* this.signalLocked();
    world.emit(this, 'poll', 1);
    return true;
  }
}
