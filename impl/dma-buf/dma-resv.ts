import type { AbstractState } from '../../model/events.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, ENOMEM } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { Pointer } from '../kernel/pointer.ts';
import type { WwAcquireContext } from '../kernel/ww-context.ts';
import type { WwMutex } from '../kernel/ww-mutex.ts';
import type { WwContainer } from '../kernel/ww-owner.ts';
import type { Stack } from '../stack.ts';
import type { DmaFence } from './dma-fence.ts';
import { SIGNALED } from './fence-flags.ts';
import type { ResvList } from './resv-list.ts';
import { DMA_RESV_USAGE_READ, DMA_RESV_USAGE_WRITE, type ResvUsage } from './resv-usage.ts';

/** Slots of the smallest list that is ever made. Unit: fences. */
const SLOTS_MIN = 4;

/**
 * The fences that say who uses a buffer, and how.
 *
 * @kernel struct dma_resv
 */
export class DmaResv extends KernelObject implements WwContainer {
  readonly stack: Stack;
  readonly lock: WwMutex;
  readonly fences: Pointer<ResvList>;

  /** @kernel dma_resv_init @rule RESV-001 */
  constructor(stack: Stack) {
    super(stack.world, 'resv');
    this.stack = stack;
    this.lock = new stack.types.WwMutex(stack.reservationClass, { of: this, name: 'lock' });
    this.fences = new Pointer<ResvList>(this, 'fences');
    stack.world.emit(this, 'init');
  }

  /** Drops the references of all slots; nobody else may use the object. @kernel dma_resv_fini */
  *fini(): KernelTask<void> {
    const list = this.fences.readStable();
    this.world.emit(this, 'fini');
    if (list !== null) yield* list.free();
    this.lock.destroy();
    this.world.memory.free(this);
  }

  /** Without a context no other reservation may be locked. @kernel dma_resv_lock @rule RESV-003 */
  *acquire(context: WwAcquireContext | null = null): KernelTask<number> {
    return yield* this.lock.lock(context);
  }

  /** @kernel dma_resv_lock_interruptible @rule RESV-003 */
  *acquireInterruptible(context: WwAcquireContext | null = null): KernelTask<number> {
    return yield* this.lock.lockInterruptible(context);
  }

  /** @kernel dma_resv_lock_slow @rule RESV-003 */
  *lockSlow(context: WwAcquireContext): KernelTask<void> {
    yield* this.lock.lockSlow(context);
  }

  /** @kernel dma_resv_lock_slow_interruptible @rule RESV-003 */
  *lockSlowInterruptible(context: WwAcquireContext): KernelTask<number> {
    return yield* this.lock.lockSlowInterruptible(context);
  }

  /** @kernel dma_resv_trylock @rule RESV-004 */
  *tryAcquire(): KernelTask<boolean> {
    return yield* this.lock.trylock();
  }

  /** @kernel dma_resv_unlock @rule RESV-003 */
  *release(): KernelTask<void> {
    yield* this.lock.unlock();
  }

  /** The context that took the lock, if any. @kernel dma_resv_locking_ctx @rule RESV-005 */
  *lockingContext(): KernelTask<WwAcquireContext | null> {
    return yield* this.lock.context.read();
  }

  /** Whether somebody holds the lock. @kernel dma_resv_is_locked @rule RESV-005 */
  *isLocked(): KernelTask<boolean> {
    return yield* this.lock.isLocked();
  }

  lockTaken(): void {
    this.world.emit(this, 'lock', 0);
  }

  /** Unused promises are lost at unlock on a lock-proving kernel. @rule RESV-008 */
  lockReleasing(): void {
    if (this.world.build.lockProving) this.resetMaxFences();
  }

  lockReleased(): void {
    this.world.emit(this, 'unlock');
  }

  /**
   * Takes back what was promised and not used.
   *
   * @kernel dma_resv_reset_max_fences
   * @rule RESV-006
   * @rule RESV-021
   */
  resetMaxFences(): void {
    this.lock.assertHeld('dma_resv_reset_max_fences');
    const list = this.fences.readStable();
    if (list !== null) list.max.set(list.count.readStable());
  }

