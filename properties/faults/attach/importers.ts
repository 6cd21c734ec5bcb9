import {
  DMA_BIDIRECTIONAL,
  type DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
} from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { REFERENCE_DRIVERS, withDrivers } from '../../own-driver/drivers.ts';
import { type Fault, fault } from '../fault.ts';

const { DynamicImporter, StaticImporter } = REFERENCE_DRIVERS;

/** Mistakes of importers. */
export const IMPORTER_FAULTS: readonly Fault[] = [
  fault({
    id: 'attach-009-stays-mapped',
    mistake: 'the importer detaches with a table that it has mapped',
    breaks: ['ATTACH-009'],
    install: () =>
      withDrivers({
        DynamicImporter: class extends DynamicImporter {
          override *close(): KernelTask<void> {
            if (this.last !== null) yield* this.last.put();
            this.last = null;
            yield* this.detach();
          }
        },
      }),
  }),
  fault({
    id: 'attach-009-stays-pinned',
    mistake: 'the importer pins for its first job, and never unpins',
    breaks: ['ATTACH-009'],
    install: () =>
      withDrivers({
        DynamicImporter: class extends DynamicImporter {
          private isPinned = false;
          protected override *jobLocked(isWrite: boolean): KernelTask<number> {
            if (!this.isPinned) yield* this.kernel.attachments.pin(this.attachment);
            this.isPinned = true;
            return yield* super.jobLocked(isWrite);
          }
        },
      }),
  }),
  fault({
    id: 'attach-018-unmaps-twice',
    mistake: 'the importer gives its table back twice',
    breaks: ['ATTACH-018'],
    install: () =>
      withDrivers({
        DynamicImporter: class extends DynamicImporter {
          protected override *dropTable(): KernelTask<void> {
            const { table } = this;
            yield* super.dropTable();
            if (table === null) return;
            yield* this.kernel.attachments.unmap(this.attachment, table, DMA_BIDIRECTIONAL);
          }
        },
      }),
  }),
  fault({
    id: 'attach-020-does-not-wait',
    mistake: 'jobs wait for nobody',
    breaks: ['ATTACH-020'],
    install: () =>
      withDrivers({
        DynamicImporter: class extends DynamicImporter {
          protected override *before(): KernelTask<readonly DmaFence[]> {
            return [];
          }
        },
      }),
  }),
  fault({
    id: 'attach-024-other-direction',
    mistake: 'what was mapped for both directions is unmapped for one',
    breaks: ['ATTACH-024'],
    install: () =>
      withDrivers({
        DynamicImporter: class extends DynamicImporter {
          protected override *unmap(table: SgTable): KernelTask<void> {
            yield* this.kernel.attachments.unmap(this.attachment, table, DMA_TO_DEVICE);
          }
        },
      }),
  }),
  fault({
    id: 'attach-024-writes-what-it-reads',
    mistake: 'the device writes to what is mapped for reading',
    breaks: ['ATTACH-024'],
    install: () =>
      withDrivers({
        StaticImporter: class extends StaticImporter {
          protected override directionOf(): typeof DMA_TO_DEVICE | typeof DMA_FROM_DEVICE {
            return DMA_TO_DEVICE;
          }
        },
      }),
  }),
  fault({
    id: 'attach-029-locks-again',
    mistake: 'the importer takes the reservation lock in move_notify',
    breaks: ['ATTACH-029'],
    install: () =>
      withDrivers({
        DynamicImporter: class extends DynamicImporter {
          override *moveNotify(): KernelTask<void> {
            yield* this.buffer.resv.acquire();
            yield* super.moveNotify();
            yield* this.buffer.resv.release();
          }
        },
      }),
  }),
  fault({
    id: 'attach-031-keeps-the-old-table',
    mistake: 'the importer goes on with its old table after a move',
    breaks: ['ATTACH-031'],
    install: () =>
      withDrivers({
        DynamicImporter: class extends DynamicImporter {
          override *moveNotify(): KernelTask<void> {}
        },
      }),
  }),
];
