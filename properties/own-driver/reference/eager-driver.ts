import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Mutex } from '../../../impl/kernel/mutex.ts';
import type { PlainList, PlainWord } from '../../../impl/kernel/plain.ts';
import type { SpinLock } from '../../../impl/kernel/spinlock.ts';
import type { CommandRing } from '../command-ring.ts';
import { FenceDriver } from '../fence-driver.ts';
import type { Deferred, FenceKernel } from '../fence-kernel.ts';
import type { HardwareJob } from '../hardware-job.ts';

/**
 * A right issuer of another kind: everything is armed from the beginning, so that nobody has to ask;
 * a worker signals, outside of every lock; and numbers are 64 bits wide, of which the hardware
 * writes the lower half.
 */
export class EagerDriver extends FenceDriver {
  override readonly use64BitSeqno = true;
  private readonly ring: CommandRing;
  /** Of the fences, and of `flight`. */
  private readonly lock: SpinLock;
  private readonly submitting: Mutex;
  /** In the order of the jobs, with a reference for each. Under `lock`. */
  private readonly flight: PlainList<DmaFence>;
  /** Under `submitting`. */
  private readonly nextSeqno: PlainWord<number>;
  private readonly work: Deferred;
  private context = 0;

  constructor(kernel: FenceKernel) {
    super(kernel);
    this.ring = kernel.ring('ring');
    this.lock = kernel.spinlock(this, 'lock');
    this.submitting = kernel.mutex(this, 'submitting');
    this.flight = kernel.list(this, 'flight');
    this.nextSeqno = kernel.word(this, 'nextSeqno', kernel.firstSeqno);
    this.work = kernel.completion('complete', () => this.complete());
  }

  override *open(): KernelTask<number> {
    this.context = yield* this.kernel.contextAlloc();
    yield* this.ring.interrupts.enable();
    return 0;
  }

  *submit(job: HardwareJob): KernelTask<DmaFence | null> {
    if (!(yield* this.kernel.reserve('GFP_KERNEL'))) return null;
    yield* this.submitting.acquire();
    const seqno = this.nextSeqno.get();
    this.nextSeqno.set(seqno + 1);
    const fence = this.kernel.fence(this.lock, this.context, seqno);
    yield* fence.get();
    const flags = yield* this.lock.acquireIrqsave();
    this.flight.push(fence);
    this.lock.releaseIrqrestore(flags);
    yield* this.ring.start(job, seqno);
    this.submitting.release();
    return fence;
  }

  override *signaled(fence: DmaFence): KernelTask<boolean> {
    return yield* this.isDone(fence);
  }

  private *isDone(fence: DmaFence): KernelTask<boolean> {
    const completed = yield* this.ring.completed();
    return ((completed - Number(BigInt.asUintN(32, fence.seqno))) | 0) >= 0;
  }

  override *interrupt(): KernelTask<void> {
    this.work.queue();
  }

  private *complete(): KernelTask<void> {
    for (let fence = yield* this.takeDone(); fence !== null; fence = yield* this.takeDone()) {
      yield* fence.signal();
      yield* fence.put();
    }
  }

  private *takeDone(): KernelTask<DmaFence | null> {
    const flags = yield* this.lock.acquireIrqsave();
    const first = this.flight.at(0);
    const isDone = first !== null && (yield* this.isDone(first));
    if (isDone) this.flight.remove(first);
    this.lock.releaseIrqrestore(flags);
    return isDone ? first : null;
  }
}
