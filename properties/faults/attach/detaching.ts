import type { Device, DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import type { DynamicImporter } from '../../../impl/dma-buf/dma-buf-attachments.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** Another answer to whether an importer is a peer. */
function calling(
  isPeer: (importer: DynamicImporter | null) => boolean,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    DmaBufAttachments: class extends types.DmaBufAttachments {
      protected override make(
        buffer: DmaBuf,
        device: Device,
        importer: DynamicImporter | null,
      ): DmaBufAttachment {
        const attachment = super.make(buffer, device, importer);
        attachment.peer2peer.set(isPeer(importer));
        return attachment;
      }
    },
  });
}

/** Mistakes when an attachment fails, or ends, and about what it is. */
export const DETACHING_FAULTS: readonly Fault[] = [
  fault({
    id: 'attach-006-stays-pinned',
    mistake: 'when the map at attach fails, the storage stays pinned',
    breaks: ['ATTACH-006'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        private isDetaching = false;
        protected override *dropKept(attachment: DmaBufAttachment): KernelTask<void> {
          this.isDetaching = true;
          yield* super.dropKept(attachment);
          this.isDetaching = false;
        }
        protected override *unpinOnce(attachment: DmaBufAttachment): KernelTask<void> {
          if (attachment.manner === 'pinned' && !this.isDetaching) return;
          yield* super.unpinOnce(attachment);
        }
      },
    }),
  }),
  fault({
    id: 'attach-006-stays-attached',
    mistake: 'when the map at attach fails, the attachment stays on the list',
    breaks: ['ATTACH-006'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        private failed: DmaBufAttachment | null = null;
        protected override *mapAtAttach(attachment: DmaBufAttachment): KernelTask<number> {
          const error = yield* super.mapAtAttach(attachment);
          if (error !== 0) this.failed = attachment;
          return error;
        }
        override *detach(
          buffer: DmaBuf | null,
          attachment: DmaBufAttachment | null,
        ): KernelTask<void> {
          if (attachment === null || attachment !== this.failed) {
            yield* super.detach(buffer, attachment);
          }
        }
      },
    }),
  }),
  fault({
    id: 'attach-007-stays-pinned',
    mistake: 'detach unmaps what was kept, and leaves it pinned',
    breaks: ['ATTACH-007'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *dropKept(attachment: DmaBufAttachment): KernelTask<void> {
          const table = attachment.cached.get();
          if (table === null) return;
          const direction = attachment.cachedDirection.get();
          attachment.cached.set(null);
          yield* this.unmapOnce('drop', attachment, table, direction);
        }
      },
    }),
  }),
  fault({
    id: 'attach-007-unpins-first',
    mistake: 'detach unpins the storage, and then unmaps it',
    breaks: ['ATTACH-007'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *dropKept(attachment: DmaBufAttachment): KernelTask<void> {
          const table = attachment.cached.get();
          if (table === null) return;
          const direction = attachment.cachedDirection.get();
          yield* this.unpinOnce(attachment);
          attachment.cached.set(null);
          yield* this.unmapOnce('drop', attachment, table, direction);
        }
      },
    }),
  }),
  fault({
    id: 'attach-007-unlinks-first',
    mistake: 'detach takes the attachment off the list before it unmaps',
    breaks: ['ATTACH-007', 'ATTACH-010'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *dropKept(attachment: DmaBufAttachment): KernelTask<void> {
          attachment.buffer.attachments.remove(attachment);
          attachment.tell('detach');
          yield* super.dropKept(attachment);
        }
      },
    }),
  }),
  fault({
    id: 'attach-008-any-buffer',
    mistake: 'detach does not look whose attachment it is',
    breaks: ['ATTACH-008'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *detach(
          buffer: DmaBuf | null,
          attachment: DmaBufAttachment | null,
        ): KernelTask<void> {
          const owner = buffer === null ? null : (attachment?.buffer ?? buffer);
          yield* super.detach(owner, attachment);
        }
      },
    }),
  }),
  fault({
    id: 'attach-010-maps-before-it-is-listed',
    mistake: 'what the core maps at attach it maps before the attachment is on the list',
    breaks: ['ATTACH-010'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *ask(attachment: DmaBufAttachment): KernelTask<number> {
          const refused = yield* super.ask(attachment);
          return refused === 0 ? yield* super.mapAtAttach(attachment) : refused;
        }
        protected override *mapAtAttach(): KernelTask<number> {
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'attach-011-never',
    mistake: 'what the importer says about peer-to-peer is forgotten',
    breaks: ['ATTACH-011'],
    install: calling(() => false),
  }),
  fault({
    id: 'attach-011-always',
    mistake: 'every importer that follows moves is taken for a peer',
    breaks: ['ATTACH-011'],
    install: calling((importer) => importer !== null),
  }),
];
