import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { DMA_RESV_USAGE_READ, DMA_RESV_USAGE_WRITE } from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBUSY } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** What vgem in Linux 6.12 itself does wrong. */
export const VGEM_KERNEL_FAULTS: readonly Fault[] = [
  fault({
    id: 'KERN-VGEM-01',
    mistake: 'attach looks for conflicts before it has the lock',
    breaks: ['VGEM-003'],
    install: (types) => ({
      VgemFences: class extends types.VgemFences {
        protected override *addUnlessBusy(
          resv: DmaResv,
          fence: DmaFence,
          isWrite: boolean,
        ): KernelTask<number> {
          if (!(yield* resv.testSignaled(this.conflicts(isWrite)))) return -EBUSY;
          yield* resv.acquire();
          const result = yield* resv.reserveFences(1);
          const usage = isWrite ? DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_READ;
          if (result === 0) yield* resv.addFence(fence, usage);
          yield* resv.release();
          return result;
        }
      },
    }),
  }),
];
