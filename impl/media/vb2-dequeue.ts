import type { KernelTask } from '../kernel/access.ts';
import { EAGAIN, EBUSY, EINVAL, EIO, EPIPE, ERESTARTSYS } from '../kernel/errno.ts';
import { TASK_INTERRUPTIBLE } from '../kernel/task-state.ts';
import type { Task } from '../kernel/task.ts';
import type { WaitEntry } from '../kernel/wait-queue.ts';
import type { Stack } from '../stack.ts';
import type { Vb2Buffer } from './vb2-buffer.ts';
import type { Vb2Queue } from './vb2-queue.ts';

/** Who waits for a buffer. @kernel struct wait_queue_entry */
class DoneWaiter implements WaitEntry {
  readonly key: number;
  readonly sleeper: string;
  private readonly task: Task;

  constructor(task: Task) {
    this.task = task;
    this.key = task.index;
    this.sleeper = task.name;
  }

  *wake(): KernelTask<void> {
    yield* this.task.sleeper.wakeUp();
  }
}

/** Giving buffers back to user space. */
export class Vb2Dequeue {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** The first buffer that is done, or a negative error. @kernel vb2_core_dqbuf @rule VB2-009 @rule VB2-010 */
  *dequeueBuf(queue: Vb2Queue, isNonblocking: boolean): KernelTask<Vb2Buffer | number> {
    const error = yield* this.waitForDone(queue, isNonblocking);
    if (error !== 0) return error;
    const flags = yield* queue.doneLock.acquireIrqsave();
    const buffer = this.takeDone(queue);
    queue.doneLock.releaseIrqrestore(flags);
    if (buffer === null) return this.stack.world.fault('bug', 'a buffer has gone', queue);
    if (queue.ops.bufFinish !== undefined) yield* queue.ops.bufFinish(buffer);
    buffer.isPrepared.set(false);
    queue.queued.remove(buffer);
    return buffer;
  }

  /** The buffer is user space's again. @kernel __vb2_dqbuf */
  finish(buffer: Vb2Buffer): void {
    buffer.state.set('dequeued');
    buffer.tell('dequeue');
  }

  /** @kernel __vb2_get_done_vb @rule VB2-009 */
  protected takeDone(queue: Vb2Queue): Vb2Buffer | null {
    const buffer = queue.done.at(0);
    if (buffer === null) return null;
    queue.done.remove(buffer);
    const isLast = this.isEnd(buffer);
    if (isLast) queue.isDrained.set(true);
    queue.tell(isLast ? 'take.last' : 'take');
    return buffer;
  }

  /** No frame comes behind it. @rule VB2-010 */
  protected isEnd(buffer: Vb2Buffer): boolean {
    return !buffer.queue.isOutput && buffer.isLast.get();
  }

  /**
   * 0 when there is a buffer. That stays true for as long as the caller has the lock.
   *
   * @kernel __vb2_wait_for_done_vb
   * @rule VB2-010
   */
  protected *waitForDone(queue: Vb2Queue, isNonblocking: boolean): KernelTask<number> {
    for (;;) {
      const found = yield* this.look(queue);
      queue.tell('look', found);
      if (found !== -EAGAIN || isNonblocking) return found;
      queue.isWaiting.set(true);
      queue.tell('wait');
      queue.lock.release();
      const error = yield* this.sleep(queue);
      yield* queue.lock.acquire();
      queue.isWaiting.set(false);
      queue.tell('wait.end');
      if (error !== 0) return error;
    }
  }

  /** 0 for a buffer, -EAGAIN for none yet, or why there will be none. @rule VB2-010 */
  protected *look(queue: Vb2Queue): KernelTask<number> {
    if (queue.isWaiting.get()) return -EBUSY;
    if (queue.isStreaming.readStable() === 0) return -EINVAL;
    if ((yield* queue.error.read()) !== 0) return -EIO;
    if (queue.isDrained.get()) return -EPIPE;
    return queue.done.isEmpty() ? -EAGAIN : 0;
  }

  /** 0 as soon as it is worth looking again. @kernel wait_event_interruptible @rule VB2-010 */
  protected *sleep(queue: Vb2Queue): KernelTask<number> {
    const { current } = this.stack.world;
    const { doneQueue } = queue;
    const entry = new DoneWaiter(current);
    yield* doneQueue.add(entry);
    const isInterrupted = yield* this.pauseUntilWorthLooking(queue);
    current.sleeper.setRunning();
    yield* doneQueue.remove(entry);
    return isInterrupted ? -ERESTARTSYS : 0;
  }

  /** True when a signal has come instead. */
  private *pauseUntilWorthLooking(queue: Vb2Queue): KernelTask<boolean> {
    for (;;) {
      const end = yield* this.pause(queue);
      if (end !== null) return end;
    }
  }

  /** One sleep: null afterwards; without one, whether that is because of a signal. */
  protected *pause(queue: Vb2Queue): KernelTask<boolean | null> {
    const { sleeper } = this.stack.world.current;
    yield* sleeper.setState(TASK_INTERRUPTIBLE);
    if (yield* this.isWorthLooking(queue)) return false;
    if (yield* sleeper.isSignalPending()) return true;
    yield* sleeper.schedule();
    return null;
  }

  /** Something has happened that whoever waits must see. */
  protected *isWorthLooking(queue: Vb2Queue): KernelTask<boolean> {
    if (!queue.done.isEmpty()) return true;
    if ((yield* queue.isStreaming.read()) === 0) return true;
    return (yield* queue.error.read()) !== 0;
  }
}
