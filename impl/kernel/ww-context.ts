import type { AbstractState } from '../../model/events.ts';
import type { KernelTask } from './access.ts';
import { Cell } from './cell.ts';
import type { HeldLock, LockClass } from './lockdep.ts';
import { KernelObject, type StateVisitor } from './object.ts';
import { PlainWord } from './plain.ts';
import type { Task } from './task.ts';
import type { WwClass } from './ww-class.ts';

/** Contexts whose stamps have these bits in common are hit by injected failures at once. */
const COUNTDOWN_MASK = 15;
/** The longest interval between two injected failures. Unit: lock calls. */
const INTERVAL_MAX: number = 2 ** 32 - 1;

type Phase = 'unborn' | 'live' | 'done' | 'ended';

/**
 * One transaction that takes several mutexes of a class in any order. It lives on the stack of its
 * task: when it is finished, its memory is gone.
 *
 * @kernel struct ww_acquire_ctx
 */
export class WwAcquireContext extends KernelObject implements HeldLock {
  readonly wwClass: WwClass;
  readonly lockClass: LockClass;
  readonly isWaitDie: boolean;
  /** How many mutexes it holds. Others ask only while its task waits. */
  readonly acquired: PlainWord<number>;
  /** Set by others while it holds mutexes. The kernel does not mark its accesses to it. */
  readonly wounded: Cell;
  /** The mutex that must be taken next, after -EDEADLK: only kept to check that it is. */
  readonly contending: PlainWord<KernelObject | null>;
  protected number = 0;
  private readonly phase: PlainWord<Phase>;
  protected readonly interval: PlainWord<number>;
  protected readonly countdown: PlainWord<number>;
  /** Who may use it. */
  readonly task: Task;

  constructor(wwClass: WwClass) {
    super(wwClass.world, 'wwContext');
    this.wwClass = wwClass;
    this.lockClass = wwClass.acquireClass;
    this.isWaitDie = wwClass.algorithm === 'wait-die';
    this.task = this.world.current;
    this.acquired = new PlainWord(this, 'acquired', 0);
    this.wounded = new Cell(this, 'wounded', 0);
    this.contending = new PlainWord<KernelObject | null>(this, 'contending', null);
    this.phase = new PlainWord<Phase>(this, 'phase', 'unborn');
    this.interval = new PlainWord(this, 'interval', 1);
    this.countdown = new PlainWord(this, 'countdown', 0);
  }

  /** For judges and programs; kernel code compares. */
  get stamp(): number {
    return this.number;
  }

  /** @kernel ww_acquire_init @rule WW-002 @rule WW-046 */
  *init(): KernelTask<void> {
    const { world } = this;
    this.checkOrder();
    this.number = yield* this.nextStamp();
    this.phase.set('live');
    this.countdown.set(this.number & COUNTDOWN_MASK);
    world.current.held.push(this);
    world.emit(this, this.isWaitDie ? 'init.waitDie' : 'init.woundWait', null, this.number);
  }

  /** One context of a class, and classes in one order. @rule WW-046 @rule WW-049 */
  protected checkOrder(): void {
    this.world.lockdep.attempt(this, false);
  }

  /** Stamps have 32 bits here: they wrap sooner than the kernel's 64, and in the same way. */
  protected *nextStamp(): KernelTask<number> {
    return ((yield* this.wwClass.stamps.fetchAdd(1)) + 1) | 0;
  }

  /** Smaller stamps are older, and counters may wrap. @kernel __ww_ctx_less @rule WW-003 */
  isYoungerThan(other: WwAcquireContext): boolean {
    const { memory, current } = this.world;
    memory.reads(this, 'stamp');
    memory.reads(other, 'stamp');
    const isYounger = ((this.number - other.number) | 0) > 0;
    current.observe(isYounger ? 1 : 0);
    return isYounger;
  }

  get holdsLocks(): boolean {
    return this.acquired.ask((count) => count > 0);
  }

  /** A new attempt begins. Nobody wounds who holds nothing. @rule WW-028 */
  beginAttempt(): void {
    if (this.holdsLocks) return;
    // A plain store in its own memory: whoever wounded it did so before it gave its mutexes back.
    if (this.wounded.readStable() === 0) return;
    this.wounded.initialize(0);
    this.world.emit(this, 'clear');
  }

  /** @rule WW-022 */
  *wound(): KernelTask<void> {
    yield* this.wounded.write(1);
    this.commit('wound');
  }

  /** A mutex was taken. @kernel ww_mutex_lock_acquired @rule WW-006 */
  add(): void {
    this.acquired.change((count) => count + 1);
    this.commit('acquire');
  }

  /** A mutex is given back. @rule WW-037 */
  drop(): void {
    const isEmpty = this.acquired.ask((count) => count === 0);
    this.world.lockdep.warnOn(isEmpty, 'ww_mutex_unlock of a context without mutexes', this);
    if (isEmpty) return;
    this.acquired.change((count) => count - 1);
    this.commit('drop');
  }

  /** A lock call of it fails: it has to give everything back. */
  fail(): void {
    this.world.emit(this, 'kill');
  }

  /** No further mutex will be taken. @kernel ww_acquire_done @rule WW-043 */
  done(): void {
    const { lockdep, current } = this.world;
    lockdep.warnOn(!current.held.includes(this), 'ww_acquire_done by a stranger', this);
    lockdep.warnOn(this.isDone, 'ww_acquire_done twice', this);
    this.phase.set('done');
    this.commit('done');
  }

  get isDone(): boolean {
    return this.phase.ask((phase) => phase === 'done');
  }

  /** @kernel ww_acquire_fini @rule WW-044 */
  fini(): void {
    const { world } = this;
    const { lockdep, memory } = world;
    lockdep.release(this, world.current);
    // Its memory may be gone by now.
    if (this.phase.value === 'ended') return;
    this.checkEmpty();
    world.barrier();
    this.phase.set('ended');
    world.emit(this, 'fini');
    memory.free(this);
  }

  protected checkEmpty(): void {
    this.world.lockdep.warnOn(this.holdsLocks, 'ww_acquire_fini with mutexes held', this);
  }

  /**
   * Whether the lock call that has just succeeded must fail for nothing.
   *
   * @kernel ww_mutex_deadlock_injection
   * @rule WW-033
   */
  isHit(): boolean {
    if (!this.world.build.wwInjection || !this.acquired.ask((count) => count > 1)) return false;
    const left = this.countdown.get();
    if (left > 0) {
      this.countdown.set(left - 1);
      return false;
    }
    const interval = this.nextInterval();
    this.interval.set(interval);
    this.countdown.set(interval);
    return true;
  }

  /** It has failed for nothing, and has given the mutex back. */
  failForNothing(): void {
    this.world.emit(this, 'inject');
  }

  protected nextInterval(): number {
    return Math.min(Math.floor(this.interval.get() * 3.5), INTERVAL_MAX);
  }

  visitState(visit: StateVisitor): void {
    visit('stamp', this.number);
    visit('phase', this.phase.value);
    visit('acquired', this.acquired.value);
    visit('wounded', this.wounded.value);
    visit('contending', this.contending.value);
    visit('interval', this.interval.value);
    visit('countdown', this.countdown.value);
  }

  override abstract(): AbstractState {
    return {
      state: this.phase.value,
      context: { acquired: this.acquired.value, wounded: this.wounded.value === 1 },
    };
  }
}
