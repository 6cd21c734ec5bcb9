import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../../impl/dma-buf/fence-callback.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { FenceWaiter } from '../../../impl/dma-buf/fence-waiter.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Takes the lock once, as somebody does who forgets who is calling. */
function* bounce(fence: DmaFence): KernelTask<void> {
  const flags = yield* fence.lock.acquireIrqsave();
  fence.lock.releaseIrqrestore(flags);
}

/** Mistakes about calling callbacks, and about what can be done inside them. */
export const CALLBACK_CONTEXT_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-032-by-worker',
    mistake: 'callbacks are left to a worker',
    breaks: ['FENCE-032'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *runCallback(node: FenceCallback): KernelTask<void> {
          yield* this.get();
          this.stack.delayedWork.queue({ label: 'callback', run: () => this.callLater(node) });
        }

        private *callLater(node: FenceCallback): KernelTask<void> {
          yield* super.runCallback(node);
          yield* this.put();
        }
      },
    }),
  }),
  fault({
    id: 'fence-032-twice',
    mistake: 'the last callback is called a second time',
    breaks: ['FENCE-032'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *runCallback(node: FenceCallback): KernelTask<void> {
          yield* super.runCallback(node);
          yield* super.runCallback(node);
        }
      },
    }),
  }),
  fault({
    id: 'fence-032-never',
    mistake: 'callbacks are unlinked and not called',
    breaks: ['FENCE-032'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *runCallback(node: FenceCallback): KernelTask<void> {
          node.linkedOn.set(null);
        }
      },
    }),
  }),
  fault({
    id: 'fence-033-unlinked-afterwards',
    mistake: 'a node is unlinked when its function has returned',
    breaks: ['FENCE-033'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *runCallback(node: FenceCallback): KernelTask<void> {
          node.calls += 1;
          if (node.run !== null) yield* node.run(this, node);
          node.linkedOn.set(null);
        }
      },
    }),
  }),
  fault({
    id: 'fence-033-looks-back',
    mistake: 'the core looks at a node after its function has returned',
    breaks: ['FENCE-033'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *runCallback(node: FenceCallback): KernelTask<void> {
          yield* super.runCallback(node);
          this.world.memory.reads(node, 'next');
        }
      },
    }),
  }),
  fault({
    id: 'fence-034-callbacks-reversed',
    mistake: 'callbacks run in the reverse order',
    breaks: ['FENCE-034'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestampLocked(timestampNs: number): KernelTask<number> {
          for (const node of this.callbacks.takeAll()) this.callbacks.unshift(node);
          return yield* super.signalTimestampLocked(timestampNs);
        }
      },
    }),
  }),
  fault({
    id: 'fence-034-sleepers-behind',
    mistake: 'a sleeper joins the list at its end',
    breaks: ['FENCE-034'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        protected override *sleepLocked(
          waiter: FenceWaiter,
          interruptible: boolean,
          timeoutJiffies: number,
          flags: boolean,
        ): KernelTask<number> {
          const node = this.callbacks.at(0);
          if (node !== null) {
            this.callbacks.remove(node);
            this.callbacks.push(node);
          }
          return yield* super.sleepLocked(waiter, interruptible, timeoutJiffies, flags);
        }
      },
    }),
  }),
  fault({
    id: 'fence-035-add-locks',
    mistake: 'an add takes the lock before it looks at the flag',
    breaks: ['FENCE-035'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *addCallback(callback: FenceCallback): KernelTask<number> {
          yield* bounce(this);
          return yield* super.addCallback(callback);
        }
      },
    }),
  }),
  fault({
    id: 'fence-035-poll-locks',
    mistake: 'a poll takes the lock before it looks at the flag',
    breaks: ['FENCE-035'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *isSignaled(): KernelTask<boolean> {
          yield* bounce(this);
          return yield* super.isSignaled();
        }
      },
    }),
  }),
  fault({
    id: 'fence-035-deadline-locks',
    mistake: 'a deadline hint takes the lock',
    breaks: ['FENCE-035'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *setDeadline(deadlineNs: bigint): KernelTask<void> {
          yield* bounce(this);
          yield* super.setDeadline(deadlineNs);
        }
      },
    }),
  }),
  fault({
    id: 'fence-035-signal-looks-first',
    mistake: 'a signal leaves at once when the flag is set, while callbacks still run',
    breaks: ['FENCE-035'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signal(): KernelTask<number> {
          if (yield* this.flags.test(SIGNALED)) return -EINVAL;
          return yield* super.signal();
        }
      },
    }),
  }),
  fault({
    id: 'fence-036-array-puts-first',
    mistake: 'the interrupt work of an array drops its reference before it signals',
    breaks: ['FENCE-036'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *completeInInterrupt(): KernelTask<void> {
          this.world.emit(this, 'work');
          yield* this.clearPendingError();
          yield* this.base.put();
          yield* this.base.signal();
        }
      },
    }),
  }),
  fault({
    id: 'fence-036-signal-gives-away',
    mistake: 'a signal uses up the reference of its caller, before the callbacks',
    breaks: ['FENCE-036'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signal(): KernelTask<number> {
          yield* this.put();
          return yield* super.signal();
        }
      },
    }),
  }),
  fault({
    id: 'fence-036-timeline-borrows',
    mistake: 'a timeline signals its points without a reference on them',
    breaks: ['FENCE-036'],
    install: (types) => ({
      SyncTimeline: class extends types.SyncTimeline {
        override *advance(increment: number): KernelTask<void> {
          yield* this.lock.acquireIrq();
          yield* this.value.write((this.value.readStable() + increment) >>> 0);
          this.world.emit(this, 'advance', null, increment);
          for (const point of this.list.copy()) {
            if (!(yield* point.signaled())) break;
            this.unlist(point);
            this.world.emit(this, 'signalPoint', null, 0, point.base);
            yield* point.base.signalLocked();
          }
          this.lock.releaseIrq();
        }
      },
    }),
  }),
];
