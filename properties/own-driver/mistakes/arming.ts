import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EIO } from '../../../impl/kernel/errno.ts';
import { RingDriver } from '../reference/ring-driver.ts';
import type { Mistake } from './mistake.ts';

/** Mistakes of `enable_signaling`. */
export const ARMING: readonly Mistake[] = [
  {
    what: 'the handler has no reference of its own',
    rule: 'FENCE-021',
    driver: class Unreferenced extends RingDriver {
      override *enableSignaling(fence: DmaFence): KernelTask<boolean> {
        yield* this.ring.interrupts.enable();
        if (yield* this.isDone(fence)) return false;
        this.armed.push(fence);
        return true;
      }

      protected override *putAll(): KernelTask<void> {}
    },
  },
  {
    what: 'the number is looked at before the interrupt is on',
    rule: 'CONTRACT-001',
    driver: class LooksFirst extends RingDriver {
      override *enableSignaling(fence: DmaFence): KernelTask<boolean> {
        if (yield* this.isDone(fence)) return false;
        yield* fence.get();
        this.armed.push(fence);
        yield* this.ring.interrupts.enable();
        return true;
      }
    },
  },
  {
    what: 'the interrupt is never switched on',
    rule: 'CONTRACT-001',
    driver: class Masked extends RingDriver {
      override *enableSignaling(fence: DmaFence): KernelTask<boolean> {
        yield* fence.get();
        this.armed.push(fence);
        return true;
      }
    },
  },
  {
    what: 'it stores an error and arms all the same',
    rule: 'FENCE-020',
    driver: class StoresError extends RingDriver {
      override *enableSignaling(fence: DmaFence): KernelTask<boolean> {
        yield* fence.setError(-EIO);
        return yield* super.enableSignaling(fence);
      }
    },
  },
  {
    what: 'it signals a fence that is done, and says that it is armed',
    rule: 'FENCE-018',
    driver: class SignalsAndArms extends RingDriver {
      override *enableSignaling(fence: DmaFence): KernelTask<boolean> {
        const isArmed = yield* super.enableSignaling(fence);
        if (!isArmed) yield* fence.signalLocked();
        return true;
      }
    },
  },
  {
    what: 'it refuses to arm a fence whose job is under way',
    rule: 'FENCE-018',
    driver: class Refuses extends RingDriver {
      override *enableSignaling(): KernelTask<boolean> {
        return false;
      }
    },
  },
  {
    what: 'it gives the lock back for a moment',
    rule: 'FENCE-017',
    driver: class LetsGo extends RingDriver {
      override *enableSignaling(fence: DmaFence): KernelTask<boolean> {
        this.lock.release();
        yield* this.ring.interrupts.enable();
        yield* this.lock.acquire();
        return yield* super.enableSignaling(fence);
      }
    },
  },
  {
    what: 'it allocates with reclaim',
    rule: 'CONTRACT-010',
    driver: class Allocates extends RingDriver {
      override *enableSignaling(fence: DmaFence): KernelTask<boolean> {
        yield* this.kernel.reserve('GFP_KERNEL');
        return yield* super.enableSignaling(fence);
      }
    },
  },
];
