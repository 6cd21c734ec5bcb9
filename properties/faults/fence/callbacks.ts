import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { ENABLE_SIGNAL } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about callbacks. */
export const CALLBACK_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-046-no-second-look',
    mistake: 'arming does not look again at SIGNALED once it has the lock',
    breaks: ['FENCE-046'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *enableSignalingLocked(this: DmaFence): KernelTask<boolean> {
          yield* this.flags.testAndSet(ENABLE_SIGNAL);
          this.world.emit(this, 'enable');
          return true;
        }
      },
    }),
  }),
];
