import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import { DMA_BIDIRECTIONAL, type DmaDirection } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { PinnedRange } from '../../../impl/exporters/udmabuf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, EIO } from '../../../impl/kernel/errno.ts';
import type { StateVisitor } from '../../../impl/kernel/object.ts';
import { PlainWord } from '../../../impl/kernel/plain.ts';
import type { Stack } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about tables for devices, and about brackets. */
export const TABLE_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-UDMABUF-03',
    mistake: 'what a failed table has left in its place is taken for a table when the buffer goes',
    breaks: ['UDMABUF-015'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        private readonly failed = new PlainWord<SgTable | null>(this, 'failed', null, 'full');

        protected override *makeTable(direction: DmaDirection): KernelTask<SgTable | number> {
          const made = yield* super.makeTable(direction);
          if (typeof made !== 'number') return made;
          // Freed memory, as an error value is no memory at all.
          const marker = new SgTable(this.world, []);
          this.world.memory.free(marker);
          this.failed.set(marker);
          return made;
        }

        override *release(): KernelTask<void> {
          const marker = this.failed.get();
          if (marker !== null && this.table.get() === null) this.putTable(marker, 0);
          yield* super.release();
        }

        override visitState(visit: StateVisitor): void {
          super.visitState(visit);
          visit('failed', this.failed.value);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-UDMABUF-04',
    mistake: 'the table is unmapped for both directions, however it was mapped',
    breaks: ['UDMABUF-015'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *release(): KernelTask<void> {
          this.tableDirection.set(DMA_BIDIRECTIONAL);
          yield* super.release();
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-015-table-for-each',
    mistake: 'every begin makes a table anew',
    breaks: ['UDMABUF-015'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *beginCpuAccess(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          yield* this.lock.acquire();
          const table = this.table.get();
          if (table !== null) this.putTable(table, this.tableDirection.get());
          this.table.set(null);
          this.lock.release();
          return yield* super.beginCpuAccess(buffer, direction);
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-015-no-sync-of-the-first',
    mistake: 'the begin that makes the table does not sync it',
    breaks: ['UDMABUF-015'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *beginCpuAccess(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          yield* this.lock.acquire();
          if (this.table.get() !== null) {
            this.lock.release();
            return yield* super.beginCpuAccess(buffer, direction);
          }
          const made = yield* this.makeTable(direction);
          if (typeof made !== 'number') {
            this.table.set(made);
            this.tableDirection.set(direction);
          }
          this.lock.release();
          return typeof made === 'number' ? made : 0;
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-016-end-is-free',
    mistake: 'an end before any begin succeeds',
    breaks: ['UDMABUF-016'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *endCpuAccess(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          const result = yield* super.endCpuAccess(buffer, direction);
          return result === -EINVAL ? 0 : result;
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-016-failed-begin-counts',
    mistake: 'an end behind a begin that failed succeeds',
    breaks: ['UDMABUF-016'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        private readonly hasTried = new PlainWord<boolean>(this, 'hasTried', false, 'full');

        override *beginCpuAccess(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          this.hasTried.set(true);
          return yield* super.beginCpuAccess(buffer, direction);
        }

        override *endCpuAccess(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          const result = yield* super.endCpuAccess(buffer, direction);
          return this.hasTried.get() ? 0 : result;
        }

        override visitState(visit: StateVisitor): void {
          super.visitState(visit);
          visit('hasTried', this.hasTried.value);
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-016-end-does-nothing',
    mistake: 'an end syncs nothing',
    breaks: ['UDMABUF-016'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *endCpuAccess(): KernelTask<number> {
          return this.table.get() === null ? -EINVAL : 0;
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-016-ends-unlocked',
    mistake: 'an end looks for the table without the lock under which a begin makes it',
    breaks: ['UDMABUF-016'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *endCpuAccess(_buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          const table = this.table.get();
          if (table !== null) this.stack.dmaSync.forDevice(table, direction);
          return table === null ? -EINVAL : 0;
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-017-not-cached',
    mistake: 'each mapping of an attachment is made anew',
    breaks: ['UDMABUF-017'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        constructor(stack: Stack, ranges: readonly PinnedRange[]) {
          super(stack, ranges);
          Object.defineProperty(this, 'cacheSgtMapping', { value: false });
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-017-keeps-the-list',
    mistake: 'a table that no device can reach leaves its list of segments behind',
    breaks: ['UDMABUF-017'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        protected override *makeTable(direction: DmaDirection): KernelTask<SgTable | number> {
          const list = new SgTable(this.world, []);
          const made = yield* super.makeTable(direction);
          if (made !== -EIO) this.world.memory.free(list);
          return made;
        }
      },
    }),
  }),
  fault({
    id: 'udmabuf-017-one-table',
    mistake: 'all attachments share the table of the first',
    breaks: ['UDMABUF-017'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        private readonly shared = new PlainWord<SgTable | null>(this, 'shared', null, 'full');

        override *map(
          attachment: DmaBufAttachment,
          direction: DmaDirection,
        ): KernelTask<SgTable | number | null> {
          const known = this.shared.get();
          if (known !== null) return known;
          const made = yield* super.map(attachment, direction);
          if (made !== null && typeof made !== 'number') this.shared.set(made);
          return made;
        }

        override *unmap(): KernelTask<void> {
          // The last one would have to do it.
        }

        override visitState(visit: StateVisitor): void {
          super.visitState(visit);
          visit('shared', this.shared.value);
        }
      },
    }),
  }),
];
