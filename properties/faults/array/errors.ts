import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { ENABLE_SIGNAL } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about the errors of children. */
export const ERROR_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-ARRAY-01',
    mistake: 'the callback of a child does not record the error of that child',
    breaks: ['ARRAY-016', 'ARRAY-017', 'ARRAY-018'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *childSignaled(child: DmaFence): KernelTask<void> {
          if (yield* this.countDown(child, 'countDown')) {
            yield* this.work.queue();
            this.world.emit(this, 'queueWork');
          } else {
            yield* this.base.put();
          }
        }
      },
    }),
  }),
  fault({
    id: 'array-015-poll-inherits',
    mistake: 'an unarmed poll records the errors of the children that it finds done',
    breaks: ['ARRAY-015'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *signaled(): KernelTask<boolean> {
          if (!(yield* this.base.flags.test(ENABLE_SIGNAL))) {
            for (const fence of this.fences) {
              if (yield* fence.isSignaled()) yield* this.setPendingError(yield* fence.error.read());
            }
          }
          return yield* super.signaled();
        }
      },
    }),
  }),
  fault({
    id: 'array-016-last-error-wins',
    mistake: 'an error replaces the one that was recorded before',
    breaks: ['ARRAY-016'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *setPendingError(error: number): KernelTask<void> {
          if (error === 0 || (yield* this.base.error.read()) === 0) return;
          yield* this.base.error.write(error);
        }
      },
    }),
  }),
  fault({
    id: 'array-017-counts-first',
    mistake: 'a child counts down before it records its error',
    breaks: ['ARRAY-017'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *childSignaled(child: DmaFence): KernelTask<void> {
          const isLast = yield* this.countDown(child, 'countDown');
          yield* this.setPendingError(yield* child.error.read());
          if (isLast) {
            yield* this.work.queue();
            this.world.emit(this, 'queueWork');
          } else {
            yield* this.base.put();
          }
        }
      },
    }),
  }),
  fault({
    id: 'array-018-cleared-by-the-child',
    mistake: 'the child that brings the counter down clears the marker, and not the work',
    breaks: ['ARRAY-018'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *childSignaled(child: DmaFence): KernelTask<void> {
          yield* this.setPendingError(yield* child.error.read());
          if (yield* this.countDown(child, 'countDown')) {
            yield* this.clearPendingError();
            yield* this.work.queue();
            this.world.emit(this, 'queueWork');
          } else {
            yield* this.base.put();
          }
        }
      },
    }),
  }),
  fault({
    id: 'array-018-marker-stays',
    mistake: 'completion leaves the marker, so that a late failure turns success into an error',
    breaks: ['ARRAY-018'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *completeInInterrupt(): KernelTask<void> {
          this.world.emit(this, 'work');
          yield* this.base.signal();
          yield* this.base.put();
        }
      },
    }),
  }),
];
