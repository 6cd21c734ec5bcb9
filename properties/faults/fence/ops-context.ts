import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ETIME } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about what ops may do, and about what the core makes of them. */
export const OPS_CONTEXT_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-022-array-locks',
    mistake: 'an array takes its lock when it is asked whether it is done',
    breaks: ['FENCE-022'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *signaled(): KernelTask<boolean> {
          const flags = yield* this.lock.acquireIrqsave();
          const isDone = yield* super.signaled();
          this.lock.releaseIrqrestore(flags);
          return isDone;
        }
      },
    }),
  }),
  fault({
    id: 'fence-022-array-sleeps',
    mistake: 'an array takes a mutex when it is asked whether it is done',
    breaks: ['FENCE-022'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *signaled(): KernelTask<boolean> {
          this.world.memory.mightSleep('mutex_lock');
          return yield* super.signaled();
        }
      },
    }),
  }),
  fault({
    id: 'fence-022-point-locks',
    mistake: 'a point takes the lock of its timeline to read the value',
    breaks: ['FENCE-022'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override *signaled(): KernelTask<boolean> {
          const flags = yield* this.timeline.lock.acquireIrqsave();
          const isDone = yield* super.signaled();
          this.timeline.lock.releaseIrqrestore(flags);
          return isDone;
        }
      },
    }),
  }),
  fault({
    id: 'fence-022-poll-holds-lock',
    mistake: 'the plain poll takes the lock around the op',
    breaks: ['FENCE-022'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *isSignaled(): KernelTask<boolean> {
          if (yield* this.flags.test(SIGNALED)) return true;
          const flags = yield* this.lock.acquireIrqsave();
          const isDone = yield* this.isSignaledLocked();
          this.lock.releaseIrqrestore(flags);
          return isDone;
        }
      },
    }),
  }),
  fault({
    id: 'fence-023-poll-keeps-to-itself',
    mistake: 'a poll returns what the op says and does not signal the fence',
    breaks: ['FENCE-023'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *isSignaled(): KernelTask<boolean> {
          if (yield* this.flags.test(SIGNALED)) return true;
          return this.ops.signaled !== undefined && (yield* this.ops.signaled(this));
        }
      },
    }),
  }),
  fault({
    id: 'fence-024-name-sleeps',
    mistake: 'the name of an array is read under a mutex',
    breaks: ['FENCE-024'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override getTimelineName(): string {
          this.world.memory.mightSleep('mutex_lock');
          return super.getTimelineName();
        }
      },
    }),
  }),
  fault({
    id: 'fence-024-name-of-signaled',
    mistake: 'a signaled array has another name, as in later kernels',
    breaks: ['FENCE-024'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override getTimelineName(): string {
          const base: DmaFence | undefined = this.base; // Asked for while it is made, too.
          const isSignaled = base?.flags.testOwned(SIGNALED) ?? false;
          return isSignaled ? 'signaled-timeline' : super.getTimelineName();
        }
      },
    }),
  }),
  fault({
    id: 'fence-025-waits-for-readers',
    mistake: 'freeing waits for the grace period instead of leaving it to RCU',
    breaks: ['FENCE-025'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override free(): void {
          this.world.memory.mightSleep('synchronize_rcu');
          super.free();
        }
      },
    }),
  }),
  fault({
    id: 'fence-025-array-takes-mutex',
    mistake: 'the release of an array takes a mutex',
    breaks: ['FENCE-025'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *release(): KernelTask<void> {
          this.world.memory.mightSleep('mutex_lock');
          yield* super.release();
        }
      },
    }),
  }),
  fault({
    id: 'fence-026-late-means-0',
    mistake: 'the core turns the -ETIME of a custom wait into 0',
    breaks: ['FENCE-026'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *waitTimeout(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          const left = yield* super.waitTimeout(interruptible, timeoutJiffies);
          return left === -ETIME ? 0 : left;
        }
      },
    }),
  }),
  fault({
    id: 'fence-026-not-armed',
    mistake: 'the core leaves arming to a custom wait',
    breaks: ['FENCE-026'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *waitTimeout(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          if (this.ops.wait === undefined || timeoutJiffies < 0) {
            return yield* super.waitTimeout(interruptible, timeoutJiffies);
          }
          this.trace('dma_fence_wait_start');
          const left = yield* this.ops.wait(this, interruptible, timeoutJiffies);
          this.trace('dma_fence_wait_end');
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'fence-026-default-first',
    mistake: 'the default wait runs before a custom one',
    breaks: ['FENCE-026'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *waitTimeout(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          if (this.ops.wait !== undefined && timeoutJiffies > 0) {
            yield* this.defaultWait(interruptible, timeoutJiffies);
          }
          return yield* super.waitTimeout(interruptible, timeoutJiffies);
        }
      },
    }),
  }),
];
