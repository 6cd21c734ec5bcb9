import type { AbstractState } from '../../model/events.ts';
import type { KernelTask } from '../kernel/access.ts';
import { IrqWork } from '../kernel/irq-work.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { Pointer } from '../kernel/pointer.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import type { Stack } from '../stack.ts';
import type { DmaFence } from './dma-fence.ts';
import type { FenceCallback } from './fence-callback.ts';
import { SIGNALED } from './fence-flags.ts';
import type { FenceOps } from './fence-ops.ts';

/** Which point a node is, and on which timeline. */
export interface ChainPlace {
  readonly context: number;
  readonly seqno: bigint;
  /** The number of the predecessor on the same timeline, or 0. */
  readonly prevSeqno: bigint;
}

/**
 * A fence that is done when its contained fence and everything behind it are done.
 *
 * @kernel struct dma_fence_chain
 */
export class DmaFenceChain extends KernelObject implements FenceOps {
  readonly stack: Stack;
  readonly base: DmaFence;
  readonly lock: SpinLock;
  /** What comes before; walks replace it by something older. */
  readonly prev: Pointer<DmaFence>;
  /** The contained fence. */
  readonly fence: DmaFence;
  readonly prevSeqno: bigint;
  /** The one node with which it watches one contained fence at a time. */
  protected readonly callback: FenceCallback;
  /** Shares its storage with the callback: one of the two is in use. */
  protected readonly work: IrqWork;

  /**
   * Takes over a reference on each of the two fences.
   *
   * @kernel dma_fence_chain_init
   * @rule CHAIN-001
   * @rule CHAIN-004
   * @rule CHAIN-017
   */
  constructor(stack: Stack, prev: DmaFence | null, fence: DmaFence, place: ChainPlace) {
    super(stack.world, 'chain');
    const { world, types } = stack;
    this.stack = stack;
    this.fence = fence;
    this.prevSeqno = place.prevSeqno;
    this.lock = new SpinLock(this, 'lock', '&chain->lock');
    this.prev = new Pointer<DmaFence>(this, 'prev', prev);
    this.base = new types.DmaFence(stack, this, this.lock, place.context, place.seqno);
    this.callback = new types.FenceCallback(world, (contained) =>
      this.containedSignaled(contained),
    );
    this.work = new IrqWork(this, 'work', () => this.workInInterrupt());
    this.checkContained();
    world.emit(this, 'init');
  }

  /** Complains about what callers must not do, and accepts it. @rule CHAIN-004 */
  protected checkContained(): void {
    const isChain = this.stack.chains.chainOf(this.fence) !== null;
    this.world.warnOn(isChain, 'a chain is contained in a chain node', this);
  }

  /** @rule CHAIN-025 */
  get use64BitSeqno(): boolean {
    return true;
  }

  getDriverName(): string {
    return 'dma_fence_chain';
  }

  getTimelineName(): string {
    return 'unbound';
  }

  /** @kernel dma_fence_chain_enable_signaling @rule CHAIN-018 */
  *enableSignaling(): KernelTask<boolean> {
    this.world.emit(this, 'arm');
    return yield* this.watchNext();
  }

  /**
   * Watches the newest contained fence that is still pending. False when there is none.
   *
   * @kernel dma_fence_chain_enable_signaling
   * @rule CHAIN-018
   * @rule CHAIN-020
   */
  protected *watchNext(): KernelTask<boolean> {
    const { world, stack } = this;
    const { chains } = stack;
    // It must be there when the callback comes.
    yield* this.base.get();
    let element: DmaFence | null = yield* this.base.get();
    while (element !== null) {
      const contained = chains.contained(element);
      yield* contained.get();
      if ((yield* contained.addCallback(this.callback)) === 0) {
        world.emit(this, 'watch', null, 0, contained);
        yield* element.put();
        return true;
      }
      world.emit(this, 'refuse', null, 0, contained);
      yield* contained.put();
      element = yield* chains.walk(element);
    }
    world.emit(this, 'exhaust');
    yield* this.base.put();
    return false;
  }

  /**
   * The watched fence is done: runs under that fence's lock.
   *
   * @kernel dma_fence_chain_cb
   * @rule CHAIN-020
   * @rule CHAIN-021
   */
  *containedSignaled(contained: DmaFence): KernelTask<void> {
    this.world.emit(this, 'fire', null, 0, contained);
    yield* this.work.queue();
    this.world.emit(this, 'queueWork');
    yield* contained.put();
  }

  /**
   * Interrupt work: watches what is pending still, or completes, outside every contained lock.
   *
   * @kernel dma_fence_chain_irq_work
   * @rule CHAIN-018
   * @rule CHAIN-019
   */
  *workInInterrupt(): KernelTask<void> {
    this.world.emit(this, 'work');
    if (!(yield* this.watchNext())) yield* this.base.signal();
    yield* this.base.put();
  }

  /**
   * Polls from the newest contained fence to the oldest.
   *
   * @kernel dma_fence_chain_signaled
   * @rule CHAIN-005
   * @rule CHAIN-006
   */
  *signaled(): KernelTask<boolean> {
    const { chains } = this.stack;
    let element: DmaFence | null = yield* this.base.get();
    while (element !== null) {
      if (!(yield* chains.contained(element).isSignaled())) {
        this.world.emit(this, 'poll', 0);
        yield* element.put();
        return false;
      }
      element = yield* chains.walk(element);
    }
    this.world.emit(this, 'poll', 1);
    return true;
  }

  /**
   * Takes predecessors off that nobody else has before it drops them: dropping the first one with
   * all that it holds would go as deep as the chain is long.
   *
   * @kernel dma_fence_chain_release
   * @rule CHAIN-023
   */
  *release(): KernelTask<void> {
    const { chains, fences } = this.stack;
    let prev = this.prev.readStable();
    while (prev !== null) {
      if (!(yield* this.isOwn(prev))) break;
      const chain = chains.chainOf(prev);
      if (chain === null) break;
      // Nobody else can reach either node.
      this.prev.writeStable(chain.prev.readOwned());
      chain.prev.writeStable(null);
      this.world.emit(this, 'unlink', null, 0, prev);
      yield* prev.put();
      prev = this.prev.readStable();
    }
    yield* fences.put(prev);
    yield* this.fence.put();
    this.free();
  }

  /** Nobody else has a reference on this predecessor. */
  protected *isOwn(prev: DmaFence): KernelTask<boolean> {
    return (yield* prev.references.read()) <= 1;
  }

  protected free(): void {
    const { world } = this;
    world.emit(this, 'free');
    world.rcu.free(this.callback);
    world.rcu.free(this);
    this.base.free();
  }

  /** @kernel dma_fence_chain_set_deadline @rule CHAIN-024 */
  *setDeadline(_base: DmaFence, deadlineNs: bigint): KernelTask<void> {
    const { chains } = this.stack;
    let element: DmaFence | null = yield* this.base.get();
    while (element !== null) {
      yield* chains.contained(element).setDeadline(deadlineNs);
      element = yield* chains.walk(element);
    }
  }

  visitState(visit: StateVisitor): void {
    visit('prev', this.prev.value);
    visit('fence', this.fence);
    visit('prevSeqno', this.prevSeqno);
    visit('work', this.work.isPending);
    visit('base', this.base);
    visit('callback', this.callback);
  }

  override abstract(): AbstractState {
    const isDone = (this.base.flags.bits & SIGNALED) !== 0;
    return {
      state: isDone ? 'done' : this.work.isPending ? 'working' : 'pending',
      context: { watches: this.callback.linkedOn.value !== null },
    };
  }
}
