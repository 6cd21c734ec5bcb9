import type { KernelTask } from '../kernel/access.ts';
import type { KernelObject } from '../kernel/object.ts';
import type { MapBacking, MapRequest } from '../uapi/mapping.ts';
import type { DmaBufAttachment } from './dma-buf-attachment.ts';
import type { DmaBuf } from './dma-buf.ts';
import type { SgTable } from './sg-table.ts';

/** Who writes: both sides, the CPU, the device, nobody. @kernel enum dma_data_direction */
export const DMA_BIDIRECTIONAL = 0;
export const DMA_TO_DEVICE = 1;
export const DMA_FROM_DEVICE = 2;
export const DMA_NONE = 3;

export type DmaDirection = 0 | 1 | 2 | 3;

/** A buffer as the kernel itself sees it, all pages in a row. @kernel struct iosys_map */
export interface KernelMapping extends KernelObject {
  readByte(offset: number): KernelTask<number>;
  writeByte(offset: number, byte: number): KernelTask<void>;
}

/**
 * What an exporter provides. `map`, `unmap` and `release` are obligatory, `pin` and `unpin` come
 * together and make it a dynamic one.
 *
 * @kernel struct dma_buf_ops
 */
export interface DmaBufOps {
  /** The core keeps the first mapping of each attachment. @kernel cache_sgt_mapping */
  readonly cacheSgtMapping?: boolean;
  /** Refuses devices that cannot reach the storage. Without the reservation lock. */
  attach?(buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<number>;
  /** Without the reservation lock. */
  detach?(buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<void>;
  /** Keeps the storage where it is. With the reservation lock. */
  pin?(attachment: DmaBufAttachment): KernelTask<number>;
  /** With the reservation lock. */
  unpin?(attachment: DmaBufAttachment): KernelTask<void>;
  /** A table, null for "no memory", or a negative error. With the reservation lock. */
  map(attachment: DmaBufAttachment, direction: DmaDirection): KernelTask<SgTable | number | null>;
  /** With the reservation lock. */
  unmap(attachment: DmaBufAttachment, table: SgTable, direction: DmaDirection): KernelTask<void>;
  /** The last reference is gone. Without the reservation lock; may sleep. */
  release(buffer: DmaBuf): KernelTask<void>;
  /** Makes the storage coherent for the CPU. Without the reservation lock. */
  beginCpuAccess?(buffer: DmaBuf, direction: DmaDirection): KernelTask<number>;
  /** Without the reservation lock. */
  endCpuAccess?(buffer: DmaBuf, direction: DmaDirection): KernelTask<number>;
  /** Without the reservation lock. */
  mmap?(buffer: DmaBuf, request: MapRequest): KernelTask<MapBacking | number>;
  /** With the reservation lock. */
  vmap?(buffer: DmaBuf): KernelTask<KernelMapping | number>;
  /** With the reservation lock. */
  vunmap?(buffer: DmaBuf, mapping: KernelMapping): KernelTask<void>;
}

/** What an importer provides that can follow moves. @kernel struct dma_buf_attach_ops */
export interface ImporterOps {
  /** Its device can reach storage that has no ordinary pages. */
  readonly allowPeer2peer?: boolean;
  /** The storage is about to move. With the reservation lock. */
  moveNotify?(attachment: DmaBufAttachment): KernelTask<void>;
}

/** Exporter operations that cannot be left out. @rule BUF-001 */
export function areComplete(ops: Partial<DmaBufOps>): ops is DmaBufOps {
  return ops.map !== undefined && ops.unmap !== undefined && ops.release !== undefined;
}

/** @kernel dma_buf_is_dynamic */
export function isDynamic(ops: DmaBufOps): boolean {
  return ops.pin !== undefined;
}
