import {
  UDMABUF_LIST_MAX,
  UDMABUF_PAGES_MAX,
  type UdmabufItem,
} from '../../../impl/exporters/udmabuf-device.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBADFD, EFAULT, EINVAL, ENOTTY } from '../../../impl/kernel/errno.ts';
import type { Stack, StackTypes } from '../../../impl/stack.ts';
import { FileTable } from '../../../impl/uapi/file-table.ts';
import type { File } from '../../../impl/uapi/file.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import type { UserPointer } from '../../../impl/uapi/user-memory.ts';
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

function checkingSizes(
  check: (items: readonly UdmabufItem[], intact: number) => number,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    UdmabufDevice: class extends types.UdmabufDevice {
      protected override checkSizes(items: readonly UdmabufItem[]): number {
        return check(items, super.checkSizes(items));
      }
    },
  });
}

function isAligned({ offset, size }: UdmabufItem): boolean {
  return offset % PAGE_SIZE === 0 && size % PAGE_SIZE === 0;
}

/** Mistakes about the arguments of requests. */
export const ARGUMENT_FAULTS: readonly Fault[] = [
  fault({
    id: 'udmabuf-001-einval',
    mistake: 'an unknown request gives -EINVAL',
    breaks: ['UDMABUF-001'],
    install: (types) => ({
      UdmabufDevice: class extends types.UdmabufDevice {
        override *ioctl(file: File, command: number, argument: UserPointer): KernelTask<number> {
          const result = yield* super.ioctl(file, command, argument);
          return result === -ENOTTY ? -EINVAL : result;
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-001-fault-first',
    mistake: 'the argument is read before it is known whether there is such a request',
    breaks: ['UDMABUF-001'],
    install: (types) => ({
      UdmabufDevice: class extends types.UdmabufDevice {
        override *ioctl(file: File, command: number, argument: UserPointer): KernelTask<number> {
          if (!argument.isReadable) return -EFAULT;
          return yield* super.ioctl(file, command, argument);
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-001-create-ignores-offset',
    mistake: 'CREATE begins at the start of the file',
    breaks: ['UDMABUF-001'],
    install: creating((intact, items, flags) => {
      const [only] = items;
      return items.length === 1 && only !== undefined
        ? intact([{ ...only, offset: 0 }], flags)
        : intact(items, flags);
    }),
  }),
  fault({
    id: 'udmabuf-002-one-more',
    mistake: 'a list of 1025 entries is read',
    breaks: ['UDMABUF-002'],
    install: (types) => ({
      UdmabufDevice: class extends types.UdmabufDevice {
        protected override *createList(
          count: number,
          flags: number,
          argument: UserPointer,
        ): KernelTask<number> {
          if (count !== UDMABUF_LIST_MAX + 1) {
            return yield* super.createList(count, flags, argument);
          }
          return yield* super.createList(UDMABUF_LIST_MAX, flags, argument);
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-002-one-less',
    mistake: 'a list of 1024 entries is refused',
    breaks: ['UDMABUF-002'],
    install: creating(function* (intact, items, flags) {
      return items.length < UDMABUF_LIST_MAX ? yield* intact(items, flags) : -EINVAL;
    }),
  }),
  fault({
    id: 'udmabuf-002-reads-first',
    mistake: 'the entries are read before they are counted',
    breaks: ['UDMABUF-002'],
    install: (types) => ({
      UdmabufDevice: class extends types.UdmabufDevice {
        protected override *createList(
          count: number,
          flags: number,
          argument: UserPointer,
        ): KernelTask<number> {
          if (!Array.isArray(argument.fields['list'])) return -EFAULT;
          return yield* super.createList(count, flags, argument);
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-003-any-offset',
    mistake: 'offsets are rounded down to pages',
    breaks: ['UDMABUF-003'],
    install: creating((intact, items, flags) =>
      intact(
        items.map((item) => ({ ...item, offset: item.offset - (item.offset % PAGE_SIZE) })),
        flags,
      ),
    ),
  }),
  fault({
    id: 'udmabuf-003-rounds-sizes',
    mistake: 'sizes are rounded up to pages',
    breaks: ['UDMABUF-003'],
    install: creating((intact, items, flags) =>
      intact(
        items.map((item) => ({ ...item, size: Math.ceil(item.size / PAGE_SIZE) * PAGE_SIZE })),
        flags,
      ),
    ),
  }),
  fault({
    id: 'BUG-UDMABUF-02',
    mistake: 'the limit is multiplied out in too few bits, and wraps to nothing',
    breaks: ['UDMABUF-004'],
    install: checkingSizes((items, intact) => {
      const limit = ((64 << 26) >>> 0) / PAGE_SIZE; // 64 MiB in a unit that does not fit
      const pages = items.reduce((sum, { size }) => sum + size / PAGE_SIZE, 0);
      return intact === 0 && pages > limit ? -EINVAL : intact;
    }),
  }),
  fault({
    id: 'udmabuf-004-less-than-the-limit',
    mistake: 'exactly the limit is refused',
    breaks: ['UDMABUF-004'],
    install: checkingSizes((items, intact) => {
      const pages = items.reduce((sum, { size }) => sum + size / PAGE_SIZE, 0);
      return pages === UDMABUF_PAGES_MAX ? -EINVAL : intact;
    }),
  }),
  fault({
    id: 'udmabuf-004-each-entry',
    mistake: 'the limit is for each entry',
    breaks: ['UDMABUF-004'],
    install: checkingSizes((items, intact) => {
      const isEachRight = items.every(
        (item) => isAligned(item) && item.size / PAGE_SIZE <= UDMABUF_PAGES_MAX,
      );
      return intact !== 0 && isEachRight && items.some(({ size }) => size > 0) ? 0 : intact;
    }),
  }),
  fault({
    id: 'udmabuf-004-descriptors-first',
    mistake: 'descriptors are looked at before alignment and limit',
    breaks: ['UDMABUF-004'],
    install: creating(function* (intact, items, flags, { world }) {
      for (const { memfd } of items) {
        const file = yield* FileTable.ofCurrent(world).fget(memfd);
        if (file === null) return -EBADFD;
        yield* file.put();
      }
      return yield* intact(items, flags);
    }),
  }),
];
