import { DMA_FROM_DEVICE, DMA_TO_DEVICE } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { DMA_RESV_USAGE_READ, DMA_RESV_USAGE_WRITE } from '../../../impl/dma-buf/resv-usage.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { DriverKernel } from '../driver-kernel.ts';
import type { Engine } from '../engine.ts';
import { Importer } from '../importer.ts';

/** An importer as it should be that hears of no moves: it maps for each job, and waits for it. */
export class StaticImporter extends Importer {
  protected readonly engine: Engine;

  constructor(kernel: DriverKernel, buffer: DmaBuf) {
    super(kernel, buffer);
    this.engine = kernel.engine('display');
  }

  *job(access: 'read' | 'write'): KernelTask<number> {
    const { attachment, kernel } = this;
    const isWrite = access === 'write';
    const direction = this.directionOf(isWrite);
    const table = yield* kernel.attachments.mapUnlocked(attachment, direction);
    if (typeof table === 'number') return table;
    const done = yield* this.submit(table, isWrite);
    if (typeof done !== 'number') {
      yield* done.wait(false);
      yield* done.put();
    }
    yield* kernel.attachments.unmapUnlocked(attachment, table, direction);
    return typeof done === 'number' ? done : 0;
  }

  /** The fence of the job, which others can find in the reservation; or a negative error. */
  private *submit(table: SgTable, isWrite: boolean): KernelTask<DmaFence | number> {
    const { resv } = this.buffer;
    yield* resv.acquire();
    const done = yield* this.submitLocked(table, isWrite);
    if (typeof done !== 'number') {
      yield* resv.addFence(done, isWrite ? DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_READ);
    }
    yield* resv.release();
    return done;
  }

  private *submitLocked(table: SgTable, isWrite: boolean): KernelTask<DmaFence | number> {
    const { buffer, kernel } = this;
    const error = yield* buffer.resv.reserveFences(1);
    if (error !== 0) return error;
    const after = yield* kernel.fences(buffer, buffer.resv.usageRw(isWrite));
    if (typeof after === 'number') return after;
    return yield* this.engine.submit({ after, work: () => this.access(table, isWrite) });
  }

  private *access(table: SgTable, isWrite: boolean): KernelTask<void> {
    const { attachment, kernel } = this;
    if (isWrite) yield* kernel.deviceWrites(attachment, table, 1);
    else yield* kernel.deviceReads(attachment, table);
  }

  protected directionOf(isWrite: boolean): typeof DMA_FROM_DEVICE | typeof DMA_TO_DEVICE {
    return isWrite ? DMA_FROM_DEVICE : DMA_TO_DEVICE;
  }

  *close(): KernelTask<void> {
    yield* this.detach();
  }
}
