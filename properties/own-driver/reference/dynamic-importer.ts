import { DMA_BIDIRECTIONAL } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { DMA_RESV_USAGE_READ, DMA_RESV_USAGE_WRITE } from '../../../impl/dma-buf/resv-usage.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { DriverKernel } from '../driver-kernel.ts';
import type { Engine } from '../engine.ts';
import { Importer } from '../importer.ts';

/** An importer as it should be that follows moves: it keeps its mapping until it hears of one. */
export class DynamicImporter extends Importer {
  protected readonly engine: Engine;
  /** Under the reservation lock. */
  protected table: SgTable | null = null;
  /** The table shows an old place. Under the reservation lock. */
  protected isStale = false;
  /** Of the last job. Under the reservation lock. */
  protected last: DmaFence | null = null;

  constructor(kernel: DriverKernel, buffer: DmaBuf) {
    super(kernel, buffer);
    this.engine = kernel.engine('gpu');
  }

  override *moveNotify(): KernelTask<void> {
    this.isStale = true;
  }

  *job(access: 'read' | 'write'): KernelTask<number> {
    yield* this.buffer.resv.acquire();
    const error = yield* this.jobLocked(access === 'write');
    yield* this.buffer.resv.release();
    return error;
  }

  protected *jobLocked(isWrite: boolean): KernelTask<number> {
    const { attachment, buffer, kernel } = this;
    const error = yield* buffer.resv.reserveFences(1);
    if (error !== 0) return error;
    if (this.isStale) yield* this.dropTable();
    const table = this.table ?? (yield* kernel.attachments.map(attachment, DMA_BIDIRECTIONAL));
    if (typeof table === 'number') return table;
    this.table = table;
    const after = yield* this.before(isWrite);
    if (typeof after === 'number') return after;
    const done = yield* this.engine.submit({
      after,
      work: () => this.access(table, isWrite),
    });
    yield* buffer.resv.addFence(done, isWrite ? DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_READ);
    if (this.last !== null) yield* this.last.put();
    this.last = done;
    return 0;
  }

  /** Implicit synchronisation: also with moves, whose fences come with every usage. */
  protected *before(isWrite: boolean): KernelTask<readonly DmaFence[] | number> {
    const { buffer, kernel } = this;
    return yield* kernel.fences(buffer, buffer.resv.usageRw(isWrite));
  }

  private *access(table: SgTable, isWrite: boolean): KernelTask<void> {
    const { attachment, kernel } = this;
    if (isWrite) yield* kernel.deviceWrites(attachment, table, 1);
    else yield* kernel.deviceReads(attachment, table);
  }

  /** The device must be done with the table. With the reservation lock. */
  protected *dropTable(): KernelTask<void> {
    if (this.last !== null) {
      yield* this.last.wait(false);
      yield* this.last.put();
      this.last = null;
    }
    if (this.table === null) return;
    yield* this.unmap(this.table);
    this.table = null;
    this.isStale = false;
  }

  protected *unmap(table: SgTable): KernelTask<void> {
    yield* this.kernel.attachments.unmap(this.attachment, table, DMA_BIDIRECTIONAL);
  }

  *close(): KernelTask<void> {
    yield* this.buffer.resv.acquire();
    yield* this.dropTable();
    yield* this.buffer.resv.release();
    yield* this.detach();
  }
}
