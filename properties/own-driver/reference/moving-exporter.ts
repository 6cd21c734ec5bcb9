import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import {
  DMA_RESV_USAGE_BOOKKEEP,
  DMA_RESV_USAGE_KERNEL,
} from '../../../impl/dma-buf/resv-usage.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBUSY, ENOMEM } from '../../../impl/kernel/errno.ts';
import type { Engine } from '../engine.ts';
import { Exporter } from '../exporter.ts';
import type { DriverKernel } from '../driver-kernel.ts';
import type { Storage } from '../storage.ts';

/** An exporter as it should be, whose storage can move: an engine copies the content. */
export class MovingExporter extends Exporter {
  protected readonly engine: Engine;
  /** Under the reservation lock. */
  protected pins = 0;

  constructor(kernel: DriverKernel, bytes: number) {
    super(kernel, bytes);
    this.engine = kernel.engine('copy');
  }

  override *open(): KernelTask<number> {
    const storage = yield* this.kernel.allocate(this.bytes);
    if (storage === null) return -ENOMEM;
    this.settle(storage);
    return 0;
  }

  override *pin(): KernelTask<number> {
    this.pins += 1;
    // The content may be on its way.
    yield* this.kernel.wait(this.buffer, DMA_RESV_USAGE_KERNEL);
    return 0;
  }

  override *unpin(): KernelTask<void> {
    this.pins -= 1;
  }

  *map(_attachment: DmaBufAttachment): KernelTask<SgTable | null> {
    return yield* this.kernel.table(this.storage);
  }

  *unmap(_attachment: DmaBufAttachment, table: SgTable): KernelTask<void> {
    this.kernel.free(table);
  }

  override *move(): KernelTask<number> {
    const { resv } = this.buffer;
    yield* resv.acquire();
    const error = yield* this.moveLocked();
    yield* resv.release();
    return error;
  }

  protected *moveLocked(): KernelTask<number> {
    const { buffer, kernel, storage: old } = this;
    if (this.pins > 0) return -EBUSY;
    const error = yield* buffer.resv.reserveFences(1);
    if (error !== 0) return error;
    const users = yield* this.users();
    if (typeof users === 'number') return users;
    const next = yield* kernel.allocate(this.bytes);
    if (next === null) {
      for (const fence of users) yield* fence.put();
      return -ENOMEM;
    }
    yield* this.notify();
    this.settle(next);
    const copied = yield* this.engine.submit({
      after: users,
      work: () => this.carryOver(old, next),
    });
    yield* buffer.resv.addFence(copied, DMA_RESV_USAGE_KERNEL);
    yield* copied.put();
    return 0;
  }

  /** Takes another place for content that nobody has written yet: there is nothing to copy. */
  *moveEmpty(): KernelTask<number> {
    const { buffer, kernel } = this;
    yield* buffer.resv.acquire();
    const { storage: old } = this;
    const isPinned = this.pins > 0;
    const next = isPinned ? null : yield* kernel.allocate(this.bytes);
    if (next !== null) {
      yield* this.notify();
      this.settle(next);
      yield* old.free();
    }
    yield* buffer.resv.release();
    if (next !== null) return 0;
    return isPinned ? -EBUSY : -ENOMEM;
  }

  protected *notify(): KernelTask<void> {
    yield* this.kernel.attachments.moveNotify(this.buffer);
  }

  /** Whoever uses the old place must be done before the content leaves it. */
  protected *users(): KernelTask<readonly DmaFence[] | number> {
    return yield* this.kernel.fences(this.buffer, DMA_RESV_USAGE_BOOKKEEP);
  }

  private *carryOver(old: Storage, next: Storage): KernelTask<void> {
    yield* next.copyFrom(old);
    yield* old.free();
  }

  *release(): KernelTask<void> {
    yield* this.idle();
    yield* this.storage.free();
  }
}