  /** @kernel dma_resv_assert_held @rule RESV-006 */
  assertHeld(what: string): void {
    this.lock.assertHeld(what);
  }

  /** The caller may be about to lock it, so it must not hold it. @kernel might_lock */
  mightLock(what: string): void {
    this.world.memory.mightSleep(what);
    this.world.lockdep.attempt(this.lock, false);
  }

  /** What an implicit reader or writer waits for. @kernel dma_resv_usage_rw @rule RESV-010 */
  usageRw(isWrite: boolean): ResvUsage {
    return isWrite ? DMA_RESV_USAGE_READ : DMA_RESV_USAGE_WRITE;
  }

  /**
   * Makes room for `count` more fences, so that adding them cannot fail.
   *
   * @kernel dma_resv_reserve_fences
   * @rule RESV-015
   * @rule RESV-016
   * @rule RESV-017
   * @rule RESV-019
   */
  *reserveFences(count: number): KernelTask<number> {
    const { world } = this;
    this.lock.assertHeld('dma_resv_reserve_fences');
    if (world.warnOn(count === 0, 'dma_resv_reserve_fences of nothing', this)) return -EINVAL;
    const old = this.fences.readStable();
    const used = old === null ? 0 : old.count.readStable();
    const room = old === null ? 0 : old.max.get();
    if (old !== null && used + count <= room) {
      this.commit('reserve', 0, count);
      return 0;
    }
    const max =
      room > 0 ? Math.max(used + count, room * 2) : Math.max(SLOTS_MIN, roundUpToPowerOfTwo(count));
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) {
      world.emit(this, 'reserve.failed', -ENOMEM, count);
      return -ENOMEM;
    }
    yield* this.grow(old, max, count);
    return 0;
  }

  /** Publishes a list with the pending fences of the old one. @rule RESV-018 */
  protected *grow(old: ResvList | null, max: number, count: number): KernelTask<void> {
    const list = new this.stack.types.ResvList(this.stack, max);
    const finished: DmaFence[] = [];
    if (old !== null) {
      const count = old.count.readStable();
      for (let index = 0; index < count; index += 1) {
        const { fence, usage } = old.slot(index);
        if (yield* fence.isSignaled()) {
          finished.push(fence);
          this.commit('slotSignaled', null, index, fence);
        } else {
          list.initialize(fence, usage);
        }
      }
    }
    yield* this.fences.write(list);
    this.commit('reserve', 0, count);
    // The new list keeps them at its end, filled backwards, until they are dropped.
    for (const fence of finished.toReversed()) yield* fence.put();
    if (old !== null) this.world.rcu.free(old);
  }

  /**
   * Puts a fence into the first slot that it may replace, or a new one. Cannot fail.
   *
   * @kernel dma_resv_add_fence
   * @rule RESV-022
   * @rule RESV-023
   * @rule RESV-029
   */
  *addFence(fence: DmaFence, usage: ResvUsage): KernelTask<void> {
    const { world } = this;
    this.lock.assertHeld('dma_resv_add_fence');
    yield* fence.get();
    world.warnOn(this.stack.arrays.isContainer(fence), 'a container in a reservation', this);
    const list = this.fences.readStable();
    if (list === null) return world.fault('bug', 'a fence is added without a list', this);
    const index = yield* this.replaceableSlot(list, fence, usage);
    if (index >= 0) {
      const old = list.slot(index);
      yield* list.writeSlot(index, fence, usage);
      this.commit('add', null, usage, fence);
      yield* old.fence.put();
      return;
    }
    const isFull = list.count.readStable() >= list.max.get();
    world.bugOn(isFull, 'a fence is added without a reserved slot', this);
    yield* list.append(fence, usage);
    this.commit('add', null, usage, fence);
  }

  /**
   * Puts a fence into every slot of a context, whatever is there.
   *
   * @kernel dma_resv_replace_fences
   * @rule RESV-033
   */
  *replaceFences(context: number, fence: DmaFence, usage: ResvUsage): KernelTask<void> {
    this.lock.assertHeld('dma_resv_replace_fences');
    const list = this.fences.readStable();
    const count = list === null ? 0 : list.count.readStable();
    this.commit('replace.begin', null, context);
    for (let index = 0; list !== null && index < count; index += 1) {
      const old = list.slot(index);
      if (old.fence.context !== context) continue;
      yield* list.writeSlot(index, yield* fence.get(), usage);
      this.commit('replace', null, usage, fence);
      yield* old.fence.put();
    }
    this.commit('replace.end');
  }

  /** The end of a copy: from here on readers find the other list, or none. */
  *exchangeList(list: ResvList | null): KernelTask<void> {
    const old = this.fences.readStable();
    yield* this.fences.write(list);
    this.commit('copy', 0, list === null ? 0 : list.max.get());
    if (old !== null) yield* old.free();
  }

  /** The first slot that the fence may take, or -1. @rule RESV-023 @rule RESV-028 */
  protected *replaceableSlot(
    list: ResvList,
    fence: DmaFence,
    usage: ResvUsage,
  ): KernelTask<number> {
    const count = list.count.readStable();
    for (let index = 0; index < count; index += 1) {
      const old = list.slot(index);
      if (!(yield* this.isReplaceable(old.fence, old.usage, fence, usage))) continue;
      const isDone = old.fence.flags.testOwned(SIGNALED);
      if (isDone) this.commit('slotSignaled', null, index, old.fence);
      return index;
    }
    return -1;
  }

  /** @rule RESV-024 @rule RESV-025 @rule RESV-026 */
  *isReplaceable(
    old: DmaFence,
    oldUsage: ResvUsage,
    fence: DmaFence,
    usage: ResvUsage,
  ): KernelTask<boolean> {
    const isCovered =
      old.context === fence.context &&
      oldUsage >= usage &&
      this.stack.fences.isLaterOrSame(fence, old);
    return isCovered || (yield* old.isSignaled());
  }

  /**
   * True when every fence up to `usage` is signaled.
   *
   * @kernel dma_resv_test_signaled
   * @rule RESV-009
   */
  *testSignaled(usage: ResvUsage): KernelTask<boolean> {
    const { resvWalk } = this.stack;
    const cursor = resvWalk.begin(this, usage);
    const pending = yield* resvWalk.first(cursor);
    yield* resvWalk.end(cursor);
    this.world.emit(this, 'test', pending === null ? 1 : 0, usage);
    return pending === null;
  }

  /**
   * Waits for every fence up to `usage`, with one budget for all.
   *
   * @kernel dma_resv_wait_timeout
   * @rule RESV-053
   * @rule RESV-054
   * @rule RESV-055
   * @rule RESV-056
   */
  *waitTimeout(
    usage: ResvUsage,
    interruptible: boolean,
    timeoutJiffies: number,
  ): KernelTask<number> {
    const { resvWalk } = this.stack;
    const cursor = resvWalk.begin(this, usage);
    let budget = timeoutJiffies;
    let left = timeoutJiffies === 0 ? 1 : timeoutJiffies;
    let fence = yield* resvWalk.first(cursor);
    while (fence !== null) {
      left = yield* fence.waitTimeout(interruptible, budget);
      if (left <= 0) break;
      // With timeout 0 every wait says 1, which is no time to spend.
      if (budget !== 0) budget = left;
      fence = yield* resvWalk.next(cursor);
    }
    yield* resvWalk.end(cursor);
    const event = left > 0 ? 'wait.done' : left === 0 ? 'wait.timedOut' : 'wait.interrupted';
    this.world.emit(this, event, left, usage);
    return left;
  }

  visitState(visit: StateVisitor): void {
    visit('holder', this.lock.holder?.name ?? 'free');
    visit('fences', this.fences.value);
  }

  override abstract(): AbstractState {
    const list = this.fences.value;
    return {
      state: this.lock.holder === null ? 'unlocked' : 'locked',
      context: {
        count: list === null ? 0 : list.count.value,
        max: list === null ? 0 : list.max.value,
      },
    };
  }
}

/** @kernel roundup_pow_of_two */
function roundUpToPowerOfTwo(count: number): number {
  let power = 1;
  while (power < count) power *= 2;
  return power;
}
