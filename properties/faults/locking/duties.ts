import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import { DMA_BIDIRECTIONAL } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBufPollSlot } from '../../../impl/dma-buf/dma-buf-poll.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { HeapBuffer } from '../../../impl/exporters/heap-buffer.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';
import { calledAs } from './calls.ts';

/** Mistakes about what importers and exporters owe each other. */
export const DUTY_FAULTS: readonly Fault[] = [
  fault({
    id: 'locking-010-callback-sleeps',
    mistake: 'a signal that ends a poll looks at the buffer under its sleeping lock',
    breaks: ['LOCKING-010'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        override *signaled(
          buffer: DmaBuf,
          slot: DmaBufPollSlot,
          fence: DmaFence | null,
        ): KernelTask<void> {
          if (fence !== null) {
            yield* buffer.resv.acquire();
            yield* buffer.resv.release();
          }
          yield* super.signaled(buffer, slot, fence);
        }
      },
    }),
  }),
  fault({
    id: 'locking-011-stays-pinned',
    mistake: 'what the core has pinned for an importer stays pinned',
    breaks: ['LOCKING-011'],
    install: calledAs(() => ({ *unpin(): KernelTask<void> {} })),
  }),
  fault({
    id: 'locking-011-other-direction',
    mistake: 'every mapping is undone as one for both directions',
    breaks: ['LOCKING-011'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *unmapOnce(
          event: 'unmap' | 'drop',
          attachment: DmaBufAttachment,
          table: SgTable,
        ): KernelTask<void> {
          yield* super.unmapOnce(event, attachment, table, DMA_BIDIRECTIONAL);
        }
      },
    }),
  }),
  fault({
    id: 'locking-011-stays-mapped',
    mistake: 'a mapping that the core keeps is not undone at detach',
    breaks: ['LOCKING-011'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *detach(
          buffer: DmaBuf | null,
          attachment: DmaBufAttachment | null,
        ): KernelTask<void> {
          attachment?.cached.set(null);
          yield* super.detach(buffer, attachment);
        }
      },
    }),
  }),
  fault({
    id: 'locking-012-freed-at-detach',
    mistake: 'a heap gives its pages back when a device detaches',
    breaks: ['LOCKING-012'],
    install: (types) => ({
      SystemHeap: class extends types.SystemHeap {
        override *allocate(length: number): KernelTask<HeapBuffer | number> {
          const made = yield* super.allocate(length);
          if (typeof made === 'number') return made;
          const detach = made.detach.bind(made);
          made.detach = function* (buffer, attachment): KernelTask<void> {
            yield* detach(buffer, attachment);
            yield* made.pages.put();
          };
          return made;
        }
      },
    }),
  }),
  fault({
    id: 'locking-012-refuses-later',
    mistake: 'the core does not hear when an exporter refuses a device',
    breaks: ['LOCKING-012'],
    install: calledAs((ops) => {
      const attach = ops.attach?.bind(ops);
      return attach === undefined
        ? {}
        : {
            *attach(buffer, attachment): KernelTask<number> {
              yield* attach(buffer, attachment);
              return 0;
            },
          };
    }),
  }),
  fault({
    id: 'locking-012-not-told',
    mistake: 'nobody hears of moves',
    breaks: ['LOCKING-012'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *moveNotify(): KernelTask<void> {}
      },
    }),
  }),
];
