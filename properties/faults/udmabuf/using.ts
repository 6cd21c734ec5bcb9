import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import type { DmaDirection, KernelMapping } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf, DmaBufExport } from '../../../impl/dma-buf/dma-buf.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { UdmabufItem } from '../../../impl/exporters/udmabuf-device.ts';
import type { PinnedRange } from '../../../impl/exporters/udmabuf.ts';
import { PageMapping, type PageOf, VmapArea } from '../../../impl/exporters/page-mapping.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBUSY, ENOMEM } from '../../../impl/kernel/errno.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { MapBacking, MapRequest } from '../../../impl/uapi/mapping.ts';
import type { Memfd } from '../../../impl/uapi/memfd.ts';
import { Pages } from '../../../impl/uapi/pages.ts';
import { type Fault, fault } from '../fault.ts';
import { fromTheFirstPage } from '../page-views.ts';

/** Mistakes about what buffers of memory files show. */
export const USING_FAULTS: readonly Fault[] = [
  fault({
    id: 'udmabuf-010-first-file',
    mistake: 'every page is looked for in the file of the first entry',
    breaks: ['UDMABUF-010'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override pageAt(number: number): PageOf | null {
          const found = super.pageAt(number);
          const [first] = this.ranges;
          return found === null || first === undefined ? null : { ...found, pages: first.pages };
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-010-reversed',
    mistake: 'the last entry comes first',
    breaks: ['UDMABUF-010'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        constructor(stack: Stack, ranges: readonly PinnedRange[]) {
          super(stack, ranges.toReversed());
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-010-read-only',
    mistake: 'the buffer is opened for reading',
    breaks: ['UDMABUF-010'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        override *export(info: DmaBufExport): KernelTask<DmaBuf | number> {
          const flags = info.exporterName === 'udmabuf' ? 0 : info.flags;
          return yield* super.export({ ...info, flags });
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-011-copies',
    mistake: 'the buffer gets copies of the pages',
    breaks: ['UDMABUF-011'],
    install: (types) => ({
      UdmabufDevice: class extends types.UdmabufDevice {
        protected override *pinRange(
          memfd: Memfd,
          item: UdmabufItem,
        ): KernelTask<PinnedRange | number> {
          const range = yield* super.pinRange(memfd, item);
          if (typeof range === 'number') return range;
          const copy = new Pages(this.stack.world);
          yield* copy.write(item.offset, yield* memfd.pages.read(item.offset, item.size));
          copy.pins.set(1);
          yield* range.pages.unpin();
          return { ...range, pages: copy };
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-011-not-pinned',
    mistake: 'the pages are not pinned, and go with the file',
    breaks: ['UDMABUF-011'],
    install: (types) => ({
      UdmabufDevice: class extends types.UdmabufDevice {
        protected override *pinRange(
          memfd: Memfd,
          item: UdmabufItem,
        ): KernelTask<PinnedRange | number> {
          const range = yield* super.pinRange(memfd, item);
          if (typeof range !== 'number') yield* range.pages.unpin();
          return range;
        }
      },
      Udmabuf: class extends types.Udmabuf {
        override *release(): KernelTask<void> {
          const table = this.table.get();
          if (table !== null) this.putTable(table, this.tableDirection.get());
          this.world.memory.free(this);
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-011-unpins-first',
    mistake: 'the pages are unpinned before the table of the brackets is unmapped',
    breaks: ['UDMABUF-011'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *release(): KernelTask<void> {
          for (const { pages } of this.ranges) yield* pages.unpin();
          const table = this.table.get();
          if (table !== null) this.putTable(table, this.tableDirection.get());
          this.world.memory.free(this);
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-011-pinned-by-devices',
    mistake: 'the pages are pinned while a device has them mapped, whatever else shows them',
    breaks: ['UDMABUF-011'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *unmap(
          attachment: DmaBufAttachment,
          table: SgTable,
          direction: DmaDirection,
        ): KernelTask<void> {
          yield* super.unmap(attachment, table, direction);
          for (const { pages } of this.ranges) {
            yield* pages.unpin();
            yield* pages.pin(); // until the next one comes
          }
        }
      },
    }),
  }),
  fault({
    id: 'BUG-UDMABUF-01',
    mistake: 'the fault handler does not look whether there is such a page',
    breaks: ['UDMABUF-013'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *mmap(buffer: DmaBuf, request: MapRequest): KernelTask<MapBacking | number> {
          const backing = yield* super.mmap(buffer, request);
          const last = this.ranges.at(-1);
          if (typeof backing === 'number' || last === undefined) return backing;
          return new PageMapping(
            (number) => this.pageAt(number) ?? { pages: last.pages, index: last.first + number },
          );
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-013-private',
    mistake: 'private mappings are given',
    breaks: ['UDMABUF-013'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *mmap(buffer: DmaBuf, request: MapRequest): KernelTask<MapBacking | number> {
          return yield* super.mmap(buffer, { ...request, isShared: true });
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-013-ignores-the-offset',
    mistake: 'a mapping begins at the first page, whatever its offset',
    breaks: ['UDMABUF-013'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *mmap(buffer: DmaBuf, request: MapRequest): KernelTask<MapBacking | number> {
          const backing = yield* super.mmap(buffer, request);
          return fromTheFirstPage(backing, request, (number) => this.pageAt(number));
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-014-first-range',
    mistake: 'the kernel maps the pages behind the first one, whatever the list says',
    breaks: ['UDMABUF-014'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *vmap(): KernelTask<KernelMapping | number> {
          const mapping = yield* super.vmap();
          const [range] = this.ranges;
          if (typeof mapping === 'number' || range === undefined) return mapping;
          this.world.memory.free(mapping);
          return new VmapArea(this, (number) => ({
            pages: range.pages,
            index: range.first + number,
          }));
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-014-ebusy',
    mistake: 'a kernel mapping without memory gives -EBUSY',
    breaks: ['UDMABUF-014'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *vmap(): KernelTask<KernelMapping | number> {
          const mapping = yield* super.vmap();
          return mapping === -ENOMEM ? -EBUSY : mapping;
        }
      },
    }),
  }),
];
