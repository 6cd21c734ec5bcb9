import { Access, type Gate, type KernelTask } from './access.ts';
import { ERESTARTSYS } from './errno.ts';
import type { KernelObject, StateValue } from './object.ts';
import { type Noted, PlainList, PlainWord } from './plain.ts';
import { SpinLock } from './spinlock.ts';
import { TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE } from './task-state.ts';
import type { Task } from './task.ts';

/** Open for everybody, for good. @kernel UINT_MAX */
const ALL: number = 2 ** 32 - 1;

interface Waiter extends Noted {
  readonly task: Task;
}

/**
 * Something that others wait for: a count of tokens, or open for all. A wait without a limit that
 * nothing interrupts is one blocking access, as that for a lock; the others sleep.
 *
 * @kernel struct completion
 */
export class Completion implements Gate {
  /** @kernel x->wait.lock */
  private readonly lock: SpinLock;
  /** Under `lock`; whoever only tries looks without it first. */
  private readonly done: PlainWord<number>;
  private readonly waiters: PlainList<Waiter>;
  private readonly look: Access;
  private readonly pass: Access;

  constructor(place: KernelObject, field: string, isDone = false) {
    this.lock = new SpinLock(place, `${field}.lock`, '&x->wait');
    this.done = new PlainWord<number>(place, `${field}.done`, isDone ? ALL : 0, 'once');
    this.waiters = new PlainList<Waiter>(place, `${field}.waiters`);
    this.look = new Access('read', 'once', place, `${field}.done`, 'read');
    this.pass = new Access('wait', 'acquire', place, `${field}.lock`, 'wait for', this);
  }

  get blockedBy(): string {
    return `${this.done.place.label}.${this.done.field} is 0`;
  }

  /** For judges and state keys; never for kernel code. */
  get isComplete(): boolean {
    return this.done.value > 0;
  }

  /** For state keys. */
  get state(): readonly StateValue[] {
    const waiting = this.waiters.value.map(({ task }) => task.index);
    return [this.done.value, this.lock.holder?.index ?? -1, ...waiting];
  }

  ready(task: Task): boolean {
    return this.done.landed > 0 && this.lock.ready(task);
  }

  /** Closes it; joins the step of the caller. @kernel reinit_completion */
  reinit(): void {
    this.done.set(0);
  }

  /** Lets one waiter through. @kernel complete */
  *complete(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    const done = this.done.get();
    if (done !== ALL) this.done.set(done + 1);
    const first = this.waiters.at(0);
    if (first !== null) {
      this.waiters.remove(first);
      yield* first.task.sleeper.wakeUp();
    }
    this.lock.releaseIrqrestore(flags);
  }

  /** Everybody may go on, now and later; `happened` joins the step. @kernel complete_all */
  *completeAll(happened: () => void = nothing): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    this.done.set(ALL);
    happened();
    for (const { task } of this.waiters.takeAll()) yield* task.sleeper.wakeUp();
    this.lock.releaseIrqrestore(flags);
  }

  /** Takes a token if there is one. @kernel try_wait_for_completion */
  *tryWait(): KernelTask<boolean> {
    if (this.lock.world.stops(this.look)) yield this.look;
    if (this.done.get() === 0) return false;
    // Who completes it may still be at work on it.
    const flags = yield* this.lock.acquireIrqsave();
    const isDone = this.takeToken();
    this.lock.releaseIrqrestore(flags);
    return isDone;
  }

  /** Sleeps until it is done; nothing interrupts that. @kernel wait_for_completion */
  *wait(): KernelTask<void> {
    const { place, field, world } = this.lock;
    world.memory.mightSleep('wait_for_completion');
    if (this.lock.world.stops(this.pass)) yield this.pass;
    world.memory.locks(place, field);
    this.takeToken();
    world.memory.unlocks(place, field);
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
    if (this.done.get() === 0) {
      const waiter: Waiter = { key: task.index, task };
      while (this.done.get() === 0 && left > 0) {
        if (isInterruptible && (yield* task.sleeper.isSignalPending())) {
          left = -ERESTARTSYS;
          break;
        }
        // Who was woken for a token that somebody else took waits again.
        if (!this.waiters.includes(waiter)) this.waiters.push(waiter);
        yield* task.sleeper.setStateUnordered(
          isInterruptible ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE,
        );
        this.lock.releaseIrq();
        left = yield* task.sleeper.scheduleTimeout(left);
        yield* this.lock.acquireIrq();
      }
      task.sleeper.setRunning();
      this.waiters.remove(waiter);
    }
    const isDone = this.takeToken();
    this.lock.releaseIrq();
    return isDone ? Math.max(left, 1) : left;
  }

  /** Under `lock`. */
  private takeToken(): boolean {
    const done = this.done.get();
    if (done !== 0 && done !== ALL) this.done.set(done - 1);
    return done !== 0;
  }
}

function nothing(): void {}
