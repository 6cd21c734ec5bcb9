import type { AbstractState } from '../../model/events.ts';
import type { KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import type { Stack } from '../stack.ts';
import { POLLIN, POLLOUT, type PollTable } from '../uapi/file.ts';
import type { DmaBuf } from './dma-buf.ts';
import type { DmaFence } from './dma-fence.ts';
import type { FenceCallback } from './fence-callback.ts';

/**
 * The one callback that a buffer has for each direction; all pollers share it.
 *
 * @kernel struct dma_buf_poll_cb_t
 */
export class DmaBufPollSlot extends KernelObject {
  readonly callback: FenceCallback;
  /** The event that is waited for, 0 when the slot is free. Under the lock of the wait queue. */
  readonly active: PlainWord<number>;

  constructor(buffer: DmaBuf) {
    super(buffer.world, 'pollSlot');
    this.active = new PlainWord<number>(this, 'active', 0);
    const { stack } = buffer;
    this.callback = new stack.types.FenceCallback(stack.world, (fence) =>
      stack.bufferPoll.signaled(buffer, this, fence),
    );
  }

  /** False when the slot is in use. Under the lock of the wait queue. */
  claim(event: number): boolean {
    const isFree = this.active.ask((active) => active === 0);
    if (isFree) this.active.set(event);
    this.commit(isFree ? 'claim' : 'busy');
    return isFree;
  }

  /** It waits for nothing any more. Under the lock of the wait queue. */
  release(): void {
    this.active.set(0);
    this.commit('release');
  }

  /** The buffer goes, and its slots with it. */
  free(): void {
    this.world.emit(this, 'free');
    this.world.memory.free(this.callback);
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('active', this.active.value);
    visit('callback', this.callback);
  }

  override abstract(): AbstractState {
    return { state: this.active.value === 0 ? 'inactive' : 'active', context: {} };
  }
}

/** Waiting for a buffer to be idle, by `poll`. */
export class DmaBufPoll {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /**
   * @kernel dma_buf_poll
   * @rule POLL-001
   * @rule POLL-002
   * @rule POLL-003
   * @rule POLL-004
   * @rule POLL-013
   */
  *poll(buffer: DmaBuf, table: PollTable | null): KernelTask<number> {
    if (table !== null) yield* table.wait(buffer.file, buffer.queue);
    const requested = table === null ? POLLIN | POLLOUT : table.events;
    let events = requested & (POLLIN | POLLOUT);
    if (events === 0) return 0;
    yield* buffer.resv.acquire();
    if ((events & POLLOUT) !== 0 && !(yield* this.isIdle(buffer, POLLOUT))) events &= ~POLLOUT;
    if ((events & POLLIN) !== 0 && !(yield* this.isIdle(buffer, POLLIN))) events &= ~POLLIN;
    yield* buffer.resv.release();
    return events;
  }

  /** Nothing is pending in this direction; else the slot waits for it. @rule POLL-005 @rule POLL-009 */
  protected *isIdle(buffer: DmaBuf, event: number): KernelTask<boolean> {
    const slot = event === POLLOUT ? buffer.pollOut : buffer.pollIn;
    if (!(yield* this.claim(buffer, slot, event))) return false;
    // The slot keeps the buffer; its callback drops this reference.
    yield* buffer.file.get();
    if (yield* this.arm(buffer, slot, event === POLLOUT)) {
      this.stack.world.emit(slot, 'arm');
      return false;
    }
    yield* this.signaled(buffer, slot, null);
    return true;
  }

  /** False when the slot is in use. */
  protected *claim(buffer: DmaBuf, slot: DmaBufPollSlot, event: number): KernelTask<boolean> {
    const { lock } = buffer.queue;
    yield* lock.acquireIrq();
    const isFree = slot.claim(event);
    lock.releaseIrq();
    return isFree;
  }

  /** Waits for the first fence that is still pending; false when there is none. @kernel dma_buf_poll_add_cb */
  protected *arm(buffer: DmaBuf, slot: DmaBufPollSlot, isWrite: boolean): KernelTask<boolean> {
    const { resv } = buffer;
    const { resvWalk } = this.stack;
    const cursor = resvWalk.begin(resv, resv.usageRw(isWrite));
    let fence = resvWalk.firstLocked(cursor);
    while (fence !== null) {
      yield* fence.get();
      if ((yield* fence.addCallback(slot.callback)) === 0) return true;
      yield* fence.put();
      fence = resvWalk.nextLocked(cursor);
    }
    return false;
  }

  /**
   * The fence that the slot waited for has signaled, or there was none.
   *
   * @kernel dma_buf_poll_cb
   * @rule POLL-006
   */
  *signaled(buffer: DmaBuf, slot: DmaBufPollSlot, fence: DmaFence | null): KernelTask<void> {
    const { queue } = buffer;
    const flags = yield* queue.lock.acquireIrqsave();
    this.stack.world.emit(slot, fence === null ? 'idle' : 'signaled');
    yield* queue.wakeAllLocked(slot.active.get());
    slot.release();
    queue.lock.releaseIrqrestore(flags);
    if (fence !== null) yield* fence.put();
    yield* buffer.file.put();
  }
}
