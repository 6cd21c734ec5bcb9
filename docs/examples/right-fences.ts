import {
  type CommandRing,
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

/** A graphics card: a ring of commands, numbers that it writes back, and an interrupt. */
export class RingGpu extends FenceDriver {
  protected readonly ring: CommandRing;
  /** Of all fences. Interrupts take it, so everybody else switches them off. */
  protected readonly lock: SpinLock;
  /** Numbers are drawn and handed over in one go. */
  protected readonly submitting: Mutex;
  /** Somebody waits for these, and the handler has a reference on each. Under `lock`. */
  protected readonly armed: PlainList<DmaFence>;
  /** 32 bits. Under `submitting`. */
  protected readonly nextSeqno: PlainWord<number>;
  /** The earliest deadline; 0 before there is one. Under `lock`. */
  protected readonly deadline: PlainWord<bigint>;
  protected context = 0;

  constructor(kernel: FenceKernel) {
    super(kernel);
    this.ring = kernel.ring('ring');
    this.lock = kernel.spinlock(this, 'lock');
    this.submitting = kernel.mutex(this, 'submitting');
    this.armed = kernel.list(this, 'armed');
    this.nextSeqno = kernel.word(this, 'nextSeqno', kernel.firstSeqno);
    this.deadline = kernel.word(this, 'deadline', 0n);
  }

  override *open(): KernelTask<number> {
    this.context = yield* this.kernel.contextAlloc();
    return 0;
  }

  *submit(job: HardwareJob): KernelTask<DmaFence | null> {
    // Everything that completion needs, before anybody can see the fence.
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
    // Only now: what was done before that has raised no interrupt.
    if (yield* this.isDone(fence)) return false;
    yield* fence.get();
    this.armed.push(fence);
    return true;
  }

  override *signaled(fence: DmaFence): KernelTask<boolean> {
    return yield* this.isDone(fence);
  }

  /** What counts is the distance: numbers begin again at 0. */
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
    // Behind the lock, because the last put needs it no more.
    for (const fence of done) yield* fence.put();
  }

  /** Several hints combine to the earliest. */
  override *setDeadline(_fence: DmaFence, deadlineNs: bigint): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    const earliest = this.deadline.get();
    const isEarlier = earliest === 0n || deadlineNs < earliest;
    if (isEarlier) this.deadline.set(deadlineNs);
    this.lock.releaseIrqrestore(flags);
    if (isEarlier) yield* this.ring.boost();
  }

  override *release(fence: DmaFence): KernelTask<void> {
    // RCU readers may still look at it: the memory goes back after a grace period.
    fence.free();
  }
}
