import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** What walking through containers in Linux 6.12 itself does wrong. */
export const UNWRAP_KERNEL_FAULTS: readonly Fault[] = [
  fault({
    id: 'KERN-UNWRAP-01',
    mistake: 'a childless array ends the walk, and the reference on its element is forgotten',
    breaks: ['UNWRAP-005'],
    install: (types) => ({
      UnwrapCursor: class extends types.UnwrapCursor {
        protected override *open(): KernelTask<DmaFence | null> {
          if (this.stack.unwrap.opened(this.element).length > 0) return yield* super.open();
          this.element = null;
          return null;
        }
      },
    }),
  }),
];
