import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about completing an array outside the locks of its children. */
export const COMPLETION_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-ARRAY-02',
    mistake: 'the callback of the last child signals the array under the lock of that child',
    breaks: ['ARRAY-011', 'ARRAY-029'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *childSignaled(child: DmaFence): KernelTask<void> {
          yield* this.setPendingError(yield* child.error.read());
          if (yield* this.countDown(child, 'countDown')) {
            this.world.emit(this, 'queueWork');
            yield* this.completeInInterrupt();
          } else {
            yield* this.base.put();
          }
        }
      },
    }),
  }),
  fault({
    id: 'array-012-left-to-the-next-poll',
    mistake: 'nobody queues the work: the array completes when somebody polls it',
    breaks: ['ARRAY-012'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *childSignaled(child: DmaFence): KernelTask<void> {
          yield* this.setPendingError(yield* child.error.read());
          yield* this.countDown(child, 'countDown');
          yield* this.base.put();
        }
      },
    }),
  }),
  fault({
    id: 'array-029-in-a-worker',
    mistake: 'the completion runs in a worker, in process context',
    breaks: ['ARRAY-029'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *childSignaled(child: DmaFence): KernelTask<void> {
          yield* this.setPendingError(yield* child.error.read());
          if (yield* this.countDown(child, 'countDown')) {
            this.world.emit(this, 'queueWork');
            const run = (): KernelTask<void> => this.completeInInterrupt();
            this.stack.delayedWork.queue({ label: this.label, run });
          } else {
            yield* this.base.put();
          }
        }
      },
    }),
  }),
];
