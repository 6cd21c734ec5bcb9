import type { Device, DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import type { DynamicImporter } from '../../../impl/dma-buf/dma-buf-attachments.ts';
import {
  DMA_BIDIRECTIONAL,
  DMA_TO_DEVICE,
  type DmaDirection,
} from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOMEM } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Operations of an importer that says nothing. */
const SILENT: DynamicImporter = {
  ops: {
    *moveNotify(): KernelTask<void> {},
  },
  priv: null,
};

/** Mistakes when devices begin and end to use a buffer. */
export const ATTACHING_FAULTS: readonly Fault[] = [
  fault({
    id: 'attach-001-deaf-is-static',
    mistake: 'an importer without move_notify is taken for a static one',
    breaks: ['ATTACH-001'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *dynamicAttach(
          buffer: DmaBuf | null,
          device: Device | null,
          importer: DynamicImporter | null,
        ): KernelTask<DmaBufAttachment | number> {
          const isDeaf = importer?.ops.moveNotify === undefined;
          return yield* super.dynamicAttach(buffer, device, isDeaf ? null : importer);
        }
      },
    }),
  }),
  fault({
    id: 'attach-001-memory-last',
    mistake: 'the exporter is asked before there is memory',
    breaks: ['ATTACH-001'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *dynamicAttach(
          buffer: DmaBuf | null,
          device: Device | null,
          importer: DynamicImporter | null,
        ): KernelTask<DmaBufAttachment | number> {
          const made = yield* super.dynamicAttach(buffer, device, importer);
          if (buffer === null || device === null || made !== -ENOMEM) return made;
          const early = this.make(buffer, device, importer);
          yield* buffer.ops.attach?.(buffer, early) ?? nothing();
          this.stack.world.memory.free(early);
          return made;
        }
      },
    }),
  }),
  fault({
    id: 'attach-002-with-operations',
    mistake: 'the plain attach brings operations along',
    breaks: ['ATTACH-002'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *dynamicAttach(
          buffer: DmaBuf | null,
          device: Device | null,
          importer: DynamicImporter | null,
        ): KernelTask<DmaBufAttachment | number> {
          return yield* super.dynamicAttach(buffer, device, importer ?? SILENT);
        }
      },
    }),
  }),
  fault({
    id: 'attach-003-own-error',
    mistake: 'whatever the exporter says, attach fails with -EINVAL',
    breaks: ['ATTACH-003'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *dynamicAttach(
          buffer: DmaBuf | null,
          device: Device | null,
          importer: DynamicImporter | null,
        ): KernelTask<DmaBufAttachment | number> {
          const made = yield* super.dynamicAttach(buffer, device, importer);
          return typeof made === 'number' && made !== -ENOMEM ? -EINVAL : made;
        }
      },
    }),
  }),
  fault({
    id: 'attach-003-with-the-lock',
    mistake: 'the exporter is asked with the reservation lock held',
    breaks: ['ATTACH-003'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *ask(attachment: DmaBufAttachment): KernelTask<number> {
          const { resv } = attachment.buffer;
          yield* resv.acquire();
          const refused = yield* super.ask(attachment);
          yield* resv.release();
          return refused;
        }
      },
    }),
  }),
  fault({
    id: 'attach-003-listed-first',
    mistake: 'an attachment is on the list before the exporter is asked, and stays there',
    breaks: ['ATTACH-003'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *ask(attachment: DmaBufAttachment): KernelTask<number> {
          const { attachments, resv } = attachment.buffer;
          yield* resv.acquire();
          attachments.unshift(attachment);
          yield* resv.release();
          const refused = yield* super.ask(attachment);
          if (refused === 0) attachments.remove(attachment);
          return refused;
        }
      },
    }),
  }),
  fault({
    id: 'attach-004-at-the-tail',
    mistake: 'new attachments go to the end of the list',
    breaks: ['ATTACH-004', 'ATTACH-028'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override enlist(attachment: DmaBufAttachment): void {
          attachment.buffer.attachments.push(attachment);
          attachment.tell(`attach.${attachment.manner}`);
        }
      },
    }),
  }),
  fault({
    id: 'attach-004-without-the-lock',
    mistake: 'attachments enter the list before the lock is taken',
    breaks: ['ATTACH-004'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *ask(attachment: DmaBufAttachment): KernelTask<number> {
          const refused = yield* super.ask(attachment);
          if (refused === 0) super.enlist(attachment);
          return refused;
        }
        protected override enlist(): void {
          // It is there.
        }
      },
    }),
  }),
  fault({
    id: 'attach-005-maps-always',
    mistake: 'every attachment is mapped at once',
    breaks: ['ATTACH-005'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override needsMapping(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'attach-005-never',
    mistake: 'nothing is mapped at attach',
    breaks: ['ATTACH-005'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override needsMapping(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'attach-005-to-device',
    mistake: 'what is mapped at attach is for reading only',
    breaks: ['ATTACH-005'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override keep(
          attachment: DmaBufAttachment,
          table: SgTable,
          direction: DmaDirection,
        ): void {
          const isWhole = direction === DMA_BIDIRECTIONAL;
          super.keep(attachment, table, isWhole ? DMA_TO_DEVICE : direction);
        }
      },
    }),
  }),
];

function* nothing(): KernelTask<void> {}
