import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { FenceWaiter } from '../../../impl/dma-buf/fence-waiter.ts';
import type { AnyWaited } from '../../../impl/dma-buf/fence-wait-any.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ERESTARTSYS } from '../../../impl/kernel/errno.ts';
import { TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE } from '../../../impl/kernel/task-state.ts';
import { type Fault, fault } from '../fault.ts';

type SleepState = typeof TASK_INTERRUPTIBLE | typeof TASK_UNINTERRUPTIBLE;

/** The state in which a wait sleeps. */
export function stateOf(interruptible: boolean): SleepState {
  return interruptible ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE;
}

/** One round of the default wait's loop: sleeps without the lock, and gives what is left. */
function* sleepOnce(
  fence: DmaFence,
  waiter: FenceWaiter,
  interruptible: boolean,
  left: number,
): KernelTask<number> {
  const { sleeper } = fence.world.current;
  yield* sleeper.setState(stateOf(interruptible));
  waiter.sleep();
  fence.lock.releaseIrqrestore(true);
  const rest = yield* sleeper.scheduleTimeout(left);
  waiter.wake();
  yield* fence.lock.acquireIrqsave();
  return rest;
}

/** Mistakes about sleeping in a wait. */
export const SLEEPING_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-068-stray-wake-up-ends',
    mistake: 'any wake-up ends the wait, as if the fence had signaled',
    breaks: ['FENCE-068'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *sleepLocked(
          waiter: FenceWaiter,
          interruptible: boolean,
          timeout: number,
        ): KernelTask<number> {
          if (yield* this.flags.test(SIGNALED)) return timeout;
          return yield* sleepOnce(this, waiter, interruptible, timeout);
        }
      },
    }),
  }),
  fault({
    id: 'fence-068-whole-timeout',
    mistake: 'a wait that succeeds gives its whole timeout back, however long it slept',
    breaks: ['FENCE-068'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *defaultWait(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          const left = yield* super.defaultWait(interruptible, timeoutJiffies);
          return left > 0 ? timeoutJiffies : left;
        }
      },
    }),
  }),
  fault({
    id: 'fence-068-starts-anew',
    mistake: 'after a stray wake-up the wait starts with its whole timeout again',
    breaks: ['FENCE-068'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *sleepLocked(
          waiter: FenceWaiter,
          interruptible: boolean,
          timeout: number,
        ): KernelTask<number> {
          let left = timeout;
          while (!(yield* this.flags.test(SIGNALED)) && left > 0) {
            left = yield* sleepOnce(this, waiter, interruptible, timeout);
          }
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'fence-069-looks-again',
    mistake: 'a wait whose time is over looks at the fence once more and reports success',
    breaks: ['FENCE-069'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *sleepLocked(
          waiter: FenceWaiter,
          interruptible: boolean,
          timeout: number,
          flags: boolean,
        ): KernelTask<number> {
          const left = yield* super.sleepLocked(waiter, interruptible, timeout, flags);
          return left === 0 && (yield* this.flags.test(SIGNALED)) ? 1 : left;
        }
      },
    }),
  }),
  fault({
    id: 'fence-069-zero-for-stray-wake-up',
    mistake: 'a wake-up without a signal counts as a time-out',
    breaks: ['FENCE-069'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *sleepLocked(
          waiter: FenceWaiter,
          interruptible: boolean,
          timeout: number,
        ): KernelTask<number> {
          if (yield* this.flags.test(SIGNALED)) return timeout;
          const left = yield* sleepOnce(this, waiter, interruptible, timeout);
          return (yield* this.flags.test(SIGNALED)) ? left : 0;
        }
      },
    }),
  }),
  fault({
    id: 'fence-070-fence-beats-interruption',
    mistake: 'on a wake-up the wait looks at the fence before it looks for an interruption',
    breaks: ['FENCE-070'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *sleepLocked(
          waiter: FenceWaiter,
          interruptible: boolean,
          timeout: number,
        ): KernelTask<number> {
          let left = timeout;
          while (!(yield* this.flags.test(SIGNALED)) && left > 0) {
            left = yield* sleepOnce(this, waiter, interruptible, left);
            if (left === 0 || (yield* this.flags.test(SIGNALED))) break;
            if (interruptible && (yield* this.world.current.sleeper.isSignalPending()))
              left = -ERESTARTSYS;
          }
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'fence-070-interruption-beats-time',
    mistake: 'on a wake-up the wait looks for an interruption even when its time is over',
    breaks: ['FENCE-070'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *sleepLocked(
          waiter: FenceWaiter,
          interruptible: boolean,
          timeout: number,
        ): KernelTask<number> {
          let left = timeout;
          while (!(yield* this.flags.test(SIGNALED)) && left > 0) {
            left = yield* sleepOnce(this, waiter, interruptible, left);
            if (interruptible && (yield* this.world.current.sleeper.isSignalPending()))
              left = -ERESTARTSYS;
          }
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'fence-071-stays-linked',
    mistake: 'a wait that did not succeed leaves its node on the list',
    breaks: ['FENCE-071'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *sleepLocked(
          waiter: FenceWaiter,
          interruptible: boolean,
          timeout: number,
          flags: boolean,
        ): KernelTask<number> {
          const left = yield* super.sleepLocked(waiter, interruptible, timeout, flags);
          const node = this.callbacks.at(0);
          if (left <= 0 && node !== null) node.linkedOn.set(null);
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-FENCE-05',
    mistake: 'a wait looks at SIGNALED before it takes the lock, and not again before it sleeps',
    breaks: ['FENCE-072'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *defaultWait(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          const { world } = this;
          const { sleeper } = world.current;
          const waiter = new this.stack.types.FenceWaiter(world, timeoutJiffies);
          if (yield* this.flags.test(SIGNALED)) return this.waited(waiter, timeoutJiffies || 1);
          if (timeoutJiffies === 0) return this.waited(waiter, 0);
          const flags = yield* this.lock.acquireIrqsave();
          const node = new this.stack.types.FenceCallback(world, () => sleeper.wakeUp());
          node.isPrepared.set(true);
          node.linkedOn.set(this);
          this.callbacks.unshift(node);
          world.emit(node, 'add');
          world.emit(this, 'wait.link');
          waiter.link();
          let left = timeoutJiffies;
          do {
            left = yield* sleepOnce(this, waiter, interruptible, left);
          } while (left > 0 && !(yield* this.flags.test(SIGNALED)));
          if (!node.linkedOn.isNull()) {
            this.unlink(node);
            world.emit(node, 'remove');
            world.emit(this, 'wait.unlink');
            waiter.unlink();
          }
          this.waited(waiter, left);
          this.lock.releaseIrqrestore(flags);
          world.memory.free(node);
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'fence-072-any-wait-sets-state-late',
    mistake: 'an any-wait looks at the flags first and then sets its state',
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
            const index = yield* this.findSignaled(fences);
            if (index >= 0) return { left, index };
            yield* sleeper.setState(stateOf(interruptible));
            left = yield* sleeper.scheduleTimeout(left);
          }
          return { left, index: -1 };
        }
      },
    }),
  }),
];
