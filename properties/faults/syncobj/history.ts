import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes that the kernel once made about references. */
export const HISTORY_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-SYNCOBJ-08',
    mistake: 'a reader loads the fence, and takes its reference afterwards',
    breaks: ['SYNCOBJ-010'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        override *fenceGet(): KernelTask<DmaFence | null> {
          const fence = yield* this.fence.read();
          if (fence !== null) yield* fence.get();
          return fence;
        }
      },
    }),
  }),
];
