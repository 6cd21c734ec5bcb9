import type { AbstractState } from '../../model/events.ts';
import type { KernelTask } from './access.ts';
import { EALREADY, EDEADLK, EINTR } from './errno.ts';
import type { HeldLock } from './lockdep.ts';
import type { StateVisitor } from './object.ts';
import { triedView } from './pseudo-lock.ts';
import { TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, type TaskState } from './task-state.ts';
import type { WwClass } from './ww-class.ts';
import type { WwAcquireContext } from './ww-context.ts';
import { PICKUP, type WwField } from './ww-owner.ts';
import { WwQueue, type WwWaiter } from './ww-queue.ts';

/**
 * A sleeping lock of which a task may take several in any order: where that would be a deadlock,
 * the younger of two transactions gives way.
 *
 * @kernel struct ww_mutex
 */
export class WwMutex extends WwQueue {
  /** How lock proving sees it when it was got by a try. */
  private tried: HeldLock | null = null;

  constructor(wwClass: WwClass, at: WwField | null = null) {
    super(wwClass, at);
    const { world, algorithm } = wwClass;
    world.emit(this, algorithm === 'wait-die' ? 'init.waitDie' : 'init.woundWait');
  }

  /**
   * Takes the mutex; without a context as a plain one.
   *
   * @kernel ww_mutex_lock
   * @rule WW-006
   * @rule WW-007
   * @returns 0, -EALREADY when the context holds it, -EDEADLK when the context must back off
   */
  *lock(context: WwAcquireContext | null = null): KernelTask<number> {
    const error = yield* this.acquire(context, TASK_UNINTERRUPTIBLE);
    return error === 0 && context !== null ? yield* this.inject(context) : error;
  }

  /** As `lock`, and -EINTR when a signal comes. @kernel ww_mutex_lock_interruptible @rule WW-013 */
  *lockInterruptible(context: WwAcquireContext | null = null): KernelTask<number> {
    const error = yield* this.acquire(context, TASK_INTERRUPTIBLE);
    return error === 0 && context !== null ? yield* this.inject(context) : error;
  }

  /** Waits for the mutex that was contended. @kernel ww_mutex_lock_slow @rule WW-031 @rule WW-032 */
  *lockSlow(context: WwAcquireContext): KernelTask<void> {
    this.checkSlow(context);
    yield* this.lock(context);
  }

  /** @kernel ww_mutex_lock_slow_interruptible @rule WW-031 @rule WW-032 */
  *lockSlowInterruptible(context: WwAcquireContext): KernelTask<number> {
    this.checkSlow(context);
    return yield* this.lockInterruptible(context);
  }

  protected checkSlow(context: WwAcquireContext): void {
    const isUnneeded = context.contending.isNull();
    this.world.lockdep.warnOn(isUnneeded, 'a slow lock without -EDEADLK before it', this);
  }

  /**
   * Never waits, and never makes its caller give way.
   *
   * @kernel ww_mutex_trylock
   * @rule WW-034
   * @rule WW-035
   * @rule WW-036
   */
  *trylock(context: WwAcquireContext | null = null): KernelTask<boolean> {
    const { world } = this;
    context?.beginAttempt();
    if (!(yield* this.tryTake(context))) {
      world.emit(this, 'trylock.missed', 0);
      return false;
    }
    if (context !== null) yield* this.publish(context);
    this.tried ??= triedView(this);
    world.lockdep.tried(this.tried, false);
    world.current.held.push(this.tried);
    return true;
  }

  /** @kernel ww_mutex_unlock @rule WW-037 @rule WW-038 */
  *unlock(): KernelTask<void> {
    const context = this.context.readStable();
    if (context !== null) yield* this.retract(context);
    this.checkHeld();
    const left = yield* this.giveUp();
    if (left !== 'nothing') yield* this.passOn(left === 'hand on');
  }

  protected checkHeld(): void {
    this.world.lockdep.release(this, this.world.current);
  }

