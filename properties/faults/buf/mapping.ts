import type { VmArea } from '../../../impl/dma-buf/dma-buf-access.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EACCES, EINVAL } from '../../../impl/kernel/errno.ts';
import type { File } from '../../../impl/uapi/file.ts';
import { type MapBacking, type MapRequest, PROT_WRITE } from '../../../impl/uapi/mapping.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import type { UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about mappings of processes. */
export const MAPPING_FAULTS: readonly Fault[] = [
  fault({
    id: 'buf-026-rounds-up',
    mistake: 'the tail of a size that is no whole number of pages can be mapped',
    breaks: ['BUF-026'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override *mmap(file: File, request: MapRequest): KernelTask<MapBacking | number> {
          const pages = Math.ceil(this.bytes / PAGE_SIZE);
          const end = Math.ceil((request.offset + request.length) / PAGE_SIZE);
          if (this.ops.mmap === undefined || end > pages) return yield* super.mmap(file, request);
          return yield* this.ops.mmap(this, request);
        }
      },
    }),
  }),
  fault({
    id: 'buf-026-asks-first',
    mistake: 'the exporter is asked before the bounds are looked at',
    breaks: ['BUF-026'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override *mmap(file: File, request: MapRequest): KernelTask<MapBacking | number> {
          const end = request.offset + request.length;
          if (end > this.bytes && this.ops.mmap !== undefined) {
            yield* this.ops.mmap(this, request);
          }
          return yield* super.mmap(file, request);
        }
      },
    }),
  }),
  fault({
    id: 'buf-027-behind-the-end',
    mistake: 'a page number that wraps is taken for one behind the end',
    breaks: ['BUF-027'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *mmap(
          buffer: DmaBuf,
          area: VmArea,
          firstPage: bigint,
        ): KernelTask<MapBacking | number> {
          if (firstPage > 2n ** 52n) return -EINVAL;
          return yield* super.mmap(buffer, area, firstPage);
        }
      },
    }),
  }),
  fault({
    id: 'buf-027-not-turned',
    mistake: 'the exporter is asked for a mapping that still shows the file of the driver',
    breaks: ['BUF-027'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *mmap(
          buffer: DmaBuf,
          area: VmArea,
          firstPage: bigint,
        ): KernelTask<MapBacking | number> {
          const driver = area.file;
          if (driver !== null) yield* driver.get();
          const backing = yield* super.mmap(buffer, area, firstPage);
          if (area.file !== null && area.file !== driver) yield* area.file.put();
          else if (driver !== null) yield* driver.put();
          area.file = driver;
          return backing;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-BUF-06',
    mistake: 'the core holds the reservation lock around mmap',
    breaks: ['BUF-028', 'LOCKING-003'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override *mmap(file: File, request: MapRequest): KernelTask<MapBacking | number> {
          yield* this.resv.acquire();
          const backing = yield* super.mmap(file, request);
          yield* this.resv.release();
          return backing;
        }
      },
      DmaBufAccess: class extends types.DmaBufAccess {
        override *mmap(
          buffer: DmaBuf,
          area: VmArea,
          firstPage: bigint,
        ): KernelTask<MapBacking | number> {
          yield* buffer.resv.acquire();
          const backing = yield* super.mmap(buffer, area, firstPage);
          yield* buffer.resv.release();
          return backing;
        }
      },
    }),
  }),
  fault({
    id: 'buf-036-lends',
    mistake: 'a mapping of a process keeps no reference on the buffer',
    breaks: ['BUF-036'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override *mmap(file: File, request: MapRequest): KernelTask<MapBacking | number> {
          const backing = yield* super.mmap(file, request);
          if (typeof backing !== 'number') yield* file.put();
          return backing;
        }
      },
    }),
  }),
  fault({
    id: 'buf-037-private-like-shared',
    mistake: 'a private mapping that can be written needs a buffer that can be written',
    breaks: ['BUF-037'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override *mmap(file: File, request: MapRequest): KernelTask<MapBacking | number> {
          if ((request.prot & PROT_WRITE) !== 0 && !file.isWritable) return -EACCES;
          return yield* super.mmap(file, request);
        }
      },
    }),
  }),
  fault({
    id: 'buf-038-writers-only',
    mistake: 'requests need a buffer that is open for writing',
    breaks: ['BUF-038'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override *ioctl(file: File, command: number, argument: UserPointer): KernelTask<number> {
          if (!file.isWritable) return -EACCES;
          return yield* super.ioctl(file, command, argument);
        }
      },
    }),
  }),
  fault({
    id: 'buf-039-positioned',
    mistake: 'positioned reads and writes get as far as the operations that are missing',
    breaks: ['BUF-039'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        readonly isPositioned = true;
      },
    }),
  }),
];
