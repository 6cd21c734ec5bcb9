import { Access, type KernelTask } from './access.ts';
import { EDEADLK, EINTR } from './errno.ts';
import { type Noted, PlainList } from './plain.ts';
import { SpinLock } from './spinlock.ts';
import type { Task } from './task.ts';
import type { WwClass } from './ww-class.ts';
import type { WwAcquireContext } from './ww-context.ts';
import { type WwField, WwOwner } from './ww-owner.ts';

/** A task that waits for a mutex. On the stack of the task. @kernel struct mutex_waiter */
export interface WwWaiter extends Noted {
  readonly task: Task;
  readonly context: WwAcquireContext | null;
}

const hasContext = ({ context }: WwWaiter): boolean => context !== null;

/** The waiters of a mutex, and who of them has to give way. All of it under the wait lock. */
export abstract class WwQueue extends WwOwner {
  readonly waitLock: SpinLock;
  /** Changed under the wait lock; who has just woken up looks at its head without. */
  readonly waiters: PlainList<WwWaiter>;
  private readonly glance: Access;

  constructor(wwClass: WwClass, at: WwField | null) {
    super(wwClass, at);
    this.waitLock = new SpinLock(this, 'wait_lock', '&lock->wait_lock');
    this.waiters = new PlainList<WwWaiter>(this, 'waiters', 'once');
    this.glance = new Access('read', 'once', this, 'waiters', 'look at');
  }

  /**
   * Puts a waiter where it belongs.
   *
   * @kernel __ww_mutex_add_waiter
   * @rule WW-018
   * @rule WW-019
   * @rule WW-022
   * @rule WW-039
   * @returns false when it has to give up before it waits
   */
  protected *enqueue(waiter: WwWaiter): KernelTask<boolean> {
    const { context } = waiter;
    if (context === null) {
      yield* this.insert(waiter, null);
      return true;
    }
    const place = yield* this.placeFor(context);
    if (place === 'nowhere') return false;
    yield* this.insert(waiter, place);
    if (!context.isWaitDie) yield* this.woundHolder(context);
    return true;
  }

  /** The waiter to stand before, or null for the end of the list. Younger ones are told to die. */
  protected *placeFor(context: WwAcquireContext): KernelTask<WwWaiter | 'nowhere' | null> {
    let place: WwWaiter | null = null;
    for (const other of this.waiters.filter(hasContext).toReversed()) {
      if (other.context === null) continue;
      if (context.isYoungerThan(other.context)) {
        // It would have to die when the older one gets the mutex.
        if (context.isWaitDie && this.kill(context)) {
          this.world.emit(this, 'lock.deadlock', -EDEADLK, context.stamp);
          return 'nowhere';
        }
        break;
      }
      place = other;
      yield* this.die(other, context);
    }
    return place;
  }

  /** @kernel __mutex_add_waiter */
  protected *insert(waiter: WwWaiter, place: WwWaiter | null): KernelTask<void> {
    this.waiters.insert(waiter, (other) => other === place);
    const { context } = waiter;
    if (context === null) this.commit('queue.plain');
    else this.commit('queue', null, context.stamp);
    if (this.waiters.isFirst(waiter)) yield* this.setWaiters();
  }

  /** @kernel __mutex_remove_waiter @rule WW-011 @rule WW-054 */
  protected *dequeue(waiter: WwWaiter, error: number): KernelTask<void> {
    // Nothing is on its way but the state of the task.
    this.world.barrier();
    this.waiters.remove(waiter);
    if (error === 0) this.world.emit(this, 'leave');
    else if (error === -EINTR) this.world.emit(this, 'lock.interrupted', -EINTR);
    else this.world.emit(this, 'lock.deadlock', error, waiter.context?.stamp ?? 0);
    if (this.waiters.isEmpty()) yield* this.clearFlags();
  }

  /** Without the wait lock. @kernel __mutex_waiter_is_first */
  protected *isFirst(waiter: WwWaiter): KernelTask<boolean> {
    if (this.world.stops(this.glance)) yield this.glance;
    return this.waiters.isFirst(waiter);
  }

  /**
   * The mutex was taken by somebody who had not queued for it, or not to its head: those who wait
   * may not wait for it, or it may not hold what they wait for.
   *
   * @kernel __ww_mutex_check_waiters
   * @rule WW-020
   * @rule WW-027
   */
  protected *checkWaiters(context: WwAcquireContext): KernelTask<void> {
    for (const waiter of this.waiters.filter(hasContext)) {
      if (waiter.context === null) continue;
      if (yield* this.die(waiter, context)) return;
      if (yield* this.wound(waiter.context, context)) return;
    }
  }

  /**
   * Wait-die: wakes a younger waiter with mutexes, for it to see that it has to give up.
   *
   * @kernel __ww_mutex_die
   * @rule WW-019
   * @returns whether the class is wait-die
   */
  protected *die(waiter: WwWaiter, context: WwAcquireContext): KernelTask<boolean> {
    if (!context.isWaitDie) return false;
    const other = waiter.context;
    if (other !== null && other.holdsLocks && other.isYoungerThan(context)) {
      yield* waiter.task.sleeper.wakeUp();
    }
    return true;
  }

  /** The waiter wounds whoever is published as the holder. @rule WW-022 */
  protected *woundHolder(context: WwAcquireContext): KernelTask<void> {
    const holder = yield* this.context.read();
    if (holder !== null) yield* this.wound(context, holder);
  }

  /**
   * Wound-wait: an older context with mutexes wounds the holder, which gives up when it next waits.
   *
   * @kernel __ww_mutex_wound
   * @rule WW-022
   * @rule WW-023
   * @rule WW-026
   */
  protected *wound(by: WwAcquireContext, holder: WwAcquireContext): KernelTask<boolean> {
    // Whoever owns it while somebody waits cannot be gone: to go, it needs the wait lock.
    const owner = yield* this.readOwner();
    if (owner === null || !this.mayWound(by) || !holder.isYoungerThan(by)) return false;
    yield* holder.wound();
    if (owner !== this.world.current) yield* owner.sleeper.wakeUp();
    return true;
  }

  /** @rule WW-023 */
  protected mayWound(by: WwAcquireContext): boolean {
    return by.holdsLocks;
  }

  /**
   * Whether a waiter has to give up. Only it itself decides that, and only here.
   *
   * @kernel __ww_mutex_check_kill
   * @rule WW-010
   * @rule WW-015
   * @rule WW-017
   * @rule WW-024
   */
  protected *mustDie(waiter: WwWaiter, context: WwAcquireContext): KernelTask<boolean> {
    if (!context.holdsLocks) return false;
    if (!context.isWaitDie) {
      return (yield* context.wounded.read()) === 1 && this.kill(context);
    }
    const holder = yield* this.context.read();
    if (holder !== null && context.isYoungerThan(holder)) return this.kill(context);
    return this.waiters.hasBefore(waiter, hasContext) && this.kill(context);
  }

  /**
   * The lock call fails, if its context has something to give back.
   *
   * @kernel __ww_mutex_kill
   * @rule WW-010
   * @rule WW-030
   */
  protected kill(context: WwAcquireContext): boolean {
    if (!context.holdsLocks) return false;
    this.checkSettled(context);
    context.contending.set(this);
    context.fail();
    return true;
  }

  /** @rule WW-030 */
  protected checkSettled(context: WwAcquireContext): void {
    const isUnsettled = !context.contending.isNull();
    this.world.lockdep.warnOn(isUnsettled, '-EDEADLK again before the mutex was taken', this);
  }
}
