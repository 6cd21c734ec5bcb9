import type { DmaDirection } from '../dma-buf/dma-buf-ops.ts';
import type { SgTable } from '../dma-buf/sg-table.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EIO } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';

/**
 * Makes memory reachable for devices, and caches agree with it. On a coherent machine there is
 * nothing to do but to say so.
 */
export class DmaSync extends KernelObject {
  /** 0, or why the device cannot reach the memory. @kernel dma_map_sgtable */
  *map(table: SgTable, direction: DmaDirection): KernelTask<number> {
    // No bounce buffer is left.
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -EIO;
    this.world.trace('dma_map_sg', table, null, direction);
    return 0;
  }

  /** @kernel dma_unmap_sgtable */
  unmap(table: SgTable, direction: DmaDirection): void {
    this.touch(table);
    this.world.trace('dma_unmap_sg', table, null, direction);
  }

  /** @kernel dma_sync_sgtable_for_cpu */
  forCpu(table: SgTable, direction: DmaDirection): void {
    this.touch(table);
    this.world.trace('dma_sync_sg_for_cpu', table, null, direction);
  }

  /** @kernel dma_sync_sgtable_for_device */
  forDevice(table: SgTable, direction: DmaDirection): void {
    this.touch(table);
    this.world.trace('dma_sync_sg_for_device', table, null, direction);
  }

  /** The kernel's own mapping of `area`, before the CPU reads it. @kernel invalidate_kernel_vmap_range */
  invalidate(area: KernelObject): void {
    this.world.trace('invalidate_kernel_vmap_range', area);
  }

  /** The same, behind the CPU's writes. @kernel flush_kernel_vmap_range */
  flush(area: KernelObject): void {
    this.world.trace('flush_kernel_vmap_range', area);
  }

  /** A table that is gone must not be synced. */
  private touch(table: SgTable): void {
    this.world.memory.reads(table, 'segments', 'once');
  }

  visitState(_visit: StateVisitor): void {}
}
