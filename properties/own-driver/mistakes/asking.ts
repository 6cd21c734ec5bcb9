import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { PlainWord } from '../../../impl/kernel/plain.ts';
import type { HardwareJob } from '../hardware-job.ts';
import { RingDriver } from '../reference/ring-driver.ts';
import type { Mistake } from './mistake.ts';

/** Mistakes of submissions, of questions, and of the end of a fence. */
export const ASKING: readonly Mistake[] = [
  {
    what: 'numbers are compared as if they never began again',
    rule: 'FENCE-023',
    shownAs: 3,
    driver: class NoWrap extends RingDriver {
      protected override *isDone(fence: DmaFence): KernelTask<boolean> {
        return (yield* this.ring.completed()) >= Number(fence.seqno);
      }
    },
  },
  {
    what: 'numbers are drawn outside of the lock under which jobs are handed over',
    rule: 'CONTRACT-006',
    driver: class DrawsEarly extends RingDriver {
      override *submit(job: HardwareJob): KernelTask<DmaFence | null> {
        yield* this.submitting.acquire();
        const seqno = this.nextSeqno.get();
        this.nextSeqno.set((seqno + 1) >>> 0);
        this.submitting.release();
        const fence = this.kernel.fence(this.lock, this.context, seqno);
        yield* this.ring.start(job, seqno);
        return fence;
      }
    },
  },
  {
    what: 'submissions draw numbers without a lock',
    rule: 'CONTRACT-013',
    shownAs: 2,
    driver: class DrawsUnlocked extends RingDriver {
      override *submit(job: HardwareJob): KernelTask<DmaFence | null> {
        const seqno = this.nextSeqno.get();
        this.nextSeqno.set((seqno + 1) >>> 0);
        const fence = this.kernel.fence(this.lock, this.context, seqno);
        yield* this.ring.start(job, seqno);
        return fence;
      }
    },
  },
  {
    what: 'the lock is taken with interrupts on',
    rule: 'CONTRACT-016',
    driver: class IrqsOn extends RingDriver {
      override *setDeadline(): KernelTask<void> {
        yield* this.lock.acquire();
        yield* this.ring.boost();
        this.lock.release();
      }
    },
  },
  {
    what: 'numbers are said to be 64 bits wide, and begin again at 0',
    rule: 'CONTRACT-006',
    driver: class SaysWide extends RingDriver {
      override readonly use64BitSeqno = true;
    },
  },
  {
    what: 'signaled takes the lock of the fence',
    rule: 'FENCE-022',
    driver: class LocksToLook extends RingDriver {
      override *signaled(fence: DmaFence): KernelTask<boolean> {
        const flags = yield* this.lock.acquireIrqsave();
        const isDone = yield* this.isDone(fence);
        this.lock.releaseIrqrestore(flags);
        return isDone;
      }
    },
  },
  {
    what: 'signaled sleeps',
    rule: 'FENCE-022',
    driver: class SleepsToLook extends RingDriver {
      override *signaled(fence: DmaFence): KernelTask<boolean> {
        yield* this.submitting.acquire();
        const isDone = yield* this.isDone(fence);
        this.submitting.release();
        return isDone;
      }
    },
  },
  {
    what: 'signaled goes back on its word',
    rule: 'FENCE-023',
    driver: class OnlyTheLast extends RingDriver {
      override *signaled(fence: DmaFence): KernelTask<boolean> {
        return (yield* this.ring.completed()) + 1 >= Number(fence.seqno);
      }
    },
  },
  {
    what: 'hints from two sides meet without a lock',
    rule: 'FENCE-088',
    driver: class UnlockedHints extends RingDriver {
      private readonly earliest = new PlainWord<number>(this, 'earliest', 0);

      override *setDeadline(_fence?: DmaFence, deadlineNs = 0n): KernelTask<void> {
        const wanted = Number(deadlineNs);
        if (this.earliest.get() !== 0 && this.earliest.get() <= wanted) return;
        this.earliest.set(wanted);
        yield* this.ring.boost();
      }
    },
  },
  {
    what: 'release sleeps',
    rule: 'FENCE-025',
    driver: class SleepsAtTheEnd extends RingDriver {
      override *release(fence: DmaFence): KernelTask<void> {
        yield* this.submitting.acquire();
        fence.free();
        this.submitting.release();
      }
    },
  },
  {
    what: 'release frees nothing',
    rule: 'FENCE-007',
    driver: class FreesNothing extends RingDriver {
      override *release(): KernelTask<void> {}
    },
  },
];
