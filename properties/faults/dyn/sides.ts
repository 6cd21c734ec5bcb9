import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import type { DynamicImporter } from '../../../impl/dma-buf/dma-buf-attachments.ts';
import {
  areComplete,
  DMA_BIDIRECTIONAL,
  DMA_TO_DEVICE,
  type DmaBufOps,
  type DmaDirection,
} from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about two sides of which each follows moves or does not. */
export const SIDE_FAULTS: readonly Fault[] = [
  fault({
    id: 'dyn-001-deaf-is-welcome',
    mistake: 'an importer with callbacks need not hear of moves',
    breaks: ['DYN-001'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *dynamicAttach(
          buffer: DmaBuf | null,
          device: { readonly name: string } | null,
          importer: DynamicImporter | null,
        ): KernelTask<DmaBufAttachment | number> {
          const isDeaf = importer !== null && importer.ops.moveNotify === undefined;
          return yield* super.dynamicAttach(buffer, device, isDeaf ? null : importer);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-001-half-a-pin',
    mistake: 'an exporter may pin without being able to unpin',
    breaks: ['DYN-001'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        protected override areAccepted(ops: Partial<DmaBufOps>): boolean {
          return areComplete(ops) && (ops.cacheSgtMapping !== true || ops.pin === undefined);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-001-keeps-what-moves',
    mistake: 'an exporter whose storage moves may have its mappings kept by the core',
    breaks: ['DYN-001'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        protected override areAccepted(ops: Partial<DmaBufOps>): boolean {
          return areComplete(ops) && (ops.pin === undefined) === (ops.unpin === undefined);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-002-pins-for-nobody',
    mistake: 'attaching does not pin for an importer that does not follow moves',
    breaks: ['DYN-002'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *pinOnce(attachment: DmaBufAttachment): KernelTask<number> {
          return attachment.isDynamic ? yield* super.pinOnce(attachment) : 0;
        }
        protected override *unpinOnce(attachment: DmaBufAttachment): KernelTask<void> {
          if (attachment.isDynamic) yield* super.unpinOnce(attachment);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-002-one-direction',
    mistake: 'what attaching maps is good for reading by the device only',
    breaks: ['DYN-002'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override keep(
          attachment: DmaBufAttachment,
          table: SgTable,
          direction: DmaDirection,
        ): void {
          super.keep(attachment, table, direction);
          if (this.needsMapping(attachment)) attachment.cachedDirection.set(DMA_TO_DEVICE);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-002-unmaps',
    mistake: 'the first unmap ends what attaching has mapped',
    breaks: ['DYN-002'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *unmap(
          attachment: DmaBufAttachment | null,
          table: SgTable | null,
          direction: DmaDirection,
        ): KernelTask<void> {
          if (attachment !== null && this.needsMapping(attachment)) {
            yield* this.dropKept(attachment);
          } else {
            yield* super.unmap(attachment, table, direction);
          }
        }
      },
    }),
  }),
  fault({
    id: 'dyn-003-detaches-with-the-lock',
    mistake: 'the exporter hears of a detach with the reservation locked',
    breaks: ['DYN-003'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *detach(buffer: DmaBuf | null, attachment: DmaBufAttachment | null) {
          if (buffer === null || attachment === null) {
            yield* super.detach(buffer, attachment);
            return;
          }
          yield* buffer.resv.acquire();
          yield* this.dropKept(attachment);
          buffer.attachments.remove(attachment);
          attachment.tell('detach');
          if (buffer.ops.detach !== undefined) yield* buffer.ops.detach(buffer, attachment);
          yield* buffer.resv.release();
          attachment.tell('free');
          buffer.world.memory.free(attachment);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-003-locks-again',
    mistake: 'an importer locks the buffer within a notification',
    breaks: ['DYN-003'],
    install: (types) => ({
      FollowingImporter: class extends types.FollowingImporter {
        protected override *moveNotify(attachment: DmaBufAttachment): KernelTask<void> {
          yield* this.resv.acquire();
          yield* super.moveNotify(attachment);
          yield* this.resv.release();
        }
      },
    }),
  }),
  fault({
    id: 'dyn-003-pins-without-lock',
    mistake: 'attaching maps and pins before it locks the reservation',
    breaks: ['DYN-003'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *mapAtAttach(attachment: DmaBufAttachment): KernelTask<number> {
          if (!this.needsMapping(attachment)) return 0;
          const refused = yield* this.pinOnce(attachment);
          if (refused !== 0) return refused;
          const table = yield* this.mapOnce(attachment, DMA_BIDIRECTIONAL);
          if (typeof table === 'number') return table;
          this.keep(attachment, table, DMA_BIDIRECTIONAL);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'dyn-004-never-pins',
    mistake: 'maps do not pin, also where importers hear of no moves',
    breaks: ['DYN-004'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override pinsEachMap(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'dyn-004-always-pins',
    mistake: 'maps pin, also where importers hear of moves',
    breaks: ['DYN-004'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override pinsEachMap({ ops }: DmaBuf): boolean {
          return ops.pin !== undefined;
        }
      },
    }),
  }),
  fault({
    id: 'dyn-004-stays-pinned',
    mistake: 'unmaps do not take back the pin of their map',
    breaks: ['DYN-004'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *unmap(
          attachment: DmaBufAttachment | null,
          table: SgTable | null,
          direction: DmaDirection,
        ): KernelTask<void> {
          if (attachment !== null && table !== null && attachment.cached.isNull()) {
            yield* this.unmapOnce('unmap', attachment, table, direction);
          } else {
            yield* super.unmap(attachment, table, direction);
          }
        }
      },
    }),
  }),
  fault({
    id: 'dyn-005-serves-anybody',
    mistake: 'a mapping that is kept is given out for every direction',
    breaks: ['DYN-005'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override isServed(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'dyn-005-only-the-same',
    mistake: 'a mapping for both directions serves none of them',
    breaks: ['DYN-005'],
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
    id: 'dyn-005-keeps-for-both',
    mistake: 'a mapping that is kept counts as made for both directions',
    breaks: ['DYN-005'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override keep(
          attachment: DmaBufAttachment,
          table: SgTable,
          direction: DmaDirection,
        ): void {
          super.keep(attachment, table, direction);
          attachment.cachedDirection.set(DMA_BIDIRECTIONAL);
        }
      },
    }),
  }),
];
