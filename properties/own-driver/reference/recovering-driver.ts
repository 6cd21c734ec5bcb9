import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ETIME } from '../../../impl/kernel/errno.ts';
import type { PlainList } from '../../../impl/kernel/plain.ts';
import type { FenceKernel } from '../fence-kernel.ts';
import type { HardwareJob } from '../hardware-job.ts';
import { RingDriver } from './ring-driver.ts';

/**
 * The same for jobs that may hang. It knows all that are under way, asked for or not: what is lost
 * has an error, and a number that is passed does not say so.
 */
export class RecoveringDriver extends RingDriver {
  /** In the order of the jobs, with a reference for each. Under `lock`. */
  protected readonly flight: PlainList<DmaFence>;

  constructor(kernel: FenceKernel) {
    super(kernel);
    this.flight = kernel.list(this, 'flight');
  }

  override *open(): KernelTask<number> {
    // What is under way is ended by interrupts, so they are always on.
    yield* this.ring.interrupts.enable();
    return yield* super.open();
  }

  override *close(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    const left = this.flight.takeAll();
    this.lock.releaseIrqrestore(flags);
    yield* this.putAll(left);
  }

  override *submit(job: HardwareJob): KernelTask<DmaFence | null> {
    if (!(yield* this.kernel.reserve('GFP_KERNEL'))) return null;
    yield* this.submitting.acquire();
    const seqno = this.nextSeqno.get();
    this.nextSeqno.set((seqno + 1) >>> 0);
    const fence = this.kernel.fence(this.lock, this.context, seqno);
    yield* fence.get();
    // Recovery comes before or after both: it finds the job as well as its fence.
    const flags = yield* this.lock.acquireIrqsave();
    this.flight.push(fence);
    yield* this.ring.start(job, seqno);
    this.lock.releaseIrqrestore(flags);
    this.submitting.release();
    return fence;
  }

  override *enableSignaling(): KernelTask<boolean> {
    return true;
  }

  override *interrupt(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    const done = yield* this.takeDone();
    for (const fence of done) yield* fence.signalLocked();
    this.lock.releaseIrqrestore(flags);
    yield* this.putAll(done);
  }

  /** Whoever waits is told by the order of the numbers, up to the last one that was written. */
  protected *takeDone(): KernelTask<readonly DmaFence[]> {
    const done: DmaFence[] = [];
    for (const fence of this.flight.copy()) {
      if (!(yield* this.isDone(fence))) break;
      this.flight.remove(fence);
      done.push(fence);
    }
    return done;
  }

  /** Everything that was handed over is lost, but for what was done in time. */
  override *timedOut(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    yield* this.ring.reset();
    const done = yield* this.takeDone();
    for (const fence of done) yield* fence.signalLocked();
    const lost = this.flight.takeAll();
    for (const fence of lost) yield* this.fail(fence);
    this.lock.releaseIrqrestore(flags);
    yield* this.putAll([...done, ...lost]);
  }

  /** Under the lock, behind the reset: no poll can have found it done. */
  protected *fail(fence: DmaFence): KernelTask<void> {
    yield* fence.setError(-ETIME);
    yield* fence.signalLocked();
  }
}