  /** Wakes the first waiter, and no other. @kernel __mutex_unlock_slowpath @rule WW-040 */
  protected *passOn(isHandOff: boolean): KernelTask<void> {
    yield* this.waitLock.acquire();
    const next = this.waiters.at(0)?.task ?? null;
    if (isHandOff) yield* this.handTo(next);
    this.waitLock.release();
    if (next !== null) yield* next.sleeper.wakeUp();
  }

  /** Nobody may use it any more. @kernel ww_mutex_destroy @rule WW-045 */
  destroy(): void {
    const { world } = this;
    this.checkFree();
    world.emit(this, 'destroy');
    world.memory.free(this);
  }

  protected checkFree(): void {
    const isLocked = this.owner !== null;
    this.world.lockdep.warnOn(isLocked, `${this.label} is destroyed while locked`, this);
  }

  /** @rule WW-008 */
  protected isHeldWith(context: WwAcquireContext): boolean {
    return this.context.isStable(context);
  }

  /** @rule WW-009 @rule WW-048 */
  protected checkOrder(context: WwAcquireContext | null): void {
    this.world.lockdep.attempt(this, false, context);
  }

  /** @kernel __mutex_lock_common */
  protected *acquire(context: WwAcquireContext | null, state: TaskState): KernelTask<number> {
    const { world } = this;
    world.memory.mightSleep('ww_mutex_lock', this);
    if (context !== null) {
      if (this.isHeldWith(context)) {
        // It may have seen what it has stored itself, and nobody else sees yet.
        this.commit('lock.already', -EALREADY, context.stamp);
        return -EALREADY;
      }
      context.beginAttempt();
    }
    this.checkOrder(context);
    if (yield* this.tryTake(context)) {
      if (context !== null) yield* this.publish(context);
    } else {
      const error = yield* this.contend(context, state);
      if (error !== 0) return error;
    }
    world.current.held.push(this);
    return 0;
  }

  /**
   * Says whose the mutex is, and then looks for those who came before that was said.
   *
   * @kernel ww_mutex_set_context_fastpath
   * @rule WW-020
   * @rule WW-027
   */
  protected *publish(context: WwAcquireContext): KernelTask<void> {
    yield* this.setContext(context);
    if (!(yield* this.hasWaiters())) return;
    yield* this.waitLock.acquire();
    yield* this.checkWaiters(context);
    this.waitLock.release();
  }

  /** @kernel ww_mutex_lock_acquired */
  protected *setContext(context: WwAcquireContext): KernelTask<void> {
    this.checkAcquired(context);
    context.add();
    yield* this.context.write(context);
    this.commit('publish', null, context.stamp);
  }

  /** @kernel __ww_mutex_unlock */
  protected *retract(context: WwAcquireContext): KernelTask<void> {
    yield* this.context.write(null);
    this.commit('retract');
    context.drop();
  }

  /** @rule WW-043 */
  protected checkAcquired(context: WwAcquireContext): void {
    const { lockdep } = this.world;
    if (!this.world.build.lockProving) return;
    lockdep.warnOn(this.context.readStable() !== null, `${this.label} has a context already`, this);
    lockdep.warnOn(context.isDone, 'a mutex is taken after ww_acquire_done', this);
    this.checkContending(context);
    this.checkClass(context);
  }

  /** @rule WW-029 @rule WW-030 */
  protected checkContending(context: WwAcquireContext): void {
    const { lockdep } = this.world;
    const contending = context.contending.get();
    if (contending === null) return;
    lockdep.warnOn(contending !== this, 'another mutex than the contended one is taken', this);
    lockdep.warnOn(context.holdsLocks, 'the contended mutex is taken without backing off', this);
    context.contending.set(null);
  }

  /** @rule WW-047 */
  protected checkClass(context: WwAcquireContext): void {
    const isOther = context.wwClass !== this.wwClass;
    this.world.lockdep.warnOn(isOther, 'mutex and context of two classes', this);
  }

