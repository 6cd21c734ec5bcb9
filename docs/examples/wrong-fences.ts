import {
  type CommandRing,
  type Deferred,
  type DmaFence,
  FenceDriver,
  type FenceKernel,
  type HardwareJob,
  type KernelTask,
  type Mutex,
  type PlainList,
  type PlainWord,
  type SpinLock,
} from '../../properties/index.ts';

/** The same graphics card, whose driver was written in a hurry. */
export class HastyRing extends FenceDriver {
  private readonly ring: CommandRing;
  private readonly lock: SpinLock;
  /** For everything. */
  private readonly big: Mutex;
  private readonly armed: PlainList<DmaFence>;
  private readonly nextSeqno: PlainWord<number>;
  private readonly completion: Deferred;
  private context = 0;

  constructor(kernel: FenceKernel) {
    super(kernel);
    this.ring = kernel.ring('ring');
    this.lock = kernel.spinlock(this, 'lock');
    this.big = kernel.mutex(this, 'big');
    this.armed = kernel.list(this, 'armed');
    this.nextSeqno = kernel.word(this, 'nextSeqno', kernel.firstSeqno);
    this.completion = kernel.completion('complete', () => this.complete());
  }

  override *open(): KernelTask<number> {
    this.context = yield* this.kernel.contextAlloc();
    return 0;
  }

  *submit(job: HardwareJob): KernelTask<DmaFence | null> {
    yield* this.big.acquire();
    const seqno = this.nextSeqno.get();
    this.nextSeqno.set((seqno + 1) >>> 0);
    const fence = this.kernel.fence(this.lock, this.context, seqno);
    yield* this.ring.start(job, seqno);
    this.big.release();
    return fence;
  }

  override *enableSignaling(fence: DmaFence): KernelTask<boolean> {
    yield* this.ring.interrupts.enable();
    if (yield* this.isDone(fence)) return false;
    // Mistake 1: no reference for the handler.
    this.armed.push(fence);
    return true;
  }

  override *signaled(fence: DmaFence): KernelTask<boolean> {
    return yield* this.isDone(fence);
  }

  /** Mistake 2: numbers begin again at 0. */
  private *isDone(fence: DmaFence): KernelTask<boolean> {
    return (yield* this.ring.completed()) >= Number(fence.seqno);
  }

  override *interrupt(): KernelTask<void> {
    this.completion.queue();
  }

  /** Mistake 3: it waits under the very mutex that completion takes. */
  override *wait(fence: DmaFence, interruptible: boolean, jiffies: number): KernelTask<number> {
    yield* this.big.acquire();
    const left = yield* fence.defaultWait(interruptible, jiffies);
    this.big.release();
    return left;
  }

  private *complete(): KernelTask<void> {
    yield* this.big.acquire();
    // Mistake 4: memory may be made by waiting for fences, and these wait for this code.
    yield* this.kernel.reserve('GFP_KERNEL');
    const flags = yield* this.lock.acquireIrqsave();
    for (const fence of this.armed.copy()) {
      if (!(yield* this.isDone(fence))) continue;
      this.armed.remove(fence);
      yield* fence.signalLocked();
    }
    this.lock.releaseIrqrestore(flags);
    this.big.release();
  }
}
