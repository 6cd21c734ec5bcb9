import type { KernelTask } from '../kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../kernel/clock.ts';
import { EINVAL, EOVERFLOW } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import type { File } from '../uapi/file.ts';
import { type MapBacking, type MapRequest } from '../uapi/mapping.ts';
import { PAGE_SIZE } from '../uapi/pages.ts';
import {
  DMA_BIDIRECTIONAL,
  DMA_TO_DEVICE,
  type DmaDirection,
  type KernelMapping,
} from './dma-buf-ops.ts';
import type { DmaBuf } from './dma-buf.ts';

/** Page numbers are unsigned longs. */
const PAGES_END: bigint = 2n ** 64n;

/** A mapping in the making; only who makes it sees it. @kernel struct vm_area_struct */
export interface VmArea {
  /** Null: memory without a file. */
  file: File | null;
  request: MapRequest;
}

/** The CPU's ways into a buffer: brackets, kernel mappings. */
export class DmaBufAccess {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /**
   * 0, or a negative error; then nothing was begun.
   *
   * @kernel dma_buf_begin_cpu_access
   * @rule CPU-001
   * @rule CPU-006
   */
  *begin(buffer: DmaBuf | null, direction: DmaDirection): KernelTask<number> {
    if (this.stack.world.warnOn(buffer === null, 'begin_cpu_access of nothing')) return -EINVAL;
    if (buffer === null) return -EINVAL;
    buffer.resv.mightLock('dma_buf_begin_cpu_access');
    if (buffer.ops.beginCpuAccess !== undefined) {
      const error = yield* buffer.ops.beginCpuAccess(buffer, direction);
      if (error !== 0) return error;
    }
    const left = yield* this.waitForOthers(buffer, direction);
    return left < 0 ? left : 0;
  }

  /** Whoever writes waits for readers too. @kernel __dma_buf_begin_cpu_access @rule CPU-002 */
  protected *waitForOthers(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
    const { resv } = buffer;
    const isWrite = direction === DMA_BIDIRECTIONAL || direction === DMA_TO_DEVICE;
    return yield* resv.waitTimeout(resv.usageRw(isWrite), true, MAX_SCHEDULE_TIMEOUT);
  }

  /** @kernel dma_buf_end_cpu_access @rule CPU-003 @rule CPU-006 */
  *end(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
    buffer.resv.mightLock('dma_buf_end_cpu_access');
    if (buffer.ops.endCpuAccess === undefined) return 0;
    return yield* buffer.ops.endCpuAccess(buffer, direction);
  }

  /**
   * Lets a mapping that a driver is making show this buffer, from a page on. The caller's mapping
   * keeps the buffer from now on, also when the exporter refuses.
   *
   * @kernel dma_buf_mmap
   * @rule BUF-027
   */
  *mmap(buffer: DmaBuf, area: VmArea, firstPage: bigint): KernelTask<MapBacking | number> {
    if (buffer.ops.mmap === undefined) return -EINVAL;
    const { length } = area.request;
    const pages = BigInt(Math.ceil(length / PAGE_SIZE));
    if (firstPage + pages >= PAGES_END) return -EOVERFLOW;
    if (firstPage + pages > BigInt(Math.floor(buffer.bytes / PAGE_SIZE))) return -EINVAL;
    const old = area.file;
    area.file = yield* buffer.file.get();
    if (old !== null) yield* old.put();
    area.request = { ...area.request, offset: Number(firstPage) * PAGE_SIZE };
    return yield* buffer.ops.mmap(buffer, area.request);
  }

  /**
   * The buffer in the kernel's address space, or a negative error.
   *
   * @kernel dma_buf_vmap
   * @rule BUF-029
   * @rule BUF-030
   * @rule BUF-032
   */
  *vmap(buffer: DmaBuf): KernelTask<KernelMapping | number> {
    const { world } = this.stack;
    buffer.resv.assertHeld('dma_buf_vmap');
    if (buffer.ops.vmap === undefined) return -EINVAL;
    const count = buffer.vmapCount.get();
    const known = buffer.vmapPointer.get();
    world.bugOn(count > 0 !== (known !== null), 'a kernel mapping is miscounted', buffer);
    if (known !== null) {
      buffer.vmapCount.set(count + 1);
      buffer.tell('vmap.shared');
      return known;
    }
    const mapping = yield* buffer.ops.vmap(buffer);
    const isRefused = typeof mapping === 'number';
    world.warnOn(isRefused, 'the exporter refuses a kernel mapping', buffer);
    if (isRefused) {
      buffer.tell('vmap.refused');
      return mapping;
    }
    buffer.vmapPointer.set(mapping);
    buffer.vmapCount.set(1);
    buffer.tell('vmap');
    return mapping;
  }

  /** @kernel dma_buf_vunmap @rule BUF-031 @rule BUF-032 */
  *vunmap(buffer: DmaBuf, mapping: KernelMapping): KernelTask<void> {
    const { world } = this.stack;
    buffer.resv.assertHeld('dma_buf_vunmap');
    const count = buffer.vmapCount.get();
    world.bugOn(count === 0, 'dma_buf_vunmap without dma_buf_vmap', buffer);
    const isOther = buffer.vmapPointer.ask((known) => known !== mapping);
    world.bugOn(isOther, 'dma_buf_vunmap of another mapping', buffer);
    buffer.vmapCount.set(count - 1);
    if (count > 1) {
      buffer.tell('vunmap');
      return;
    }
    if (buffer.ops.vunmap !== undefined) yield* buffer.ops.vunmap(buffer, mapping);
    buffer.vmapPointer.set(null);
    buffer.tell('vunmap.last');
  }

  /** @kernel dma_buf_vmap_unlocked @rule BUF-032 */
  *vmapUnlocked(buffer: DmaBuf): KernelTask<KernelMapping | number> {
    yield* buffer.resv.acquire();
    const mapping = yield* this.vmap(buffer);
    yield* buffer.resv.release();
    return mapping;
  }

  /** @kernel dma_buf_vunmap_unlocked @rule BUF-032 */
  *vunmapUnlocked(buffer: DmaBuf, mapping: KernelMapping): KernelTask<void> {
    yield* buffer.resv.acquire();
    yield* this.vunmap(buffer, mapping);
    yield* buffer.resv.release();
  }
}
