import type { DmaDirection } from '../dma-buf/dma-buf-ops.ts';
import type { SgTable } from '../dma-buf/sg-table.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';

/** What has to agree: a device's view of memory, or the kernel's own mapping. */
export interface SyncedView {
  /** Null: the kernel's own mapping. */
  readonly table: SgTable | null;
  readonly direction: DmaDirection;
}

/** Makes caches and memory agree. On a coherent machine there is nothing to do. */
export class DmaSync extends KernelObject {
  /** @kernel dma_sync_sgtable_for_cpu @kernel invalidate_kernel_vmap_range */
  forCpu(view: SyncedView): void {
    this.touch(view);
  }

  /** @kernel dma_sync_sgtable_for_device @kernel flush_kernel_vmap_range */
  forDevice(view: SyncedView): void {
    this.touch(view);
  }

  /** A table that is gone must not be synced. */
  private touch({ table }: SyncedView): void {
    if (table !== null) this.world.memory.reads(table, 'segments', 'once');
  }

  visitState(_visit: StateVisitor): void {}
}
