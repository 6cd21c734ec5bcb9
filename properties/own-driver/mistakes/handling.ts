import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EIO } from '../../../impl/kernel/errno.ts';
import type { Deferred, FenceKernel } from '../fence-kernel.ts';
import type { HardwareJob } from '../hardware-job.ts';
import { RingDriver } from '../reference/ring-driver.ts';
import type { Mistake } from './mistake.ts';

/** Mistakes on the way from the hardware to the signal. */
export const HANDLING: readonly Mistake[] = [
  {
    what: 'the reference of the handler is never given back',
    rule: 'FENCE-021',
    driver: class KeepsReferences extends RingDriver {
      protected override *putAll(): KernelTask<void> {}
    },
  },
  {
    what: 'the handler looks at one fence, though an interrupt may stand for several jobs',
    rule: 'CONTRACT-001',
    driver: class OneEach extends RingDriver {
      override *interrupt(): KernelTask<void> {
        const flags = yield* this.lock.acquireIrqsave();
        const first = this.armed.at(0);
        const done = first !== null && (yield* this.isDone(first)) ? [first] : [];
        for (const fence of done) {
          this.armed.remove(fence);
          yield* fence.signalLocked();
        }
        if (this.armed.isEmpty()) yield* this.ring.interrupts.disable();
        this.lock.releaseIrqrestore(flags);
        yield* this.putAll(done);
      }
    },
  },
  {
    what: 'the handler enables interrupts, whatever they were before',
    rule: 'CONTRACT-016',
    driver: class EnablesInterrupts extends RingDriver {
      protected override *putAll(done: readonly DmaFence[]): KernelTask<void> {
        yield* this.lock.acquireIrq();
        this.lock.releaseIrq();
        yield* super.putAll(done);
      }
    },
  },
  {
    what: 'a fence is taken off the list by its release, and its last reference may be gone before',
    rule: 'FENCE-021',
    driver: class UnlinksAtRelease extends RingDriver {
      override *enableSignaling(fence: DmaFence): KernelTask<boolean> {
        yield* this.ring.interrupts.enable();
        if (yield* this.isDone(fence)) return false;
        this.armed.push(fence);
        return true;
      }

      override *interrupt(): KernelTask<void> {
        const flags = yield* this.lock.acquireIrqsave();
        const done: DmaFence[] = [];
        for (const fence of this.armed.copy()) {
          if (!(yield* this.isDone(fence))) continue;
          this.armed.remove(fence);
          done.push(yield* fence.get());
          yield* fence.signalLocked();
        }
        this.lock.releaseIrqrestore(flags);
        yield* this.putAll(done);
      }

      override *release(fence: DmaFence): KernelTask<void> {
        const flags = yield* this.lock.acquireIrqsave();
        if (this.armed.includes(fence)) this.armed.remove(fence);
        this.lock.releaseIrqrestore(flags);
        fence.free();
      }
    },
  },
  {
    what: 'the handler signals whatever is armed',
    rule: 'CONTRACT-006',
    driver: class SignalsAll extends RingDriver {
      override *interrupt(): KernelTask<void> {
        const flags = yield* this.lock.acquireIrqsave();
        const done = this.armed.takeAll();
        for (const fence of done) yield* fence.signalLocked();
        this.lock.releaseIrqrestore(flags);
        yield* this.putAll(done);
      }
    },
  },
  {
    what: 'the handler signals without the lock',
    rule: 'FENCE-029',
    driver: class Unlocked extends RingDriver {
      override *interrupt(): KernelTask<void> {
        const flags = yield* this.lock.acquireIrqsave();
        const done = this.armed.takeAll();
        this.lock.releaseIrqrestore(flags);
        for (const fence of done) if (yield* this.isDone(fence)) yield* fence.signalLocked();
        yield* this.putAll(done);
      }
    },
  },
  {
    what: 'the handler switches the interrupt off though others wait',
    rule: 'CONTRACT-001',
    driver: class SwitchesOff extends RingDriver {
      override *interrupt(): KernelTask<void> {
        yield* super.interrupt();
        yield* this.ring.interrupts.disable();
      }
    },
  },
  {
    what: 'the handler allocates with reclaim',
    rule: 'CONTRACT-010',
    driver: class Allocates extends RingDriver {
      override *interrupt(): KernelTask<void> {
        yield* this.kernel.reserve('GFP_KERNEL');
        yield* super.interrupt();
      }
    },
  },
  {
    what: 'the handler gives up when there is no memory',
    rule: 'CONTRACT-012',
    driver: class GivesUp extends RingDriver {
      override *interrupt(): KernelTask<void> {
        if (yield* this.kernel.reserve('GFP_ATOMIC')) yield* super.interrupt();
      }
    },
  },
  {
    what: 'the handler waits for a fence',
    rule: 'CONTRACT-015',
    shownAs: 2,
    driver: class Waits extends RingDriver {
      override *interrupt(): KernelTask<void> {
        for (const fence of this.armed.copy()) yield* fence.waitTimeout(false, 1);
        yield* super.interrupt();
      }
    },
  },
  {
    what: 'the handler stores an error behind the signal',
    rule: 'FENCE-058',
    driver: class ErrorLast extends RingDriver {
      protected override *putAll(done: readonly DmaFence[]): KernelTask<void> {
        for (const fence of done) yield* fence.setError(-EIO);
        yield* super.putAll(done);
      }
    },
  },
  {
    what: 'a worker signals, under a mutex that is held at waits',
    rule: 'CONTRACT-008',
    driver: class Throttled extends RingDriver {
      private readonly work: Deferred;
      private last: DmaFence | null = null;

      constructor(kernel: FenceKernel) {
        super(kernel);
        this.work = kernel.completion('complete', () => this.complete());
      }

      override *submit(job: HardwareJob): KernelTask<DmaFence | null> {
        const fence = yield* super.submit(job);
        if (fence === null) return null;
        yield* fence.get();
        yield* this.submitting.acquire();
        // No more than one job at a time.
        if (this.last !== null) yield* this.last.wait(false);
        if (this.last !== null) yield* this.last.put();
        this.last = fence;
        this.submitting.release();
        return fence;
      }

      override *close(): KernelTask<void> {
        if (this.last !== null) yield* this.last.put();
        this.last = null;
      }

      override *interrupt(): KernelTask<void> {
        this.work.queue();
      }

      private *complete(): KernelTask<void> {
        yield* this.submitting.acquire();
        yield* super.interrupt();
        this.submitting.release();
      }
    },
  },
  {
    what: 'no interrupt, but a look every second',
    rule: 'CONTRACT-001',
    driver: class Sluggish extends RingDriver {
      override *enableSignaling(fence: DmaFence): KernelTask<boolean> {
        yield* fence.get();
        const isFirst = this.armed.isEmpty();
        this.armed.push(fence);
        if (isFirst) this.look.arm(1000);
        return true;
      }

      private readonly look = this.kernel.timer('look', () => this.glance());

      private *glance(): KernelTask<void> {
        yield* super.interrupt();
        if (!this.armed.isEmpty()) this.look.arm(1000);
      }

      override *interrupt(): KernelTask<void> {}
    },
  },
];
