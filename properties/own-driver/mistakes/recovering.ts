import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { RecoveringDriver } from '../reference/recovering-driver.ts';
import type { Mistake } from './mistake.ts';

/** Mistakes about jobs that hang. */
export const RECOVERING: readonly Mistake[] = [
  {
    what: 'nothing is done about a job that hangs',
    rule: 'CONTRACT-002',
    driver: class Trusts extends RecoveringDriver {
      override *timedOut(): KernelTask<void> {}
    },
  },
  {
    what: 'a job that hangs ends without an error',
    rule: 'CONTRACT-002',
    driver: class NoError extends RecoveringDriver {
      protected override *fail(fence: DmaFence): KernelTask<void> {
        yield* fence.signalLocked();
      }
    },
  },
  {
    what: 'the hardware forgets all jobs, and only the one that hangs is ended',
    rule: 'CONTRACT-003',
    driver: class OnlyTheFirst extends RecoveringDriver {
      override *timedOut(): KernelTask<void> {
        const flags = yield* this.lock.acquireIrqsave();
        yield* this.ring.reset();
        const done = yield* this.takeDone();
        for (const fence of done) yield* fence.signalLocked();
        const first = this.flight.at(0);
        if (first !== null) {
          this.flight.remove(first);
          yield* this.fail(first);
        }
        this.lock.releaseIrqrestore(flags);
        yield* this.putAll(first === null ? done : [...done, first]);
      }
    },
  },
  {
    what: 'what is lost is ended from the newest to the oldest',
    rule: 'CONTRACT-006',
    driver: class NewestFirst extends RecoveringDriver {
      override *timedOut(): KernelTask<void> {
        const flags = yield* this.lock.acquireIrqsave();
        yield* this.ring.reset();
        const done = yield* this.takeDone();
        for (const fence of done) yield* fence.signalLocked();
        const lost = this.flight.takeAll().toReversed();
        for (const fence of lost) yield* this.fail(fence);
        this.lock.releaseIrqrestore(flags);
        yield* this.putAll([...done, ...lost]);
      }
    },
  },
  {
    what: 'recovery allocates with reclaim',
    rule: 'CONTRACT-010',
    driver: class Allocates extends RecoveringDriver {
      override *timedOut(): KernelTask<void> {
        yield* this.kernel.reserve('GFP_KERNEL');
        yield* super.timedOut();
      }
    },
  },
  {
    what: 'a job goes to the hardware before anybody can find its fence',
    rule: 'CONTRACT-001',
    driver: class HandsOverFirst extends RecoveringDriver {
      override *submit(
        ...[job]: Parameters<RecoveringDriver['submit']>
      ): ReturnType<RecoveringDriver['submit']> {
        yield* this.submitting.acquire();
        const seqno = this.nextSeqno.get();
        this.nextSeqno.set((seqno + 1) >>> 0);
        const fence = this.kernel.fence(this.lock, this.context, seqno);
        yield* fence.get();
        yield* this.ring.start(job, seqno);
        const flags = yield* this.lock.acquireIrqsave();
        this.flight.push(fence);
        this.lock.releaseIrqrestore(flags);
        this.submitting.release();
        return fence;
      }
    },
  },
];
