import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about watching the children, and counting them. */
export const ARMING_FAULTS: readonly Fault[] = [
  fault({
    id: 'array-007-watches-at-once',
    mistake: 'creation enables signalling on every child',
    breaks: ['ARRAY-007'],
    install: (types) => ({
      FenceArrays: class extends types.FenceArrays {
        override *create(
          ...args: Parameters<InstanceType<typeof types.FenceArrays>['create']>
        ): ReturnType<InstanceType<typeof types.FenceArrays>['create']> {
          const array = yield* super.create(...args);
          for (const fence of array?.fences ?? []) yield* fence.enableSwSignaling();
          return array;
        }
      },
    }),
  }),
  fault({
    id: 'array-008-no-own-references',
    mistake: 'watched children do not keep the array alive',
    breaks: ['ARRAY-008'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        protected override *watchChild(fence: DmaFence): KernelTask<boolean> {
          const node = new this.stack.types.FenceCallback(this.world, (child) =>
            this.childSignaled(child),
          );
          this.callbacks.push(node);
          if ((yield* fence.addCallback(node)) === 0) {
            this.world.emit(this, 'watch', null, 0, fence);
            return false;
          }
          yield* this.setPendingError(yield* fence.error.read());
          return yield* this.countDown(fence, 'countDown.inline');
        }

        override *childSignaled(child: DmaFence): KernelTask<void> {
          yield* this.setPendingError(yield* child.error.read());
          if (yield* this.countDown(child, 'countDown')) yield* this.work.queue();
        }

        override *completeInInterrupt(): KernelTask<void> {
          yield* this.clearPendingError();
          yield* this.base.signal();
        }
      },
    }),
  }),
  fault({
    id: 'array-009-backwards',
    mistake: 'the enabling walk starts at the last child',
    breaks: ['ARRAY-009'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *enableSignaling(): KernelTask<boolean> {
          this.world.emit(this, 'arm');
          for (const fence of this.fences.toReversed()) {
            if (yield* this.watchChild(fence)) {
              yield* this.clearPendingError();
              return false;
            }
          }
          this.world.emit(this, 'armed');
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'array-009-stops-for-others',
    mistake: 'the walk ends as soon as the counter is zero, whoever brought it there',
    breaks: ['ARRAY-009'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *enableSignaling(): KernelTask<boolean> {
          this.world.emit(this, 'arm');
          for (const fence of this.fences) {
            const isLast = yield* this.watchChild(fence);
            if (isLast || (yield* this.pending.read()) <= 0) {
              yield* this.clearPendingError();
              return !isLast;
            }
          }
          this.world.emit(this, 'armed');
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'array-010-counts-in-two-steps',
    mistake: 'the counter is read and written back, instead of decremented at once',
    breaks: ['ARRAY-010'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        protected override *countDown(
          child: DmaFence,
          event: 'countDown' | 'countDown.inline',
        ): KernelTask<boolean> {
          const left = (yield* this.pending.read()) - 1;
          yield* this.pending.write(left);
          this.world.emit(this, event, left === 0 ? 1 : 0, 0, child);
          return left === 0;
        }
      },
    }),
  }),
  fault({
    id: 'array-019-below-zero',
    mistake: 'every decrement that ends at zero or below completes the array',
    breaks: ['ARRAY-019'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        protected override *countDown(
          child: DmaFence,
          event: 'countDown' | 'countDown.inline',
        ): KernelTask<boolean> {
          yield* super.countDown(child, event);
          return (yield* this.pending.read()) <= 0;
        }
      },
    }),
  }),
  fault({
    id: 'array-028-polls-the-child',
    mistake: 'a child that polls signaled is counted at once instead of being watched',
    breaks: ['ARRAY-028'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        protected override *watchChild(fence: DmaFence): KernelTask<boolean> {
          yield* fence.isSignaled();
          return yield* super.watchChild(fence);
        }
      },
    }),
  }),
  fault({
    id: 'array-028-asks-for-the-status',
    mistake: 'the error of a child is asked for through its status, which takes its lock',
    breaks: ['ARRAY-028'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *childSignaled(child: DmaFence): KernelTask<void> {
          const status = yield* child.getStatus();
          yield* this.setPendingError(status < 0 ? status : 0);
          yield* super.childSignaled(child);
        }
      },
    }),
  }),
];
