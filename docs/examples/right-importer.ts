import {
  DMA_BIDIRECTIONAL,
  DMA_RESV_USAGE_READ,
  DMA_RESV_USAGE_WRITE,
  type DmaBuf,
  type DmaFence,
  type DriverKernel,
  type Engine,
  Importer,
  type KernelTask,
  type SgTable,
} from '../../properties/index.ts';

/** A graphics card that works on buffers of others. It keeps its mapping until it hears of a move. */
export class Gpu extends Importer {
  private readonly ring: Engine;
  /** These three under the reservation lock. */
  private table: SgTable | null = null;
  private isStale = false;
  private last: DmaFence | null = null;

  constructor(kernel: DriverKernel, buffer: DmaBuf) {
    super(kernel, buffer);
    this.ring = kernel.engine('ring');
  }

  override *moveNotify(): KernelTask<void> {
    // Jobs under way have their fences in the reservation: the exporter waits for those.
    this.isStale = true;
  }

  *job(access: 'read' | 'write'): KernelTask<number> {
    const { resv } = this.buffer;
    yield* resv.acquire();
    const error = yield* this.jobLocked(access === 'write');
    yield* resv.release();
    return error;
  }

  private *jobLocked(isWrite: boolean): KernelTask<number> {
    const { attachment, buffer, kernel } = this;
    const error = yield* buffer.resv.reserveFences(1);
    if (error !== 0) return error;
    if (this.isStale) yield* this.dropTable();
    const table = this.table ?? (yield* kernel.attachments.map(attachment, DMA_BIDIRECTIONAL));
    if (typeof table === 'number') return table;
    this.table = table;
    // Readers wait for writers, writers for all, and everybody for moves.
    const after = yield* kernel.fences(buffer, buffer.resv.usageRw(isWrite));
    if (typeof after === 'number') return after;
    const done = yield* this.ring.submit({ after, work: () => this.work(table, isWrite) });
    yield* buffer.resv.addFence(done, isWrite ? DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_READ);
    if (this.last !== null) yield* this.last.put();
    this.last = done;
    return 0;
  }

  private *work(table: SgTable, isWrite: boolean): KernelTask<void> {
    if (isWrite) yield* this.kernel.deviceWrites(this.attachment, table, 1);
    else yield* this.kernel.deviceReads(this.attachment, table);
  }

  private *dropTable(): KernelTask<void> {
    if (this.last !== null) {
      yield* this.last.wait(false);
      yield* this.last.put();
      this.last = null;
    }
    if (this.table === null) return;
    yield* this.kernel.attachments.unmap(this.attachment, this.table, DMA_BIDIRECTIONAL);
    this.table = null;
    this.isStale = false;
  }

  *close(): KernelTask<void> {
    const { resv } = this.buffer;
    yield* resv.acquire();
    yield* this.dropTable();
    yield* resv.release();
    yield* this.detach();
  }
}
