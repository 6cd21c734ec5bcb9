import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../../impl/dma-buf/fence-callback.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOENT } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about adding callbacks. */
export const ADD_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-041-silent',
    mistake: 'nobody complains about an add without fence or function',
    breaks: ['FENCE-041'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *addCallback(fence: DmaFence | null, callback: FenceCallback): KernelTask<number> {
          if (fence === null || callback.run === null) return -EINVAL;
          return yield* fence.addCallback(callback);
        }
      },
    }),
  }),
  fault({
    id: 'fence-041-unlinks-first',
    mistake: 'the node is initialised before the arguments are checked',
    breaks: ['FENCE-041'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *addCallback(fence: DmaFence | null, callback: FenceCallback): KernelTask<number> {
          callback.linkedOn.set(null);
          return yield* super.addCallback(fence, callback);
        }
      },
    }),
  }),
  fault({
    id: 'fence-041-wrong-error',
    mistake: 'an add without fence or function gives -ENOENT',
    breaks: ['FENCE-041'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *addCallback(fence: DmaFence | null, callback: FenceCallback): KernelTask<number> {
          const result = yield* super.addCallback(fence, callback);
          return result === -EINVAL ? -ENOENT : result;
        }
      },
    }),
  }),
  fault({
    id: 'fence-042-links-stay',
    mistake: 'a refused node keeps the links that its memory happened to hold',
    breaks: ['FENCE-042'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        protected override refuse(callback: FenceCallback): void {
          const linkedOn = callback.linkedOn.get();
          super.refuse(callback);
          callback.linkedOn.set(linkedOn);
        }
      },
    }),
  }),
  fault({
    id: 'fence-042-called-at-once',
    mistake: 'an add that comes too late calls the function on the spot',
    breaks: ['FENCE-042'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *addCallback(callback: FenceCallback): KernelTask<number> {
          const result = yield* super.addCallback(callback);
          if (result !== 0) yield* this.runCallback(callback);
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'fence-043-links-first',
    mistake: 'a node is linked before the fence is armed',
    breaks: ['FENCE-043', 'FENCE-044'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *addCallback(callback: FenceCallback): KernelTask<number> {
          callback.isPrepared.set(true);
          if (yield* this.flags.test(SIGNALED)) {
            this.refuse(callback);
            return -ENOENT;
          }
          const flags = yield* this.lock.acquireIrqsave();
          callback.linkedOn.set(this);
          this.callbacks.push(callback);
          const isArmed = yield* this.enableSignalingLocked();
          if (isArmed) {
            this.world.emit(callback, 'add');
            this.world.emit(this, 'addCallback', 0);
          } else {
            this.refuse(callback);
          }
          this.lock.releaseIrqrestore(flags);
          return isArmed ? 0 : -ENOENT;
        }
      },
    }),
  }),
  fault({
    id: 'fence-043-flag-not-set',
    mistake: 'the first add arms without leaving a mark',
    breaks: ['FENCE-043'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *enableSignalingLocked(): KernelTask<boolean> {
          if (yield* this.flags.test(SIGNALED)) return false;
          return this.ops.enableSignaling === undefined || (yield* this.ops.enableSignaling(this));
        }
      },
    }),
  }),
  fault({
    id: 'fence-043-at-the-head',
    mistake: 'a new node goes to the head of the list',
    breaks: ['FENCE-043'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *addCallback(callback: FenceCallback): KernelTask<number> {
          const result = yield* super.addCallback(callback);
          if (result === 0) {
            this.callbacks.remove(callback);
            this.callbacks.unshift(callback);
          }
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'fence-044-returns-0',
    mistake: 'an add during which the op refuses returns 0',
    breaks: ['FENCE-044'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *addCallback(callback: FenceCallback): KernelTask<number> {
          if (yield* this.flags.test(SIGNALED)) return yield* super.addCallback(callback);
          yield* super.addCallback(callback);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'fence-045-add-polls',
    mistake: 'an add asks the hardware first',
    breaks: ['FENCE-045'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *addCallback(callback: FenceCallback): KernelTask<number> {
          yield* this.isSignaled();
          return yield* super.addCallback(callback);
        }
      },
    }),
  }),
];
