import {
  DMA_BIDIRECTIONAL,
  DMA_RESV_USAGE_READ,
  DMA_RESV_USAGE_WRITE,
  DMA_TO_DEVICE,
  type DmaBuf,
  type DmaFence,
  type DriverKernel,
  type Engine,
  Importer,
  type KernelTask,
  type SgTable,
} from '../../properties/index.ts';

/** The same card, with four mistakes. */
export class HastyGpu extends Importer {
  private readonly ring: Engine;
  private table: SgTable | null = null;
  private last: DmaFence | null = null;

  constructor(kernel: DriverKernel, buffer: DmaBuf) {
    super(kernel, buffer);
    this.ring = kernel.engine('ring');
  }

  override *moveNotify(): KernelTask<void> {
    // Mistake 1: nothing happens. The next job works on the old place.
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
    const table = this.table ?? (yield* kernel.attachments.map(attachment, DMA_BIDIRECTIONAL));
    if (typeof table === 'number') return table;
    this.table = table;
    // Mistake 2: the job waits for nobody, and reads what is still being copied.
    const done = yield* this.ring.submit({ after: [], work: () => this.work(table, isWrite) });
    yield* buffer.resv.addFence(done, isWrite ? DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_READ);
    // Mistake 3: the fence of the job before is forgotten, and its reference with it.
    this.last = done;
    return 0;
  }

  private *work(table: SgTable, isWrite: boolean): KernelTask<void> {
    if (isWrite) yield* this.kernel.deviceWrites(this.attachment, table, 1);
    else yield* this.kernel.deviceReads(this.attachment, table);
  }

  *close(): KernelTask<void> {
    const { resv } = this.buffer;
    yield* resv.acquire();
    if (this.last !== null) {
      yield* this.last.wait(false);
      yield* this.last.put();
    }
    if (this.table !== null) {
      // Mistake 4: mapped for both directions, and unmapped for one.
      yield* this.kernel.attachments.unmap(this.attachment, this.table, DMA_TO_DEVICE);
    }
    yield* resv.release();
    yield* this.detach();
  }
}
