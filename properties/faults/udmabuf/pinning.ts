import type { DmaBufExport } from '../../../impl/dma-buf/dma-buf.ts';
import type { UdmabufItem } from '../../../impl/exporters/udmabuf-device.ts';
import type { PinnedRange, Udmabuf } from '../../../impl/exporters/udmabuf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBADF, EBADFD, EBUSY, EINVAL } from '../../../impl/kernel/errno.ts';
import type { Stack, StackTypes } from '../../../impl/stack.ts';
import { FileTable } from '../../../impl/uapi/file-table.ts';
import {
  F_SEAL_FUTURE_WRITE,
  F_SEAL_GROW,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  Memfd,
} from '../../../impl/uapi/memfd.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import { type Fault, fault } from '../fault.ts';

type Create = (items: readonly UdmabufItem[], flags: number) => KernelTask<number>;

/** Another way from a list to a descriptor; `intact` is what it was. */
function creating(
  create: (
    intact: Create,
    items: readonly UdmabufItem[],
    flags: number,
    stack: Stack,
  ) => KernelTask<number>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    UdmabufDevice: class extends types.UdmabufDevice {
      protected override *create(items: readonly UdmabufItem[], flags: number): KernelTask<number> {
        const intact: Create = (given, with_) => super.create(given, with_);
        return yield* create(intact, items, flags, this.stack);
      }
    },
  });
}

type PinRange = (memfd: Memfd, item: UdmabufItem) => KernelTask<PinnedRange | number>;

/** Another look at seals and sizes, with the inode's lock held. */
function pinning(
  pin: (intact: PinRange, memfd: Memfd, item: UdmabufItem) => KernelTask<PinnedRange | number>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    UdmabufDevice: class extends types.UdmabufDevice {
      protected override *pinRange(
        memfd: Memfd,
        item: UdmabufItem,
      ): KernelTask<PinnedRange | number> {
        const intact: PinRange = (given, one) => super.pinRange(given, one);
        return yield* pin(intact, memfd, item);
      }
    },
  });
}

/** Pins without a look at anything. */
function* pinBlindly(memfd: Memfd, { offset, size }: UdmabufItem): KernelTask<PinnedRange> {
  yield* memfd.pages.pin();
  return { pages: memfd.pages, first: offset / PAGE_SIZE, count: size / PAGE_SIZE };
}

