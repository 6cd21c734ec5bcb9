import type { DmaFence } from '../dma-buf/dma-fence.ts';
import type { DmaResv } from '../dma-buf/dma-resv.ts';
import type { FenceOps } from '../dma-buf/fence-ops.ts';
import {
  DMA_RESV_USAGE_READ,
  DMA_RESV_USAGE_WRITE,
  type ResvUsage,
} from '../dma-buf/resv-usage.ts';
import type { KernelTask } from '../kernel/access.ts';
import type { Timer } from '../kernel/clock.ts';
import { EBUSY, EINVAL, ENOENT, ENOMEM, ETIMEDOUT } from '../kernel/errno.ts';
import { Mutex } from '../kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainTable } from '../kernel/plain.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import type { Task } from '../kernel/task.ts';
import type { Stack } from '../stack.ts';
import { numberField, type UserPointer } from '../uapi/user-memory.ts';
import type { DrmFile } from './drm-file.ts';

export const VGEM_FENCE_WRITE = 1;

/** A fence that nobody signals does so itself. Unit: jiffies. @kernel VGEM_FENCE_TIMEOUT */
export const VGEM_FENCE_TIMEOUT = 10_000;

/** @kernel struct vgem_fence */
export class VgemFence extends KernelObject implements FenceOps {
  readonly lock: SpinLock;
  readonly base: DmaFence;
  private readonly timer: Timer;
  /** Who runs the timer's function, at its end. */
  private expiredBy: Task | null = null;

  constructor(stack: Stack, context: number) {
    super(stack.world, 'vgemFence');
    this.lock = new SpinLock(this, 'lock', '&fence->lock');
    this.base = new stack.types.DmaFence(stack, this, this.lock, context, 1n);
    const { clock } = stack.world;
    this.timer = {
      label: `${this.label} expires`,
      expires: clock.now + this.timeout,
      run: () => this.expire(),
    };
    clock.arm(this.timer);
  }

  /** Unit: jiffies. */
  protected get timeout(): number {
    return VGEM_FENCE_TIMEOUT;
  }

  /**
   * Signals without an error, unless the fence is on its way out. Should this have the last
   * reference, the end of the fence must not wait for the timer.
   *
   * @kernel vgem_fence_timeout
   * @rule VGEM-005
   * @rule FENCE-012
   */
  *expire(): KernelTask<void> {
    if (!(yield* this.base.getRcu())) return;
    yield* this.base.signal();
    this.expiredBy = this.world.current;
    yield* this.base.put();
  }

  getDriverName(): string {
    return 'vgem';
  }

  getTimelineName(): string {
    return 'unbound';
  }

  /** @kernel vgem_fence_release */
  *release(): KernelTask<void> {
    if (this.expiredBy !== this.world.current) yield* this.world.clock.cancelSync(this.timer);
    this.base.free();
    this.world.rcu.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
  }
}

/** The fences that a device file has put on objects. @kernel struct vgem_file */
export class VgemFences {
  protected readonly file: DrmFile;
  /** @kernel fence_mutex */
  readonly lock: Mutex;
  /** By number; null where it was consumed. Under `lock`. @kernel fence_idr */
  readonly fences: PlainTable<DmaFence | null>;

  constructor(file: DrmFile) {
    this.file = file;
    this.lock = new Mutex(file, 'fenceLock', '&vfile->fence_mutex');
    this.fences = new PlainTable<DmaFence | null>(file, 'fences');
  }

  /** @kernel vgem_fence_attach_ioctl @rule VGEM-001 @rule VGEM-004 */
  *attach(argument: UserPointer): KernelTask<number> {
    const flags = numberField(argument, 'flags');
    if ((flags & ~VGEM_FENCE_WRITE) !== 0) return -EINVAL;
    if (numberField(argument, 'pad') !== 0) return -EINVAL;
    const object = yield* this.file.lookup(numberField(argument, 'handle'));
    if (object === null) return -ENOENT;
    const result = yield* this.attachTo(object.resv, (flags & VGEM_FENCE_WRITE) !== 0);
    yield* object.put();
    if (result < 0) return result;
    argument.fields['out_fence'] = result;
    return 0;
  }

  /** The number of the new fence, or a negative error. */
  protected *attachTo(resv: DmaResv, isWrite: boolean): KernelTask<number> {
    const fence = yield* this.make();
    if (fence === null) return -ENOMEM;
    const added = yield* this.addUnlessBusy(resv, fence, isWrite);
    const result = added === 0 ? yield* this.record(fence) : added;
    if (result < 0) {
      yield* fence.signal();
      yield* fence.put();
    }
    return result;
  }

  /** The look at others is under the lock, so that no other access gets in between. @rule VGEM-002 @rule VGEM-003 */
  protected *addUnlessBusy(resv: DmaResv, fence: DmaFence, isWrite: boolean): KernelTask<number> {
    yield* resv.acquire();
    const isFree = yield* resv.testSignaled(this.conflicts(isWrite));
    const result = isFree ? yield* resv.reserveFences(1) : -EBUSY;
    const usage = isWrite ? DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_READ;
    if (result === 0) yield* resv.addFence(fence, usage);
    yield* resv.release();
    return result;
  }

  /** A read waits for writes, a write for both. @kernel dma_resv_usage_rw */
  protected conflicts(isWrite: boolean): ResvUsage {
    return isWrite ? DMA_RESV_USAGE_READ : DMA_RESV_USAGE_WRITE;
  }

  /** @kernel vgem_fence_create */
  protected *make(): KernelTask<DmaFence | null> {
    const { stack } = this.file.device;
    if (!(yield* stack.world.memory.reserve('GFP_KERNEL'))) return null;
    const context = yield* stack.fences.contextAlloc(1);
    return new VgemFence(stack, context).base;
  }

  /** Numbers rise, and none comes back. @rule VGEM-007 */
  protected *record(fence: DmaFence): KernelTask<number> {
    if (!(yield* fence.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    yield* this.lock.acquire();
    let number = 1;
    while (this.fences.has(number)) number += 1;
    this.fences.set(number, fence);
    this.lock.release();
    return number;
  }

  /** @kernel vgem_fence_signal_ioctl @rule VGEM-006 */
  *signal(argument: UserPointer): KernelTask<number> {
    if (numberField(argument, 'flags') !== 0) return -EINVAL;
    const number = numberField(argument, 'fence');
    yield* this.lock.acquire();
    const fence = this.fences.get(number);
    if (fence !== null) this.fences.set(number, null);
    this.lock.release();
    if (fence === null) return -ENOENT;
    const isLate = yield* fence.isSignaled();
    yield* fence.signal();
    yield* fence.put();
    return isLate ? -ETIMEDOUT : 0;
  }

  /** A client that went away must not hold others up. @kernel vgem_fence_close @rule VGEM-008 */
  *close(): KernelTask<void> {
    for (const [, fence] of this.fences.entries()) {
      if (fence === null) continue;
      yield* fence.signal();
      yield* fence.put();
    }
  }

  visitState(visit: StateVisitor): void {
    visit('fenceLock', this.lock.holder?.name ?? 'free');
    visit(
      'fences',
      this.fences.value.map(([number, fence]) => [number, fence]),
    );
  }
}
