import type { DmaDirection } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { HeapAttachment } from '../../../impl/exporters/heap-buffer.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** What 6.12 does about DMA heaps. */
export const HEAP_KERNEL_FAULTS: readonly Fault[] = [
  fault({
    id: 'KERN-HEAP-01',
    mistake: 'an attachment is marked as mapped without the mutex under which brackets look',
    breaks: ['HEAP-016'],
    install: (types) => ({
      SystemHeapBuffer: class extends types.SystemHeapBuffer {
        protected override *mark(
          own: HeapAttachment,
          isMapped: boolean,
          direction: DmaDirection,
        ): KernelTask<void> {
          own.isMapped.set(isMapped);
          own.direction.set(direction);
        }

        protected override *syncAll(
          direction: DmaDirection,
          isForCpu: boolean,
        ): KernelTask<number> {
          const { dmaSync } = this.stack;
          yield* this.lock.acquire();
          for (const own of this.attachments.copy()) {
            if (!own.isMapped.get()) continue;
            yield* this.pages.references.read(); // time passes, and nobody is kept out
            if (isForCpu) dmaSync.forCpu(own.table, direction);
            else dmaSync.forDevice(own.table, direction);
          }
          this.lock.release();
          return 0;
        }
      },
    }),
  }),
];
