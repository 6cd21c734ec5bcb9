import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ENOMEM } from '../../../impl/kernel/errno.ts';
import type { PageMapping, VmapArea } from '../../../impl/exporters/page-mapping.ts';
import type { KernelMapping } from '../../../impl/dma-buf/dma-buf-ops.ts';
import { Exporter } from '../exporter.ts';

/** An exporter as it should be, whose storage stays where it is. */
export class PlainExporter extends Exporter {
  override *open(): KernelTask<number> {
    const storage = yield* this.kernel.allocate(this.bytes);
    if (storage === null) return -ENOMEM;
    this.settle(storage);
    return 0;
  }

  *map(): KernelTask<SgTable | null> {
    return yield* this.kernel.table(this.storage);
  }

  *unmap(_attachment: DmaBufAttachment, table: SgTable): KernelTask<void> {
    this.kernel.free(table);
  }

  override *mmap(): KernelTask<PageMapping> {
    return this.kernel.userMapping(() => this.storage);
  }

  override *vmap(): KernelTask<VmapArea> {
    return this.kernel.kernelMapping(this, this.storage);
  }

  override *vunmap(mapping: KernelMapping): KernelTask<void> {
    this.kernel.free(mapping);
  }

  *release(): KernelTask<void> {
    // Devices may still be at work.
    yield* this.idle();
    yield* this.storage.free();
  }
}
