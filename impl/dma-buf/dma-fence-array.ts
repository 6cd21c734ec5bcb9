import type { AbstractState } from '../../model/events.ts';
import type { KernelTask } from '../kernel/access.ts';
import { Cell } from '../kernel/cell.ts';
import { IrqWork } from '../kernel/irq-work.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList } from '../kernel/plain.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import type { Stack } from '../stack.ts';
import type { DmaFence } from './dma-fence.ts';
import type { FenceCallback } from './fence-callback.ts';
import { ENABLE_SIGNAL, SIGNALED } from './fence-flags.ts';
import type { FenceOps } from './fence-ops.ts';

/** "No error recorded yet". @kernel PENDING_ERROR */
export const PENDING_ERROR = 1;

/**
 * A fence that is done when all, or any, of its children are done.
 *
 * @kernel struct dma_fence_array
 */
export class DmaFenceArray extends KernelObject implements FenceOps {
  readonly stack: Stack;
  readonly base: DmaFence;
  readonly lock: SpinLock;
  readonly fences: readonly DmaFence[];
  readonly isAny: boolean;
  readonly pending: Cell;
  /** One for each child that was tried; under `lock`. */
  protected readonly callbacks: PlainList<FenceCallback>;
  protected readonly work: IrqWork;

  /**
   * Takes over the children and a reference on each.
   *
   * @kernel dma_fence_array_init
   * @rule ARRAY-004
   * @rule ARRAY-005
   * @rule ARRAY-024
   */
  constructor(
    stack: Stack,
    fences: readonly DmaFence[],
    context: number,
    seqno: bigint,
    isAny: boolean,
  ) {
    super(stack.world, 'array');
    const { world } = stack;
    this.stack = stack;
    this.fences = fences;
    this.isAny = isAny;
    this.lock = new SpinLock(this, 'lock', '&array->lock');
    this.base = new stack.types.DmaFence(stack, this, this.lock, context, seqno);
    this.pending = new Cell(this, 'pending', isAny ? 1 : fences.length, 'full');
    this.callbacks = new PlainList<FenceCallback>(this, 'callbacks');
    this.work = new IrqWork(this, 'work', () => this.completeInInterrupt());
    this.base.error.initialize(PENDING_ERROR);
    world.emit(this.base, 'setError', null, PENDING_ERROR);
    this.checkChildren();
    world.emit(this, isAny ? 'init.any' : 'init', null, fences.length);
  }

  /** Complains about what callers must not do, and accepts it. @rule ARRAY-002 @rule ARRAY-003 */
  protected checkChildren(): void {
    const { world, fences } = this;
    world.warnOn(fences.length === 0, 'dma_fence_array_init without fences', this);
    for (const fence of fences) {
      world.warnOn(this.stack.arrays.isContainer(fence), 'a container in a fence array', this);
    }
  }

  getDriverName(): string {
    return 'dma_fence_array';
  }

  getTimelineName(): string {
    return 'unbound';
  }

  /**
   * Watches every child. False when the children are done already.
   *
   * @kernel dma_fence_array_enable_signaling
   * @rule ARRAY-007
   * @rule ARRAY-008
   * @rule ARRAY-009
   */
  *enableSignaling(): KernelTask<boolean> {
    const { world } = this;
    world.emit(this, 'arm');
    for (const fence of this.fences) {
      if (yield* this.watchChild(fence)) {
        yield* this.clearPendingError();
        return false;
      }
    }
    world.emit(this, 'armed');
    return true;
  }

  /** True when this child was done, and was the last one needed. @rule ARRAY-009 @rule ARRAY-028 */
  protected *watchChild(fence: DmaFence): KernelTask<boolean> {
    const { world } = this;
    // Each watched child keeps the array alive until its callback has run.
    yield* this.base.get();
    const node = new this.stack.types.FenceCallback(world, (child) => this.childSignaled(child));
    this.callbacks.push(node);
    if ((yield* fence.addCallback(node)) === 0) {
      world.emit(this, 'watch', null, 0, fence);
      return false;
    }
    world.emit(this, 'refuse', null, 0, fence);
    const error = yield* fence.error.read();
    yield* this.setPendingError(error);
    yield* this.base.put();
    return yield* this.countDown(fence, 'countDown.inline');
  }

