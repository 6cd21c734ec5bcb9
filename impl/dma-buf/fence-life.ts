import type { AbstractState, Tracepoint } from '../../model/events.ts';
import type { KernelTask } from '../kernel/access.ts';
import { Cell } from '../kernel/cell.ts';
import { Count } from '../kernel/count.ts';
import { EDEADLK } from '../kernel/errno.ts';
import { Flags, type FlagWait } from '../kernel/flags.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList } from '../kernel/plain.ts';
import type { SpinLock } from '../kernel/spinlock.ts';
import type { Stack } from '../stack.ts';
import type { FenceCallback } from './fence-callback.ts';
import { ENABLE_SIGNAL, SIGNALED, TIMESTAMP, flagNames } from './fence-flags.ts';
import type { DmaFence } from './dma-fence.ts';
import type { FenceOps } from './fence-ops.ts';

/**
 * The words of a fence and its life: creation, references, release.
 *
 * @kernel struct dma_fence
 */
export abstract class FenceLife extends KernelObject {
  readonly stack: Stack;
  readonly ops: FenceOps;
  readonly lock: SpinLock;
  readonly context: number;
  readonly seqno: bigint;
  readonly references: Count;
  readonly flags: Flags;
  readonly error: Cell;
  readonly timestampNs: Cell;
  /** The callback list, changed under `lock`: sleepers in front, callbacks behind. */
  readonly callbacks: PlainList<FenceCallback>;
  protected readonly stamped: FlagWait;

  /**
   * @kernel dma_fence_init
   * @rule FENCE-001
   * @rule FENCE-002
   */
  constructor(stack: Stack, ops: FenceOps, lock: SpinLock, context: number, seqno: bigint) {
    super(stack.world, 'fence');
    this.stack = stack;
    this.ops = ops;
    this.lock = lock;
    this.context = context;
    this.seqno = seqno;
    this.references = new Count(this, 'references');
    this.flags = new Flags(this, 'flags');
    this.error = new Cell(this, 'error', 0);
    this.timestampNs = new Cell(this, 'timestamp', 0, 'plain');
    this.callbacks = new PlainList<FenceCallback>(this, 'callbacks');
    this.stamped = this.flags.waiterFor(TIMESTAMP, 'wait for TIMESTAMP in');
    const { world } = stack;
    world.bugOn(lock === null, 'dma_fence_init without a lock', this);
    world.bugOn(ops === null, 'dma_fence_init without ops', this);
    world.bugOn(typeof ops.getDriverName !== 'function', 'fence ops lack a driver name', this);
    world.bugOn(typeof ops.getTimelineName !== 'function', 'fence ops lack a timeline name', this);
    world.emit(this, 'init');
    this.trace('dma_fence_init');
  }

  /** Takes a reference; the caller has one already. @kernel dma_fence_get @rule FENCE-012 */
  *get(): KernelTask<this> {
    yield* this.references.inc();
    this.world.emit(this, 'get');
    return this;
  }

  /**
   * Takes a reference unless the fence is dying.
   *
   * @kernel dma_fence_get_rcu
   * @rule FENCE-010
   */
  *getRcu(): KernelTask<boolean> {
    const isTaken = yield* this.references.incUnlessZero();
    this.world.emit(this, isTaken ? 'getRcu.taken' : 'getRcu.missed');
    return isTaken;
  }

  /** Drops a reference. @kernel dma_fence_put @rule FENCE-006 */
  *put(): KernelTask<void> {
    const isLast = yield* this.references.decAndTest();
    this.world.emit(this, isLast ? 'put.last' : 'put');
    if (isLast) yield* this.release();
  }

  /**
   * The end of the last reference, in the context of whoever dropped it.
   *
   * @kernel dma_fence_release
   * @rule FENCE-007
   * @rule FENCE-008
   * @rule FENCE-009
   */
  *release(): KernelTask<void> {
    const { world } = this;
    const task = world.current;
    task.enter('dma_fence_release');
    this.trace('dma_fence_destroy');
    // The list shares its storage with the timestamp: it means something only while pending.
    const isPending = !(yield* this.flags.test(SIGNALED));
    if (
      world.warnOn(isPending && !this.callbacks.isEmpty(), 'fence released with callbacks', this)
    ) {
      const flags = yield* this.lock.acquireIrqsave();
      yield* this.error.write(-EDEADLK);
      this.commit('setError', null, -EDEADLK);
      yield* this.signalLocked();
      this.lock.releaseIrqrestore(flags);
    }
    if (this.ops.release !== undefined) yield* this.ops.release(this.self);
    else this.free();
    task.leave();
  }

  /** Frees the memory after a grace period. @kernel dma_fence_free */
  free(): void {
    this.world.emit(this, 'free');
    this.world.rcu.free(this);
  }

  /** Signals with `lock` held; see the signalling part. @kernel dma_fence_signal_locked */
  abstract signalLocked(): KernelTask<number>;

  /** The fence as its issuer's functions take it. */
  protected abstract get self(): DmaFence;

  /**
   * Passes a trace point: while it is switched on, the issuer is asked for both names.
   *
   * @kernel trace_dma_fence_*
   * @rule FENCE-024
   * @rule FENCE-091
   */
  protected trace(name: Tracepoint): void {
    if (!this.world.isTraced) return;
    this.world.trace(name, this, {
      driver: this.ops.getDriverName(this.self),
      timeline: this.ops.getTimelineName(this.self),
      context: Number(BigInt.asUintN(32, BigInt(this.context))),
      seqno: Number(BigInt.asUintN(32, this.seqno)),
    });
  }

  /** Everybody who calls into a fence owns a reference for the whole call. @rule FENCE-012 */
  protected assertReferenced(what: string): void {
    if (!this.references.isZero || this.freedBy !== null) return;
    this.world.complain('refcount', `${what} on ${this.label}, which has no reference`, this);
  }

  visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
    visit('flags', flagNames(this.flags.bits));
    visit('error', this.error.value);
    visit('timestamp', this.timestampNs.value);
    visit('callbacks', this.callbacks.value);
    visit('lock', this.lock.holder?.name ?? 'free');
  }

  override abstract(): AbstractState {
    const bits = this.flags.bits;
    const isStamped = (bits & TIMESTAMP) !== 0;
    const completion = (bits & SIGNALED) === 0 ? 'pending' : isStamped ? 'signaled' : 'signaling';
    return {
      state: completion,
      context: {
        enabled: (bits & ENABLE_SIGNAL) !== 0,
        references: this.references.value,
        callbacks: this.callbacks.value.length,
        error: this.error.value,
      },
    };
  }
}
