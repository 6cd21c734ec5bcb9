import { Access, type KernelTask } from './access.ts';
import { ERESTARTSYS } from './errno.ts';
import type { KernelObject, StateValue } from './object.ts';
import { type Noted, PlainList, PlainWord } from './plain.ts';
import { SpinLock } from './spinlock.ts';
import { TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE } from './task-state.ts';
import type { Task } from './task.ts';

interface Waiter extends Noted {
  readonly task: Task;
}

/** Something that happens once, and that tasks can wait for. @kernel struct completion */
export class TimedCompletion {
  /** @kernel x->wait.lock */
  private readonly lock: SpinLock;
  /** Under `lock`; whoever only tries looks without it first. */
  private readonly done: PlainWord<boolean>;
  private readonly waiters: PlainList<Waiter>;
  private readonly look: Access;

  constructor(place: KernelObject, field: string) {
    this.lock = new SpinLock(place, `${field}.lock`, '&x->wait');
    this.done = new PlainWord<boolean>(place, `${field}.done`, false, 'once');
    this.waiters = new PlainList<Waiter>(place, `${field}.waiters`);
    this.look = new Access('read', 'once', place, field, 'read');
  }

  /** For judges and state keys; never for kernel code. */
  get isComplete(): boolean {
    return this.done.value;
  }

  /** For state keys. */
  get state(): readonly StateValue[] {
    const waiting = this.waiters.value.map(({ task }) => task.index);
    return [this.done.value, this.lock.holder?.index ?? -1, ...waiting];
  }

  /** It has happened, before anybody could wait. */
  initialize(): void {
    this.done.set(true);
  }

  /** Everybody may go on, now and later; `happened` joins the step. @kernel complete_all */
  *completeAll(happened: () => void = nothing): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    this.done.set(true);
    happened();
    for (const { task } of this.waiters.takeAll()) yield* task.sleeper.wakeUp();
    this.lock.releaseIrqrestore(flags);
  }

  /** Whether it has happened. @kernel try_wait_for_completion */
  *tryWait(): KernelTask<boolean> {
    yield this.look;
    if (!this.done.get()) return false;
    // Who completes it may still be at work on it.
    const flags = yield* this.lock.acquireIrqsave();
    this.lock.releaseIrqrestore(flags);
    return true;
  }

  /**
   * What is left of the time, at least 1; 0 when it ran out.
   *
   * @kernel wait_for_completion_timeout
   */
  *waitTimeout(timeoutJiffies: number): KernelTask<number> {
    return yield* this.sleep(timeoutJiffies, false);
  }

  /** The same, or -ERESTARTSYS. @kernel wait_for_completion_interruptible_timeout */
  *waitInterruptible(timeoutJiffies: number): KernelTask<number> {
    return yield* this.sleep(timeoutJiffies, true);
  }

  /** @kernel do_wait_for_common */
  private *sleep(timeoutJiffies: number, isInterruptible: boolean): KernelTask<number> {
    const { world } = this.lock;
    const { current: task } = world;
    world.memory.mightSleep('wait_for_completion');
    let left = timeoutJiffies;
    yield* this.lock.acquireIrq();
    if (!this.done.get()) {
      const waiter: Waiter = { key: task.index, task };
      this.waiters.push(waiter);
      while (!this.done.get() && left > 0) {
        if (isInterruptible && (yield* task.sleeper.isSignalPending())) {
          left = -ERESTARTSYS;
          break;
        }
        yield* task.sleeper.setStateUnordered(
          isInterruptible ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE,
        );
        this.lock.releaseIrq();
        left = yield* task.sleeper.scheduleTimeout(left);
        yield* this.lock.acquireIrq();
      }
      task.sleeper.setRunning();
      this.waiters.remove(waiter);
      if (!this.done.get()) {
        this.lock.releaseIrq();
        return left;
      }
    }
    this.lock.releaseIrq();
    return Math.max(left, 1);
  }
}

function nothing(): void {}
