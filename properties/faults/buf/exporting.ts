import type { DmaBufOps } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf, DmaBufExport } from '../../../impl/dma-buf/dma-buf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ENOMEM } from '../../../impl/kernel/errno.ts';
import type { KernelObject } from '../../../impl/kernel/object.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import { O_RDWR } from '../../../impl/uapi/file.ts';
import { type Fault, fault } from '../fault.ts';

/** Accepts what `isAlsoRight` accepts, too. */
function lenient(isAlsoRight: (ops: Partial<DmaBufOps>) => boolean) {
  return (types: StackTypes): Partial<StackTypes> => ({
    DmaBufs: class extends types.DmaBufs {
      protected override areAccepted(ops: Partial<DmaBufOps>): boolean {
        return isAlsoRight(ops) || super.areAccepted(ops);
      }
    },
  });
}

/** Makes buffers of something else than what was offered. */
function offeredAs(change: (info: DmaBufExport) => DmaBufExport) {
  return (types: StackTypes): Partial<StackTypes> => ({
    DmaBufs: class extends types.DmaBufs {
      protected override make(info: DmaBufExport, ops: DmaBufOps, priv: KernelObject): DmaBuf {
        return super.make(change(info), ops, priv);
      }
    },
  });
}

/** Mistakes about what is exported. */
export const EXPORTING_FAULTS: readonly Fault[] = [
  fault({
    id: 'buf-001-silently',
    mistake: 'an export without an operation is refused without a warning',
    breaks: ['BUF-001'],
    install: lenient((ops) => ops.map === undefined || ops.unmap === undefined),
  }),
  fault({
    id: 'buf-001-nobody-private',
    mistake: 'an exporter needs no private data',
    breaks: ['BUF-001'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        override *export(info: DmaBufExport): KernelTask<DmaBuf | number> {
          return yield* super.export(info.priv === null ? { ...info, priv: this } : info);
        }
      },
    }),
  }),
  fault({
    id: 'buf-002-a-lone-pin',
    mistake: 'an exporter may pin and never unpin',
    breaks: ['BUF-002'],
    install: lenient((ops) => ops.pin !== undefined && ops.unpin === undefined),
  }),
  fault({
    id: 'buf-002-a-lone-unpin',
    mistake: 'an exporter may unpin what it never pins',
    breaks: ['BUF-002'],
    install: lenient(
      (ops) => ops.pin === undefined && ops.unpin !== undefined && ops.map !== undefined,
    ),
  }),
  fault({
    id: 'buf-003-kept-and-moved',
    mistake: 'the core keeps mappings of storage that moves',
    breaks: ['BUF-003'],
    install: lenient((ops) => ops.cacheSgtMapping === true && ops.pin !== undefined),
  }),
  fault({
    id: 'buf-004-not-kept',
    mistake: 'the module is not kept: it can be unloaded while its buffers are used',
    breaks: ['BUF-004'],
    install: offeredAs((info) => ({ ...info, owner: null })),
  }),
  fault({
    id: 'buf-004-kept-for-ever',
    mistake: 'the end of a buffer does not give its module back',
    breaks: ['BUF-004'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        protected override *publish(buffer: DmaBuf): KernelTask<void> {
          if (buffer.owner !== null) yield* buffer.owner.tryGet();
          yield* super.publish(buffer);
        }
      },
    }),
  }),
  fault({
    id: 'buf-005-module-kept',
    mistake: 'an export that fails keeps the module',
    breaks: ['BUF-005'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        protected override *build(
          info: DmaBufExport,
          ops: DmaBufOps,
          priv: KernelObject,
        ): KernelTask<DmaBuf | number> {
          const made = yield* super.build(info, ops, priv);
          if (made === -ENOMEM && info.owner !== null) yield* info.owner.tryGet();
          return made;
        }
      },
    }),
  }),
  fault({
    id: 'buf-005-released',
    mistake: 'an export that fails late releases the storage of the exporter',
    breaks: ['BUF-005'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        protected override *discard(buffer: DmaBuf): KernelTask<void> {
          yield* buffer.ops.release(buffer);
          yield* super.discard(buffer);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-BUF-04',
    mistake: 'a buffer is listed before it is complete, and stays so while a failure is undone',
    breaks: ['BUF-005'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        protected override *build(
          info: DmaBufExport,
          ops: DmaBufOps,
          priv: KernelObject,
        ): KernelTask<DmaBuf | number> {
          const buffer = this.make(info, ops, priv);
          yield* super.publish(buffer);
          const error = yield* this.statistics.add(buffer, info.exporterName);
          if (error === 0) return buffer;
          yield* this.discard(buffer);
          yield* this.unlist(buffer);
          return error;
        }

        protected override *publish(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'buf-006-whole-pages',
    mistake: 'the size is rounded up to whole pages',
    breaks: ['BUF-006'],
    install: offeredAs((info) => ({
      ...info,
      size: Math.ceil(info.size / PAGE_SIZE) * PAGE_SIZE,
    })),
  }),
  fault({
    id: 'buf-006-never-empty',
    mistake: 'an empty buffer gets a page',
    breaks: ['BUF-006'],
    install: offeredAs((info) => ({ ...info, size: info.size === 0 ? PAGE_SIZE : info.size })),
  }),
  fault({
    id: 'buf-007-always-blocking',
    mistake: 'O_NONBLOCK gets lost',
    breaks: ['BUF-007'],
    install: offeredAs((info) => ({ ...info, flags: info.flags & 3 })),
  }),
  fault({
    id: 'buf-007-always-both',
    mistake: 'every buffer is open for reading and writing',
    breaks: ['BUF-007'],
    install: offeredAs((info) => ({ ...info, flags: (info.flags & ~3) | O_RDWR })),
  }),
  fault({
    id: 'buf-008-always-ends',
    mistake: 'the reservation that the exporter has given ends with the buffer',
    breaks: ['BUF-008'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        protected override *destroy(): KernelTask<void> {
          yield* super.destroy();
          if (!this.ownsResv) yield* this.resv.fini();
        }
      },
    }),
  }),
  fault({
    id: 'buf-008-never-ends',
    mistake: 'the own reservation of a buffer is left behind',
    breaks: ['BUF-008'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override readonly ownsResv = false;
      },
    }),
  }),
  fault({
    id: 'buf-008-own-anyway',
    mistake: 'a buffer has a reservation of its own, also when it was given one',
    breaks: ['LOCKING-008'],
    install: offeredAs((info) => ({ ...info, resv: null })),
  }),
  fault({
    id: 'buf-009-used-again',
    mistake: 'numbers of buffers that are gone are used again',
    breaks: ['BUF-009'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        protected override nextInode(): number {
          return this.list.length + 1;
        }
      },
    }),
  }),
];