/** Mistakes about files, seals, ranges, and what happens when something fails. */
export const PINNING_FAULTS: readonly Fault[] = [
  fault({
    id: 'udmabuf-005-ebadf',
    mistake: 'a closed descriptor gives -EBADF',
    breaks: ['UDMABUF-005'],
    install: creating(function* (intact, items, flags) {
      const result = yield* intact(items, flags);
      return result === -EBADFD ? -EBADF : result;
    }),
  }),
  fault({
    id: 'udmabuf-005-einval-for-others',
    mistake: 'a file that is no memory file gives -EINVAL',
    breaks: ['UDMABUF-005'],
    install: (types) => ({
      UdmabufDevice: class extends types.UdmabufDevice {
        protected override *pinItem(item: UdmabufItem): KernelTask<PinnedRange | number> {
          const result = yield* super.pinItem(item);
          const isOpen = FileTable.ofCurrent(this.stack.world).at(item.memfd) !== null;
          return result === -EBADFD && isOpen ? -EINVAL : result;
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-006-any-seals',
    mistake: 'a file that can shrink is taken',
    breaks: ['UDMABUF-006'],
    install: pinning(function* (intact, memfd, item) {
      const denied = F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;
      if ((memfd.seals.get() & (F_SEAL_SHRINK | denied)) !== 0) return yield* intact(memfd, item);
      return yield* pinBlindly(memfd, item);
    }),
  }),
  fault({
    id: 'udmabuf-006-future-writes',
    mistake: 'the future-write seal is no obstacle',
    breaks: ['UDMABUF-006'],
    install: pinning(function* (intact, memfd, item) {
      const seals = memfd.seals.get() & (F_SEAL_SHRINK | F_SEAL_WRITE);
      if (seals !== F_SEAL_SHRINK) return yield* intact(memfd, item);
      return yield* pinBlindly(memfd, item);
    }),
  }),
  fault({
    id: 'udmabuf-006-wants-grow',
    mistake: 'a file that can grow is refused',
    breaks: ['UDMABUF-006'],
    install: pinning(function* (intact, memfd, item) {
      if ((memfd.seals.get() & F_SEAL_GROW) === 0) return -EINVAL;
      return yield* intact(memfd, item);
    }),
  }),
  fault({
    id: 'BUG-UDMABUF-05',
    mistake: 'seals are checked and pages pinned without the lock of the inode',
    breaks: ['UDMABUF-007'],
    install: (types) => ({
      UdmabufDevice: class extends types.UdmabufDevice {
        protected override *pinItem(item: UdmabufItem): KernelTask<PinnedRange | number> {
          const file = yield* FileTable.ofCurrent(this.stack.world).fget(item.memfd);
          if (file === null) return -EBADFD;
          let result: PinnedRange | number = -EBADFD;
          if (file.ops instanceof Memfd) result = yield* this.pinRange(file.ops, item);
          yield* file.put();
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-008-rounds-the-file',
    mistake: 'the size of the file is rounded up to pages',
    breaks: ['UDMABUF-008'],
    install: pinning(function* (intact, memfd, item) {
      const result = yield* intact(memfd, item);
      const pages = Math.ceil((yield* memfd.bytes.read()) / PAGE_SIZE);
      const isWithin = item.size > 0 && item.offset + item.size <= pages * PAGE_SIZE;
      return result === -EINVAL && isWithin ? yield* pinBlindly(memfd, item) : result;
    }),
  }),
  fault({
    id: 'udmabuf-008-behind-the-end',
    mistake: 'only the start of a range is compared with the file',
    breaks: ['UDMABUF-008'],
    install: pinning(function* (intact, memfd, item) {
      const result = yield* intact(memfd, item);
      const isWithin = item.size > 0 && item.offset < (yield* memfd.bytes.read());
      return result === -EINVAL && isWithin ? yield* pinBlindly(memfd, item) : result;
    }),
  }),
  fault({
    id: 'udmabuf-008-empty-entry',
    mistake: 'an empty entry among others is skipped',
    breaks: ['UDMABUF-008'],
    install: creating((intact, items, flags) => {
      const full = items.filter(({ size }) => size > 0);
      return intact(full.length === 0 ? items : full, flags);
    }),
  }),
  fault({
    id: 'udmabuf-009-refuses-others',
    mistake: 'unknown flags are refused',
    breaks: ['UDMABUF-009'],
    install: creating(function* (intact, items, flags) {
      return flags === 0 || flags === 1 ? yield* intact(items, flags) : -EINVAL;
    }),
  }),
  fault({
    id: 'udmabuf-009-any-bit',
    mistake: 'any flag closes the descriptor on exec',
    breaks: ['UDMABUF-009'],
    install: creating((intact, items, flags) => intact(items, flags === 0 ? 0 : 1)),
  }),
  fault({
    id: 'udmabuf-012-keeps-pins',
    mistake: 'a wrong entry leaves the pages of those before it pinned',
    breaks: ['UDMABUF-012'],
    install: (types) => ({
      UdmabufDevice: class extends types.UdmabufDevice {
        protected override *unpin(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'udmabuf-012-keeps-the-buffer',
    mistake: 'without a descriptor the buffer is not put',
    breaks: ['UDMABUF-012'],
    install: (types) => ({
      UdmabufDevice: class extends types.UdmabufDevice {
        protected override *export(udmabuf: Udmabuf, flags: number): KernelTask<number> {
          const { buffers } = this.stack;
          const buffer = yield* buffers.export(exportOf(udmabuf));
          if (typeof buffer !== 'number') return yield* buffers.fd(buffer, flags << 19);
          yield* udmabuf.release();
          return buffer;
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-012-releases-twice',
    mistake: 'without a descriptor the pages are unpinned, and the buffer put, which unpins them',
    breaks: ['UDMABUF-012'],
    install: (types) => ({
      UdmabufDevice: class extends types.UdmabufDevice {
        protected override *export(udmabuf: Udmabuf, flags: number): KernelTask<number> {
          const fd = yield* super.export(udmabuf, flags);
          if (fd < 0) yield* this.unpin(udmabuf.ranges);
          return fd;
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-018-descriptors-first',
    mistake: 'all descriptors are looked at before the first seal',
    breaks: ['UDMABUF-018'],
    install: (types) => ({
      UdmabufDevice: class extends types.UdmabufDevice {
        protected override *create(
          items: readonly UdmabufItem[],
          flags: number,
        ): KernelTask<number> {
          const files = FileTable.ofCurrent(this.stack.world);
          if (this.checkSizes(items) === 0) {
            for (const { memfd } of items) if (files.at(memfd) === null) return -EBADFD;
          }
          return yield* super.create(items, flags);
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-018-last-decides',
    mistake: 'entries are seen to from the last to the first',
    breaks: ['UDMABUF-018'],
    install: creating((intact, items, flags) => intact(items.toReversed(), flags)),
  }),
  fault({
    id: 'udmabuf-019-does-not-notice',
    mistake: 'sealing does not see that pages are pinned',
    breaks: ['UDMABUF-019'],
    install: (types) => ({
      Memfd: class extends types.Memfd {
        protected override mayBeWritten(): boolean {
          return this.writableMappings.ask((count) => count > 0);
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-019-refuses-all-seals',
    mistake: 'while pages are pinned every seal is refused',
    breaks: ['UDMABUF-019'],
    install: (types) => ({
      Memfd: class extends types.Memfd {
        protected override sealLocked(seals: number): number {
          return this.pages.pins.get() > 0 ? -EBUSY : super.sealLocked(seals);
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-019-one-unpins-all',
    mistake: 'a buffer that goes takes the pins of others with it',
    breaks: ['UDMABUF-019'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *release(): KernelTask<void> {
          const { ranges } = this;
          const pages = ranges.map((range) => range.pages);
          yield* super.release();
          for (const one of pages) if (one.freedBy === null) one.pins.set(0);
        }
      },
    }),
  }),
];

function exportOf(udmabuf: Udmabuf): DmaBufExport {
  return {
    exporterName: 'udmabuf',
    owner: null,
    ops: udmabuf,
    size: udmabuf.pageCount * PAGE_SIZE,
    flags: 2,
    resv: null,
    priv: udmabuf,
  };
}
