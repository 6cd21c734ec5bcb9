import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Mutex } from '../../../impl/kernel/mutex.ts';
import { KernelObject } from '../../../impl/kernel/object.ts';
import type { PlainList, PlainWord } from '../../../impl/kernel/plain.ts';
import type { SpinLock } from '../../../impl/kernel/spinlock.ts';
import type { CommandRing } from '../command-ring.ts';
import { FenceDriver } from '../fence-driver.ts';
import type { DriverTimer, FenceKernel } from '../fence-kernel.ts';
import type { HardwareJob } from '../hardware-job.ts';

/** What each fence has of its own. */
class OwnLock extends KernelObject {
  readonly lock: SpinLock;

  constructor(kernel: FenceKernel) {
    super(kernel.world, 'ownLock');
    this.isStatic = true;
    this.lock = kernel.spinlock(this, 'lock');
  }

  visitState(): void {
    // The fence shows it.
  }
}

/**
 * A right issuer of another kind: no interrupt, but a timer that looks once in a jiffy while
 * somebody waits; no `signaled`; and a lock for each fence, inside of which that of the list is
 * taken.
 */
export class TickingDriver extends FenceDriver {
  override readonly lateJiffiesMax = 1;
  private readonly ring: CommandRing;
  private readonly submitting: Mutex;
  private readonly listLock: SpinLock;
  /** Waited for, with a reference for each. Under `listLock`. */
  private readonly armed: PlainList<DmaFence>;
  /** The timer is armed, or runs. Under `listLock`. */
  private readonly isTicking: PlainWord<boolean>;
  /** Under `submitting`. */
  private readonly nextSeqno: PlainWord<number>;
  private readonly timer: DriverTimer;
  private context = 0;

  constructor(kernel: FenceKernel) {
    super(kernel);
    this.ring = kernel.ring('ring');
    this.submitting = kernel.mutex(this, 'submitting');
    this.listLock = kernel.spinlock(this, 'listLock');
    this.armed = kernel.list(this, 'armed');
    this.isTicking = kernel.word(this, 'isTicking', false);
    this.nextSeqno = kernel.word(this, 'nextSeqno', kernel.firstSeqno);
    this.timer = kernel.timer('tick', () => this.tick());
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
    const { lock } = new OwnLock(this.kernel);
    const fence = this.kernel.fence(lock, this.context, seqno);
    yield* this.ring.start(job, seqno);
    this.submitting.release();
    return fence;
  }

  override *enableSignaling(fence: DmaFence): KernelTask<boolean> {
    yield* fence.get();
    const flags = yield* this.listLock.acquireIrqsave();
    this.armed.push(fence);
    if (!this.isTicking.get()) this.timer.arm(1);
    this.isTicking.set(true);
    this.listLock.releaseIrqrestore(flags);
    return true;
  }

  private *tick(): KernelTask<void> {
    const flags = yield* this.listLock.acquireIrqsave();
    const done: DmaFence[] = [];
    for (const fence of this.armed.copy()) {
      if (!(yield* this.isDone(fence))) continue;
      this.armed.remove(fence);
      done.push(fence);
    }
    const goesOn = !this.armed.isEmpty();
    this.isTicking.set(goesOn);
    if (goesOn) this.timer.arm(1);
    this.listLock.releaseIrqrestore(flags);
    // Their locks come before that of the list.
    for (const fence of done) {
      yield* fence.signal();
      yield* fence.put();
    }
  }

  private *isDone(fence: DmaFence): KernelTask<boolean> {
    const completed = yield* this.ring.completed();
    return ((completed - Number(fence.seqno)) | 0) >= 0;
  }
}