  /** The mutex is taken: under the wait lock, once more, or by waiting for it. @rule WW-012 */
  protected *contend(context: WwAcquireContext | null, state: TaskState): KernelTask<number> {
    const { current: task } = this.world;
    yield* this.waitLock.acquire();
    if (yield* this.tryTake(context)) {
      if (context !== null) yield* this.checkWaiters(context);
      yield* this.settle(context);
      return 0;
    }
    const waiter: WwWaiter = { key: task.index, task, context };
    if (!(yield* this.enqueue(waiter))) {
      this.waitLock.release();
      return -EDEADLK;
    }
    yield* task.sleeper.setState(state);
    const error = yield* this.wait(waiter, state);
    task.sleeper.setRunning();
    if (error === 0 && context !== null && !context.isWaitDie) yield* this.checkStolen(waiter);
    yield* this.dequeue(waiter, error);
    if (error === 0) yield* this.settle(context);
    else this.waitLock.release();
    return error;
  }

  /** Who was not the first has overtaken others. @rule WW-027 @rule WW-056 */
  protected *checkStolen(waiter: WwWaiter): KernelTask<void> {
    if (waiter.context === null || this.waiters.isFirst(waiter)) return;
    yield* this.checkWaiters(waiter.context);
  }

  protected *settle(context: WwAcquireContext | null): KernelTask<void> {
    if (context !== null) yield* this.setContext(context);
    this.waitLock.release();
  }

  /**
   * Sleeps until the mutex is there, or the call has to fail. Begins and ends with the wait lock.
   *
   * @rule WW-012
   * @rule WW-041
   * @rule WW-053
   */
  protected *wait(waiter: WwWaiter, state: TaskState): KernelTask<number> {
    const { sleeper } = waiter.task;
    for (;;) {
      if (yield* this.tryTake(waiter.context)) return 0;
      const error = yield* this.reasonToFail(waiter, state);
      if (error !== 0) return error;
      this.waitLock.release();
      yield* sleeper.schedule();
      // Who was the first, was woken and came too late, does not let that happen again.
      const isFirst = yield* this.isFirst(waiter);
      yield* sleeper.setState(state);
      const isTaken = yield* this.tryTake(waiter.context, this.wantsHandOff(isFirst));
      yield* this.waitLock.acquire();
      if (isTaken) return 0;
    }
  }

  /** @kernel __mutex_trylock_or_handoff @rule WW-042 */
  protected wantsHandOff(isFirst: boolean): boolean {
    return isFirst;
  }

  /** @rule WW-012 @rule WW-014 @rule WW-015 */
  protected *reasonToFail(waiter: WwWaiter, state: TaskState): KernelTask<number> {
    const { task, context } = waiter;
    if (state === TASK_INTERRUPTIBLE && (yield* task.sleeper.isSignalPending())) {
      return -EINTR;
    }
    return context !== null && (yield* this.mustDie(waiter, context)) ? -EDEADLK : 0;
  }

  /** @kernel ww_mutex_deadlock_injection @rule WW-033 */
  protected *inject(context: WwAcquireContext): KernelTask<number> {
    if (!context.isHit()) return 0;
    context.contending.set(this);
    yield* this.unlock();
    context.failForNothing();
    return -EDEADLK;
  }

  visitState(visit: StateVisitor): void {
    const [owner, flags] = this.word;
    visit('owner', owner?.index ?? -1);
    visit('flags', flags);
    visit('context', this.context.value);
    visit('wait_lock', this.waitLock.holder?.index ?? -1);
    visit(
      'waiters',
      this.waiters.value.flatMap(({ task, context }) => [task.index, context]),
    );
  }

  override abstract(): AbstractState {
    const [owner, flags] = this.word;
    const state = owner === null ? 'free' : (flags & PICKUP) === 0 ? 'held' : 'handed';
    const context = this.context.value;
    return {
      state,
      context: {
        owner: owner?.index ?? -1,
        stamp: context === null ? 'none' : String(context.stamp),
        waiters: this.waiters.value
          .map((waiter) => `${waiter.task.index}:${waiter.context?.stamp ?? 'none'}`)
          .join(' '),
      },
    };
  }
}
