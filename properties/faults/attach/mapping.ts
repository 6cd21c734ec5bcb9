import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import { DMA_BIDIRECTIONAL, type DmaDirection } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import { DMA_RESV_USAGE_KERNEL } from '../../../impl/dma-buf/resv-usage.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import { EBUSY, EINVAL, ENOMEM } from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** Another table, or another error, than the exporter has given. */
function answering(
  answer: (table: SgTable | number) => SgTable | number,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    DmaBufAttachments: class extends types.DmaBufAttachments {
      protected override *askForTable(
        attachment: DmaBufAttachment,
        direction: DmaDirection,
      ): KernelTask<SgTable | number> {
        return answer(yield* super.askForTable(attachment, direction));
      }
    },
  });
}

/** Mistakes of mapping and unmapping, in the core. */
export const MAPPING_FAULTS: readonly Fault[] = [
  fault({
    id: 'attach-015-both-ways',
    mistake: 'the exporter is asked to map for both directions, whatever is wanted',
    breaks: ['ATTACH-015'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *mapOnce(attachment: DmaBufAttachment): KernelTask<SgTable | number> {
          return yield* super.mapOnce(attachment, DMA_BIDIRECTIONAL);
        }
      },
    }),
  }),
  fault({
    id: 'attach-015-other-error',
    mistake: 'a map that the exporter refuses fails with -EINVAL',
    breaks: ['ATTACH-015'],
    install: answering((table) => (table === -EBUSY ? -EINVAL : table)),
  }),
  fault({
    id: 'attach-015-null-is-busy',
    mistake: 'a missing table is taken for a device that cannot reach the storage',
    breaks: ['ATTACH-015'],
    install: answering((table) => (table === -ENOMEM ? -EBUSY : table)),
  }),
  fault({
    id: 'attach-016-serves-all',
    mistake: 'what is kept answers every direction',
    breaks: ['ATTACH-016'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override isServed(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'attach-016-only-equal',
    mistake: 'what is kept for both directions answers only those who want both',
    breaks: ['ATTACH-016'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override isServed(
          attachment: DmaBufAttachment,
          direction: DmaDirection,
        ): boolean {
          return attachment.cachedDirection.ask((kept) => kept === direction);
        }
      },
    }),
  }),
  fault({
    id: 'attach-016-asks-again',
    mistake: 'the exporter is asked although a mapping is kept',
    breaks: ['ATTACH-016'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *map(
          attachment: DmaBufAttachment | null,
          direction: DmaDirection,
        ): KernelTask<SgTable | number> {
          const isKept = attachment !== null && !attachment.cached.isNull();
          if (isKept && this.isServed(attachment, direction)) {
            const again = yield* this.mapOnce(attachment, direction);
            if (typeof again !== 'number') this.stack.world.memory.free(again);
          }
          return yield* super.map(attachment, direction);
        }
      },
    }),
  }),
  fault({
    id: 'attach-017-keeps-nothing',
    mistake: 'the first mapping is not kept',
    breaks: ['ATTACH-017'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override keep(
          attachment: DmaBufAttachment,
          table: SgTable,
          direction: DmaDirection,
        ): void {
          attachment.tell('map', direction, table);
        }
      },
    }),
  }),
  fault({
    id: 'attach-017-keeps-always',
    mistake: 'the first mapping is kept, whether or not the exporter says so',
    breaks: ['ATTACH-017'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *map(
          attachment: DmaBufAttachment | null,
          direction: DmaDirection,
        ): KernelTask<SgTable | number> {
          const table = yield* super.map(attachment, direction);
          if (typeof table === 'number' || attachment === null) return table;
          if (attachment.cached.isNull()) this.keep(attachment, table, direction);
          return table;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-BUF-05',
    mistake: 'a static importer gets its table while the content is still on its way',
    breaks: ['ATTACH-019'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *waitForMoves(): KernelTask<number> {
          return 1;
        }
      },
    }),
  }),
  fault({
    id: 'attach-019-dynamic-waits',
    mistake: 'maps wait for moves, whoever asks',
    breaks: ['ATTACH-019'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *map(
          attachment: DmaBufAttachment | null,
          direction: DmaDirection,
        ): KernelTask<SgTable | number> {
          const table = yield* super.map(attachment, direction);
          if (attachment !== null) yield* this.waitForMoves(attachment.buffer);
          return table;
        }
      },
    }),
  }),
  fault({
    id: 'attach-019-stays-mapped',
    mistake: 'a map that is interrupted leaves the exporter with a mapping',
    breaks: ['ATTACH-019'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *askForTable(
          attachment: DmaBufAttachment,
          direction: DmaDirection,
        ): KernelTask<SgTable | number> {
          const { buffer } = attachment;
          const table = yield* buffer.ops.map(attachment, direction);
          if (table === null || typeof table === 'number') return table ?? -ENOMEM;
          if (!attachment.isDynamic) {
            const left = yield* buffer.resv.waitTimeout(
              DMA_RESV_USAGE_KERNEL,
              true,
              MAX_SCHEDULE_TIMEOUT,
            );
            if (left < 0) return left;
          }
          table.arePagesHidden.set(true);
          return table;
        }
      },
    }),
  }),
  fault({
    id: 'attach-021-stays-pinned',
    mistake: 'the pin of a map outlives the mapping',
    breaks: ['ATTACH-021'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *unpinOnce(attachment: DmaBufAttachment): KernelTask<void> {
          if (!attachment.isDynamic) yield* super.unpinOnce(attachment);
        }
      },
    }),
  }),
  fault({
    id: 'attach-021-pins-for-nobody',
    mistake: 'maps pin although importers hear of moves',
    breaks: ['ATTACH-021'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override pinsEachMap(buffer: DmaBuf): boolean {
          return buffer.ops.pin !== undefined;
        }
      },
    }),
  }),
  fault({
    id: 'attach-021-unpins-first',
    mistake: 'an unmap unpins, and then unmaps',
    breaks: ['ATTACH-021'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        private isUnpinned = false;
        protected override *unmapOnce(
          event: 'unmap' | 'drop',
          attachment: DmaBufAttachment,
          table: SgTable,
          direction: DmaDirection,
        ): KernelTask<void> {
          this.isUnpinned = event === 'unmap' && this.pinsEachMap(attachment.buffer);
          if (this.isUnpinned) yield* super.unpinOnce(attachment);
          yield* super.unmapOnce(event, attachment, table, direction);
        }
        protected override *unpinOnce(attachment: DmaBufAttachment): KernelTask<void> {
          if (!this.isUnpinned) yield* super.unpinOnce(attachment);
          this.isUnpinned = false;
        }
      },
    }),
  }),
  fault({
    id: 'attach-023-in-sight',
    mistake: 'importers see the page pointers',
    breaks: ['ATTACH-023'],
    install: answering((table) => {
      if (typeof table !== 'number') table.arePagesHidden.set(false);
      return table;
    }),
  }),
  fault({
    id: 'attach-023-stay-hidden',
    mistake: 'the exporter gets its table back without page pointers',
    breaks: ['ATTACH-023'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *unmapOnce(
          event: 'unmap' | 'drop',
          attachment: DmaBufAttachment,
          table: SgTable,
          direction: DmaDirection,
        ): KernelTask<void> {
          attachment.tell(event, direction, table);
          yield* attachment.buffer.ops.unmap(attachment, table, direction);
        }
      },
    }),
  }),
  fault({
    id: 'attach-025-unmaps-what-is-kept',
    mistake: 'an unmap gives back what the core keeps',
    breaks: ['ATTACH-025'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *unmap(
          attachment: DmaBufAttachment | null,
          table: SgTable | null,
          direction: DmaDirection,
        ): KernelTask<void> {
          yield* super.unmap(attachment, table, direction);
          if (attachment !== null && table !== null) yield* this.dropKept(attachment);
        }
      },
    }),
  }),
  fault({
    id: 'attach-025-twice',
    mistake: 'the exporter is asked twice to unmap',
    breaks: ['ATTACH-025'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *unmapOnce(
          event: 'unmap' | 'drop',
          attachment: DmaBufAttachment,
          table: SgTable,
          direction: DmaDirection,
        ): KernelTask<void> {
          if (event === 'unmap') attachment.tell(event, direction, table);
          yield* super.unmapOnce(event, attachment, table, direction);
        }
      },
    }),
  }),
  fault({
    id: 'attach-026-trusts',
    mistake: 'nobody looks whether the reservation is locked',
    breaks: ['ATTACH-026'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *map(
          attachment: DmaBufAttachment | null,
          direction: DmaDirection,
        ): KernelTask<SgTable | number> {
          if (attachment === null) return -EINVAL;
          const table = yield* this.mapOnce(attachment, direction);
          if (typeof table !== 'number') attachment.tell('map', direction, table);
          return table;
        }
      },
    }),
  }),
  fault({
    id: 'attach-026-unlocked',
    mistake: 'the unlocked forms do not lock',
    breaks: ['ATTACH-026'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *mapUnlocked(
          attachment: DmaBufAttachment,
          direction: DmaDirection,
        ): KernelTask<SgTable | number> {
          return yield* this.map(attachment, direction);
        }
      },
    }),
  }),
  fault({
    id: 'attach-026-interruptible',
    mistake: 'a signal ends the wait for the reservation lock',
    breaks: ['ATTACH-026'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *mapUnlocked(
          attachment: DmaBufAttachment,
          direction: DmaDirection,
        ): KernelTask<SgTable | number> {
          const { resv } = attachment.buffer;
          const error = yield* resv.acquireInterruptible();
          if (error !== 0) return error;
          const table = yield* this.map(attachment, direction);
          yield* resv.release();
          return table;
        }
      },
    }),
  }),
];