  /**
   * One child is done: runs under that child's lock.
   *
   * @kernel dma_fence_array_cb_func
   * @rule ARRAY-010
   * @rule ARRAY-011
   * @rule ARRAY-016
   */
  *childSignaled(child: DmaFence): KernelTask<void> {
    const error = yield* child.error.read();
    yield* this.setPendingError(error);
    if (yield* this.countDown(child, 'countDown')) {
      yield* this.work.queue();
      this.world.emit(this, 'queueWork');
    } else {
      yield* this.base.put();
    }
  }

  /** True for the one who brought the counter to exactly zero. @rule ARRAY-010 @rule ARRAY-019 */
  protected *countDown(
    child: DmaFence,
    event: 'countDown' | 'countDown.inline',
  ): KernelTask<boolean> {
    const isZero = yield* this.pending.decAndTest();
    this.world.emit(this, event, isZero ? 1 : 0, 0, child);
    return isZero;
  }

  /** Interrupt work: completes outside every child's lock. @kernel irq_dma_fence_array_work */
  *completeInInterrupt(): KernelTask<void> {
    this.world.emit(this, 'work');
    yield* this.clearPendingError();
    yield* this.base.signal();
    yield* this.base.put();
  }

  /** The first error wins. @kernel dma_fence_array_set_pending_error @rule ARRAY-016 */
  *setPendingError(error: number): KernelTask<void> {
    if (error === 0) return;
    if (yield* this.base.error.compareExchange(PENDING_ERROR, error)) {
      this.world.emit(this.base, 'setError', null, error);
      this.world.emit(this, 'record', null, error);
    }
  }

  /** @kernel dma_fence_array_clear_pending_error */
  *clearPendingError(): KernelTask<void> {
    if (yield* this.base.error.compareExchange(PENDING_ERROR, 0)) {
      this.world.emit(this.base, 'setError', null, 0);
      this.world.emit(this, 'clearError');
    }
  }

  /**
   * Polls the children while the array is not armed, and the counter once it is.
   *
   * @kernel dma_fence_array_signaled
   * @rule ARRAY-013
   * @rule ARRAY-014
   */
  *signaled(): KernelTask<boolean> {
    // The counter comes first: counting of an enabling walk must not mix with ours.
    let pending = yield* this.pending.read();
    if (yield* this.base.flags.test(ENABLE_SIGNAL)) {
      if (pending > 0) return this.polled(false);
      yield* this.clearPendingError();
      return this.polled(true);
    }
    for (const fence of this.fences) {
      if (!(yield* fence.isSignaled())) continue;
      pending -= 1;
      if (pending !== 0) continue;
      yield* this.clearPendingError();
      return this.polled(true);
    }
    return this.polled(false);
  }

  protected polled(isDone: boolean): boolean {
    this.world.emit(this, 'poll', isDone ? 1 : 0);
    return isDone;
  }

  /** @kernel dma_fence_array_release @rule ARRAY-020 */
  *release(): KernelTask<void> {
    for (const fence of this.fences) yield* fence.put();
    const { world } = this;
    world.emit(this, 'free');
    for (const node of this.callbacks.copy()) world.rcu.free(node);
    world.rcu.free(this);
    this.base.free();
  }

  /** @kernel dma_fence_array_set_deadline @rule ARRAY-021 */
  *setDeadline(_base: DmaFence, deadlineNs: bigint): KernelTask<void> {
    for (const fence of this.fences) yield* fence.setDeadline(deadlineNs);
  }

  visitState(visit: StateVisitor): void {
    visit('pending', this.pending.value);
    visit('work', this.work.isPending);
    visit('base', this.base);
    visit('watched', this.callbacks.value);
  }

  override abstract(): AbstractState {
    const isSignaled = (this.base.flags.bits & SIGNALED) !== 0;
    return {
      state: isSignaled ? 'done' : this.work.isPending ? 'completing' : 'pending',
      context: { pending: this.pending.value, error: this.base.error.value },
    };
  }
}
