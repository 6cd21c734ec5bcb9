import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, EIO } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import type { Vb2Buffer } from './vb2-buffer.ts';
import type { UserPlane } from './vb2-planes.ts';
import type { Vb2Queue } from './vb2-queue.ts';

/** Queueing buffers, and starting and stopping the driver. All of it has the lock of the queue. */
export class Vb2Streaming {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel vb2_core_prepare_buf @rule VB2-016 */
  *prepareBuf(buffer: Vb2Buffer, planes: readonly UserPlane[]): KernelTask<number> {
    if (!this.isDequeued(buffer) || buffer.isPrepared.get()) return -EINVAL;
    return yield* this.stack.vb2Planes.prepare(buffer, planes);
  }

  protected isDequeued(buffer: Vb2Buffer): boolean {
    return buffer.state.ask((state) => state === 'dequeued');
  }

  /**
   * @kernel vb2_core_qbuf
   * @rule VB2-002
   * @rule VB2-008
   * @rule VB2-016
   */
  *queueBuf(buffer: Vb2Buffer, planes: readonly UserPlane[]): KernelTask<number> {
    const { queue } = buffer;
    if ((yield* queue.error.read()) !== 0) return -EIO;
    if (!this.isDequeued(buffer)) return -EINVAL;
    if (!buffer.isPrepared.get()) {
      const error = yield* this.stack.vb2Planes.prepare(buffer, planes);
      if (error !== 0) return error;
    }
    queue.queued.push(buffer);
    buffer.state.set('queued');
    buffer.tell('queue');
    if (queue.isStarted.get()) yield* queue.give(buffer);
    const isLate = queue.isStreaming.readStable() === 1 && !queue.isStarted.get();
    if (!isLate || !this.hasEnough(queue)) return 0;
    const error = yield* this.start(queue);
    if (error === 0) return 0;
    // Whoever hears of an error has not queued anything.
    queue.queued.remove(buffer);
    buffer.state.set('dequeued');
    buffer.tell('unqueue');
    return error;
  }

  /** The driver can begin. @rule VB2-008 */
  protected hasEnough({ queued, queuedMin }: Vb2Queue): boolean {
    return queued.length >= queuedMin;
  }

  /** @kernel vb2_core_streamon @rule VB2-008 */
  *streamOn(queue: Vb2Queue): KernelTask<number> {
    if (queue.isStreaming.readStable() === 1) return 0;
    const { length } = queue.buffers;
    if (length === 0 || length < queue.queuedMin) return -EINVAL;
    if (this.hasEnough(queue)) {
      const error = yield* this.start(queue);
      if (error !== 0) return error;
    }
    yield* queue.isStreaming.write(1);
    queue.tell('streamOn');
    return 0;
  }

  /**
   * Hands over what is queued, in its order, and then starts the driver.
   *
   * @kernel vb2_start_streaming
   * @rule VB2-008
   * @rule VB2-016
   */
  protected *start(queue: Vb2Queue): KernelTask<number> {
    queue.isStarted.set(true);
    queue.tell('start');
    for (const buffer of queue.queued.copy()) yield* queue.give(buffer);
    const { ops } = queue;
    const count = yield* queue.ownedByDriver.read();
    const error = ops.startStreaming === undefined ? 0 : yield* ops.startStreaming(queue, count);
    if (error === 0) {
      queue.tell('started');
      return 0;
    }
    yield* this.reclaim(queue, 'queued', 'a driver that cannot start keeps buffers');
    this.stack.world.warnOn(!queue.done.isEmpty(), 'a driver that cannot start has frames', queue);
    queue.isStarted.set(false);
    queue.tell('start.failed');
    return error;
  }

  /** Buffers that the driver should have given back. @rule VB2-012 */
  protected *reclaim(queue: Vb2Queue, how: string, complaint: string): KernelTask<void> {
    const { world } = this.stack;
    const isLeft = (yield* queue.ownedByDriver.read()) !== 0;
    if (!world.warnOn(isLeft, complaint, queue)) return;
    for (const buffer of queue.buffers.copy()) {
      const isActive = buffer.state.ask((state) => state === 'active');
      if (isActive) yield* queue.complete(buffer, how);
    }
    const isMiscounted = (yield* queue.ownedByDriver.read()) !== 0;
    world.warnOn(isMiscounted, 'the buffers of a driver are miscounted', queue);
  }

  /** @kernel vb2_core_streamoff @rule VB2-011 @rule VB2-016 */
  *streamOff(queue: Vb2Queue): KernelTask<number> {
    yield* this.cancel(queue);
    queue.isDrained.set(false);
    queue.tell('streamOff');
    return 0;
  }

  /**
   * All buffers are user space's again, whether anything streams or not.
   *
   * @kernel __vb2_queue_cancel
   * @rule VB2-011
   * @rule VB2-016
   */
  *cancel(queue: Vb2Queue): KernelTask<void> {
    yield* this.stop(queue);
    yield* queue.isStreaming.write(0);
    queue.tell('cancel');
    queue.isStarted.set(false);
    queue.queued.takeAll();
    yield* this.clearError(queue);
    yield* this.discard(queue);
    yield* queue.doneQueue.wakeAll();
    for (const buffer of queue.buffers.copy()) yield* this.reset(buffer);
  }

  /** The driver gives all of its buffers up. @rule VB2-011 @rule VB2-012 */
  protected *stop(queue: Vb2Queue): KernelTask<void> {
    const { ops } = queue;
    if (!queue.isStarted.get()) return;
    queue.tell('stop');
    if (ops.stopStreaming !== undefined) yield* ops.stopStreaming(queue);
    yield* this.reclaim(queue, 'error', 'a driver that was stopped keeps buffers');
  }

  /** @rule VB2-016 */
  protected *clearError(queue: Vb2Queue): KernelTask<void> {
    yield* queue.error.write(0);
    queue.tell('clear');
  }

  /** Nobody will have the frames that are done. @rule VB2-011 */
  protected *discard(queue: Vb2Queue): KernelTask<void> {
    const flags = yield* queue.doneLock.acquireIrqsave();
    queue.done.takeAll();
    queue.tell('discard');
    queue.doneLock.releaseIrqrestore(flags);
  }

  protected *reset(buffer: Vb2Buffer): KernelTask<void> {
    const { queue } = buffer;
    queue.finishMemory(buffer);
    const wasPrepared = buffer.isPrepared.get();
    if (wasPrepared) {
      if (queue.ops.bufFinish !== undefined) yield* queue.ops.bufFinish(buffer);
      buffer.isPrepared.set(false);
    }
    const wasDequeued = this.isDequeued(buffer);
    if (!wasDequeued) buffer.state.set('dequeued');
    if (wasPrepared || !wasDequeued) buffer.tell('cancel');
  }
}
