import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBUSY } from '../../../impl/kernel/errno.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import { REFERENCE_DRIVERS, withDrivers } from '../../own-driver/drivers.ts';
import { DeviceTable, type Storage } from '../../own-driver/storage.ts';
import { type Fault, fault } from '../fault.ts';

const { MovingExporter, PlainExporter } = REFERENCE_DRIVERS;

/** Mistakes of exporters. */
export const EXPORTER_FAULTS: readonly Fault[] = [
  fault({
    id: 'attach-014-moves-anyway',
    mistake: 'the exporter moves what is pinned',
    breaks: ['ATTACH-014'],
    install: () =>
      withDrivers({
        MovingExporter: class extends MovingExporter {
          override *pin(): KernelTask<number> {
            return 0;
          }
          override *unpin(): KernelTask<void> {}
        },
      }),
  }),
  fault({
    id: 'attach-014-pins-at-once',
    mistake: 'a pin does not wait for a move that is under way',
    breaks: ['ATTACH-014'],
    install: () =>
      withDrivers({
        MovingExporter: class extends MovingExporter {
          override *pin(): KernelTask<number> {
            this.pins += 1;
            return 0;
          }
        },
      }),
  }),
  fault({
    id: 'attach-018-one-table',
    mistake: 'the exporter hands out one table for all',
    breaks: ['ATTACH-018'],
    install: () =>
      withDrivers({
        PlainExporter: class extends PlainExporter {
          private only: SgTable | null = null;
          override *map(): KernelTask<SgTable | null> {
            this.only ??= yield* super.map();
            return this.only;
          }
          override *unmap(): KernelTask<void> {}
          override *release(): KernelTask<void> {
            if (this.only !== null) this.kernel.free(this.only);
            yield* super.release();
          }
        },
      }),
  }),
  fault({
    id: 'attach-022-one-page',
    mistake: 'a table has the first page only',
    breaks: ['ATTACH-022'],
    install: () =>
      withDrivers({
        PlainExporter: class extends PlainExporter {
          override *map(): KernelTask<SgTable | null> {
            return new DeviceTable(this.storage, PAGE_SIZE);
          }
        },
      }),
  }),
  fault({
    id: 'attach-022-parts-of-pages',
    mistake: 'a table ends in the middle of a page',
    breaks: ['ATTACH-022'],
    install: () =>
      withDrivers({
        PlainExporter: class extends PlainExporter {
          override *map(): KernelTask<SgTable | null> {
            return new DeviceTable(this.storage, this.storage.bytes - PAGE_SIZE / 2);
          }
        },
      }),
  }),
  fault({
    id: 'attach-027-frees-at-unmap',
    mistake: 'the first unmap gives the storage away, whoever else has it mapped',
    breaks: ['ATTACH-027'],
    install: () =>
      withDrivers({
        MovingExporter: class extends MovingExporter {
          private isGone = false;
          override *unmap(attachment: DmaBufAttachment, table: SgTable): KernelTask<void> {
            yield* super.unmap(attachment, table);
            if (!this.isGone) yield* this.storage.free();
            this.isGone = true;
          }
          override *release(): KernelTask<void> {
            if (!this.isGone) yield* super.release();
          }
        },
      }),
  }),
  fault({
    id: 'attach-030-maps-the-old-place',
    mistake: 'after a move the exporter maps the place where the content was first',
    breaks: ['ATTACH-030'],
    install: () =>
      withDrivers({
        MovingExporter: class extends MovingExporter {
          private first: Storage | null = null;
          override *map(): KernelTask<SgTable | null> {
            this.first ??= this.storage;
            return yield* this.kernel.table(this.first);
          }
        },
      }),
  }),
  fault({
    id: 'attach-030-tells-nobody',
    mistake: 'the exporter moves and does not tell',
    breaks: ['ATTACH-030'],
    install: () =>
      withDrivers({
        MovingExporter: class extends MovingExporter {
          protected override *notify(): KernelTask<void> {}
        },
      }),
  }),
  fault({
    id: 'attach-031-frees-at-once',
    mistake: 'the old place is given away without a look at the fences',
    breaks: ['ATTACH-031'],
    install: () =>
      withDrivers({
        MovingExporter: class extends MovingExporter {
          protected override *users(): KernelTask<readonly DmaFence[]> {
            return [];
          }
        },
      }),
  }),
  fault({
    id: 'attach-032-without-the-lock',
    mistake: 'the exporter moves without the reservation lock',
    breaks: ['ATTACH-032'],
    install: () =>
      withDrivers({
        MovingExporter: class extends MovingExporter {
          override *move(): KernelTask<number> {
            return yield* this.moveLocked();
          }
        },
      }),
  }),
  fault({
    id: 'attach-033-stays-when-attached',
    mistake: 'storage stays where it is as soon as somebody is attached',
    breaks: ['ATTACH-033'],
    install: () =>
      withDrivers({
        MovingExporter: class extends MovingExporter {
          protected override *moveLocked(): KernelTask<number> {
            if (!this.buffer.attachments.isEmpty()) return -EBUSY;
            return yield* super.moveLocked();
          }
        },
      }),
  }),
];
