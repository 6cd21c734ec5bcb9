import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes of the core about pins and moves. */
export const MOVING_FAULTS: readonly Fault[] = [
  fault({
    id: 'attach-012-counts',
    mistake: 'the exporter hears of the first pin only',
    breaks: ['ATTACH-012'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        private pins = 0;
        override *pin(attachment: DmaBufAttachment): KernelTask<number> {
          this.pins += 1;
          return this.pins > 1 ? 0 : yield* super.pin(attachment);
        }
        override *unpin(attachment: DmaBufAttachment): KernelTask<void> {
          this.pins -= 1;
          if (this.pins === 0) yield* super.unpin(attachment);
        }
      },
    }),
  }),
  fault({
    id: 'attach-012-succeeds',
    mistake: 'a pin that the exporter refuses is reported as made',
    breaks: ['ATTACH-012'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *pin(attachment: DmaBufAttachment): KernelTask<number> {
          yield* super.pin(attachment);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'attach-012-trusts',
    mistake: 'nobody looks whether the reservation is locked for a pin',
    breaks: ['ATTACH-012'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *pin(attachment: DmaBufAttachment): KernelTask<number> {
          return yield* this.pinOnce(attachment);
        }
      },
    }),
  }),
  fault({
    id: 'attach-013-silent',
    mistake: 'nobody minds importers that pin and do not follow moves',
    breaks: ['ATTACH-013'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *pin(attachment: DmaBufAttachment): KernelTask<number> {
          if (attachment.isDynamic) return yield* super.pin(attachment);
          return yield* this.pinOnce(attachment);
        }
      },
    }),
  }),
  fault({
    id: 'attach-013-refuses',
    mistake: 'a pin by an importer that does not follow moves is refused',
    breaks: ['ATTACH-013'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *pin(attachment: DmaBufAttachment): KernelTask<number> {
          const isWrong = !attachment.isDynamic;
          if (this.stack.world.warnOn(isWrong, 'dma_buf_pin by a static importer')) return -EINVAL;
          return yield* super.pin(attachment);
        }
      },
    }),
  }),
  fault({
    id: 'attach-028-only-the-first',
    mistake: 'only one importer is told of a move',
    breaks: ['ATTACH-028'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *moveNotify(buffer: DmaBuf): KernelTask<void> {
          const first = buffer.attachments.find(({ isDynamic }) => isDynamic);
          if (first?.importerOps?.moveNotify === undefined) return;
          first.tell('notify');
          yield* first.importerOps.moveNotify(first);
        }
      },
    }),
  }),
  fault({
    id: 'attach-028-static-ones',
    mistake: 'the walk ends at an importer that does not follow moves',
    breaks: ['ATTACH-028'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *moveNotify(buffer: DmaBuf): KernelTask<void> {
          for (const attachment of buffer.attachments.copy()) {
            if (attachment.importerOps?.moveNotify === undefined) return;
            attachment.tell('notify');
            yield* attachment.importerOps.moveNotify(attachment);
          }
        }
      },
    }),
  }),
  fault({
    id: 'attach-029-trusts',
    mistake: 'nobody looks whether the reservation is locked when a move is told',
    breaks: ['ATTACH-029'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *moveNotify(buffer: DmaBuf): KernelTask<void> {
          for (const attachment of buffer.attachments.copy()) {
            if (attachment.importerOps?.moveNotify === undefined) continue;
            attachment.tell('notify');
            yield* attachment.importerOps.moveNotify(attachment);
          }
        }
      },
    }),
  }),
];
