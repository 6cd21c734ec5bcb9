import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { AnyWaited } from '../../../impl/dma-buf/fence-wait-any.ts';
import type { FenceWaiter } from '../../../impl/dma-buf/fence-waiter.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ERESTARTSYS } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';
import { stateOf } from './sleeping.ts';

/** Missing barriers: nothing is wrong where every store is seen at once. */
export const BARRIER_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-072-any-wait-without-barrier',
    mistake: 'an any-wait sets its state without a barrier before it looks at the flags',
    breaks: ['FENCE-072'],
    install: (types) => ({
      FenceWaitAny: class extends types.FenceWaitAny {
        override *sleep(
          fences: readonly DmaFence[],
          interruptible: boolean,
          timeoutJiffies: number,
        ): KernelTask<AnyWaited> {
          const { sleeper } = this.stack.world.current;
          let left = timeoutJiffies;
          while (left > 0) {
            yield* sleeper.setStateUnordered(stateOf(interruptible));
            const index = yield* this.findSignaled(fences);
            if (index >= 0) return { left, index };
            left = yield* sleeper.scheduleTimeout(left);
            if (left > 0 && interruptible && (yield* sleeper.isSignalPending())) {
              left = -ERESTARTSYS;
            }
          }
          return { left, index: -1 };
        }
      },
    }),
  }),
  fault({
    id: 'fence-072-state-behind-unlock',
    mistake: 'a wait sets its state behind the lock, without a barrier, and looks once more',
    breaks: ['FENCE-072'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *sleepLocked(
          waiter: FenceWaiter,
          interruptible: boolean,
          timeoutJiffies: number,
          flags: boolean,
        ): KernelTask<number> {
          const { sleeper } = this.world.current;
          let left = timeoutJiffies;
          while (!(yield* this.flags.test(SIGNALED)) && left > 0) {
            this.lock.release();
            yield* sleeper.setStateUnordered(stateOf(interruptible));
            waiter.sleep();
            const isSignaled = yield* this.flags.test(SIGNALED);
            this.world.current.cpu.irqsEnabled = flags;
            if (!isSignaled) left = yield* sleeper.scheduleTimeout(left);
            waiter.wake();
            yield* this.lock.acquireIrqsave();
            if (left > 0 && interruptible && (yield* sleeper.isSignalPending())) {
              left = -ERESTARTSYS;
            }
          }
          return left;
        }
      },
    }),
  }),
];
