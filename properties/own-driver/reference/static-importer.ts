import { DMA_FROM_DEVICE, DMA_TO_DEVICE } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import { DMA_RESV_USAGE_READ, DMA_RESV_USAGE_WRITE } from '../../../impl/dma-buf/resv-usage.ts';
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
    const { attachment, buffer, kernel } = this;
    const isWrite = access === 'write';
    const direction = this.directionOf(isWrite);
    yield* buffer.resv.acquire();
    const table = yield* kernel.attachments.map(attachment, direction);
    const room = typeof table === 'number' ? table : yield* buffer.resv.reserveFences(1);
    if (typeof table === 'number' || room !== 0) {
      if (typeof table !== 'number') yield* kernel.attachments.unmap(attachment, table, direction);
      yield* buffer.resv.release();
      return room;
    }
    const done = yield* this.engine.submit({
      after: yield* kernel.fences(buffer, buffer.resv.usageRw(isWrite)),
      work: () =>
        isWrite
          ? kernel.deviceWrites(attachment, table, 1)
          : discard(kernel.deviceReads(attachment, table)),
    });
    yield* buffer.resv.addFence(done, isWrite ? DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_READ);
    yield* buffer.resv.release();
    yield* done.wait(false);
    yield* done.put();
    yield* kernel.attachments.unmapUnlocked(attachment, table, direction);
    return 0;
  }

  protected directionOf(isWrite: boolean): typeof DMA_FROM_DEVICE | typeof DMA_TO_DEVICE {
    return isWrite ? DMA_FROM_DEVICE : DMA_TO_DEVICE;
  }

  *close(): KernelTask<void> {
    yield* this.detach();
  }
}

function* discard(reads: KernelTask<number>): KernelTask<void> {
  yield* reads;
}
