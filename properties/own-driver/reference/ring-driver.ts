import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Mutex } from '../../../impl/kernel/mutex.ts';
import type { PlainList, PlainWord } from '../../../impl/kernel/plain.ts';
import type { SpinLock } from '../../../impl/kernel/spinlock.ts';
import type { CommandRing } from '../command-ring.ts';
import { FenceDriver } from '../fence-driver.ts';
import type { FenceKernel } from '../fence-kernel.ts';
import type { HardwareJob } from '../hardware-job.ts';

/** An issuer as it should be: a ring whose hardware writes numbers back, and interrupts. */
export class RingDriver extends FenceDriver {
  protected readonly ring: CommandRing;
  /** Of the fences; interrupts take it. */
  protected readonly lock: SpinLock;
  protected readonly submitting: Mutex;
  /** Waited for, with a reference for each. Under `lock`. */
  protected readonly armed: PlainList<DmaFence>;
  /** Under `submitting`. */
  protected readonly nextSeqno: PlainWord<number>;
  protected context = 0;

  constructor(kernel: FenceKernel) {
    super(kernel);
    this.ring = kernel.ring('ring');
    this.lock = kernel.spinlock(this, 'lock');
    this.submitting = kernel.mutex(this, 'submitting');
    this.armed = kernel.list(this, 'armed');
    this.nextSeqno = kernel.word(this, 'nextSeqno', kernel.firstSeqno);
  }

  override *open(): KernelTask<number> {
    this.context = yield* this.kernel.contextAlloc();
    return 0;
  }

  *submit(job: HardwareJob): KernelTask<DmaFence | null> {
    if (!(yield* this.kernel.reserve('GFP_KERNEL'))) return null;
    yield* this.submitting.acquire();
    const seqno = this.nextSeqno.get();
    this.nextSeqno.set((seqno + 1) >>> 0);
    const fence = this.kernel.fence(this.lock, this.context, seqno);
    yield* this.ring.start(job, seqno);
    this.submitting.release();
    return fence;
  }

  override *enableSignaling(fence: DmaFence): KernelTask<boolean> {
    yield* this.ring.interrupts.enable();
    // It may have been done before the interrupt was on.
    if (yield* this.isDone(fence)) {
      if (this.armed.isEmpty()) yield* this.ring.interrupts.disable();
      return false;
    }
    yield* fence.get();
    this.armed.push(fence);
    return true;
  }

  override *signaled(fence: DmaFence): KernelTask<boolean> {
    return yield* this.isDone(fence);
  }

  /** Numbers begin again at 0, so what counts is their distance. */
  protected *isDone(fence: DmaFence): KernelTask<boolean> {
    const completed = yield* this.ring.completed();
    return ((completed - Number(fence.seqno)) | 0) >= 0;
  }

  override *interrupt(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    const done: DmaFence[] = [];
    for (const fence of this.armed.copy()) {
      if (!(yield* this.isDone(fence))) continue;
      this.armed.remove(fence);
      yield* fence.signalLocked();
      done.push(fence);
    }
    if (this.armed.isEmpty()) yield* this.ring.interrupts.disable();
    this.lock.releaseIrqrestore(flags);
    yield* this.putAll(done);
  }

  /** Without the lock: whoever put before has left these as the last references. */
  protected *putAll(done: readonly DmaFence[]): KernelTask<void> {
    for (const fence of done) yield* fence.put();
  }

  /** Nobody can find it any more; RCU readers may still look at it. */
  override *release(fence: DmaFence): KernelTask<void> {
    fence.free();
  }

  override *setDeadline(): KernelTask<void> {
    yield* this.ring.boost();
  }
}
