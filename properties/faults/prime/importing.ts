import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import { DMA_FROM_DEVICE, type DmaDirection } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { DrmDevice } from '../../../impl/drm/drm-device.ts';
import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import type { GemObject, Import } from '../../../impl/drm/gem-object.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL } from '../../../impl/kernel/errno.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about objects for descriptors. */
export const IMPORTING_FAULTS: readonly Fault[] = [
  fault({
    id: 'prime-005-looks-at-flags',
    mistake: 'import refuses flags that export does not know',
    breaks: ['PRIME-005'],
    install: (types) => ({
      DrmIoctls: class extends types.DrmIoctls {
        override *fdToHandle(file: DrmFile, argument: UserPointer): KernelTask<number> {
          if (numberField(argument, 'flags') !== 0) return -EINVAL;
          return yield* super.fdToHandle(file, argument);
        }
      },
    }),
  }),
  fault({
    id: 'prime-005-keeps-the-handle',
    mistake: 'an import that a file has no memory to remember keeps its handle',
    breaks: ['PRIME-005'],
    install: (types) => ({
      Prime: class extends types.Prime {
        override *fdToHandle(file: DrmFile, fd: number): KernelTask<number> {
          const buffer = yield* this.stack.buffers.get(fd);
          if (typeof buffer === 'number') return buffer;
          yield* file.prime.lock.acquire();
          const known = file.prime.handleOf(buffer);
          const handle = known === 0 ? yield* this.importNew(file, buffer) : known;
          const isNew = known === 0 && handle > 0;
          const error = isNew ? yield* file.prime.add(buffer, handle) : 0;
          file.prime.lock.release();
          yield* buffer.file.putAtReturn();
          return error === 0 ? handle : error;
        }
      },
    }),
  }),
  fault({
    id: 'prime-005-stays-attached',
    mistake: 'a driver that refuses a buffer stays attached to it',
    breaks: ['PRIME-005'],
    install: (types) => ({
      Prime: class extends types.Prime {
        protected override *undo(buffer: DmaBuf): KernelTask<void> {
          yield* buffer.file.putAtReturn();
        }
      },
    }),
  }),
  fault({
    id: 'BUG-GEM-02',
    mistake: 'an import that fails after it has mapped drops one reference too many',
    breaks: ['PRIME-005'],
    install: (types) => ({
      Prime: class extends types.Prime {
        protected override *undo(buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<void> {
          yield* super.undo(buffer, attachment);
          yield* buffer.file.putAtReturn();
        }
      },
    }),
  }),
  fault({
    id: 'prime-006-always-new',
    mistake: 'a file does not look whether it has imported a buffer before',
    breaks: ['PRIME-006'],
    install: (types) => ({
      PrimeCache: class extends types.PrimeCache {
        override handleOf(): number {
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'prime-007-attaches-to-itself',
    mistake: 'a device does not recognise what it has exported',
    breaks: ['PRIME-007'],
    install: (types) => ({
      Prime: class extends types.Prime {
        protected override *import(
          device: DrmDevice,
          buffer: DmaBuf,
        ): KernelTask<GemObject | number> {
          const attachment = yield* this.stack.bufferAttachments.attach(buffer, device);
          if (typeof attachment === 'number') return attachment;
          yield* buffer.file.get();
          const table = yield* this.mapWhole(attachment);
          if (typeof table === 'number') return table;
          return yield* device.createObject(buffer.bytes, { attachment, table });
        }
      },
    }),
  }),
  fault({
    id: 'prime-008-one-object',
    mistake: 'a device makes one object for all files that import a buffer',
    breaks: ['PRIME-008'],
    install: (types) => ({
      Prime: class extends types.Prime {
        protected override *import(
          device: DrmDevice,
          buffer: DmaBuf,
        ): KernelTask<GemObject | number> {
          const known = device.mappable.find((object) => object.buffer.get() === buffer);
          return known === null ? yield* super.import(device, buffer) : yield* known.get();
        }
      },
    }),
  }),
  fault({
    id: 'prime-008-own-reservation',
    mistake: 'an importing object gets a reservation of its own',
    breaks: ['PRIME-008', 'VGEM-004'],
    install: (types) => ({
      GemObject: class extends types.GemObject {
        protected override reservationFor(_imported: Import | null): DmaResv {
          return super.reservationFor(null);
        }
      },
    }),
  }),
  fault({
    id: 'prime-009-unpinned',
    mistake: 'the memory of an exporter is not pinned for who attaches',
    breaks: ['PRIME-009'],
    install: (types) => ({
      GemObject: class extends types.GemObject {
        protected override *changePins(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'prime-009-unpinned-without-memory',
    mistake: 'an exporter that cannot map unpins its memory, as the detach will',
    breaks: ['PRIME-009'],
    install: (types) => ({
      GemObject: class extends types.GemObject {
        override *map(
          attachment: DmaBufAttachment,
          direction: DmaDirection,
        ): KernelTask<SgTable | number | null> {
          const table = yield* super.map(attachment, direction);
          if (typeof table === 'number') this.pins.change((pins) => pins - 1);
          return table;
        }
      },
    }),
  }),
  fault({
    id: 'prime-009-one-way',
    mistake: 'an import maps for reading by the CPU only',
    breaks: ['PRIME-009'],
    install: (types) => ({
      Prime: class extends types.Prime {
        protected override *mapWhole(attachment: DmaBufAttachment): KernelTask<SgTable | number> {
          return yield* this.stack.bufferAttachments.mapUnlocked(attachment, DMA_FROM_DEVICE);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-GEM-01',
    mistake: 'the length of a table is computed in 32 bits',
    breaks: ['PRIME-009'],
    install: (types) => ({
      GemObject: class extends types.GemObject {
        protected override get tableBytes(): number {
          return super.tableBytes % 2 ** 32;
        }
      },
    }),
  }),
  fault({
    id: 'prime-009-shows-nothing',
    mistake: 'nobody asks whether a driver can say where its memory is',
    breaks: ['PRIME-009', 'PRIME-005'],
    install: (types) => ({
      GemObject: class extends types.GemObject {
        override *attach(): KernelTask<number> {
          yield* this.changePins(1);
          return 0;
        }
      },
    }),
  }),
];
