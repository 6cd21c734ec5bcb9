import type { KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import type { Stack } from '../stack.ts';
import type { DmaFence } from './dma-fence.ts';
import { ENABLE_SIGNAL } from './fence-flags.ts';
import type { FenceOps } from './fence-ops.ts';

/** Both names of every stub read `stub`. @kernel dma_fence_stub_ops */
export const STUB_OPS: FenceOps = {
  getDriverName: () => 'stub',
  getTimelineName: () => 'stub',
};

/** Fences that are signaled from birth. All of them share one lock. */
export class FenceStubs extends KernelObject {
  readonly stack: Stack;
  /** @kernel dma_fence_stub_lock @rule FENCE-016 */
  readonly lock: SpinLock;
  /** Under `lock`. @kernel dma_fence_stub */
  protected readonly global: PlainWord<DmaFence | null>;

  constructor(stack: Stack) {
    super(stack.world, 'stubs');
    this.stack = stack;
    this.lock = new SpinLock(this, 'lock', 'dma_fence_stub_lock');
    this.global = new PlainWord<DmaFence | null>(this, 'global', null);
  }

  /**
   * The machine's one stub, with a reference.
   *
   * @kernel dma_fence_get_stub
   * @rule FENCE-014
   * @rule FENCE-016
   */
  *getStub(): KernelTask<DmaFence> {
    // The one place where a fence lock is held with interrupts on.
    yield* this.lock.acquire();
    let stub = this.global.get();
    if (stub === null) {
      stub = new this.stack.types.DmaFence(this.stack, STUB_OPS, this.lock, 0, 0n);
      stub.isStatic = true;
      this.global.set(stub);
      stub.flags.initialize(ENABLE_SIGNAL);
      this.world.emit(stub, 'enable');
      yield* stub.signalLocked();
    }
    this.lock.release();
    return yield* stub.get();
  }

  /**
   * A new signaled fence that carries `timestampNs`, or null without memory.
   *
   * @kernel dma_fence_allocate_private_stub
   * @rule FENCE-015
   */
  *allocatePrivateStub(timestampNs: number): KernelTask<DmaFence | null> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return null;
    const stub = new this.stack.types.DmaFence(this.stack, STUB_OPS, this.lock, 0, 0n);
    stub.flags.initialize(ENABLE_SIGNAL);
    this.world.emit(stub, 'enable');
    yield* stub.signalTimestamp(timestampNs);
    return stub;
  }

  visitState(visit: StateVisitor): void {
    visit('global', this.global.value);
    visit('lock', this.lock.holder?.name ?? 'free');
  }
}
