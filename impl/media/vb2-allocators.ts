import type { Device } from '../dma-buf/dma-buf-attachment.ts';
import { DMA_NONE, type DmaDirection } from '../dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import type { SgTable } from '../dma-buf/sg-table.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EFAULT, EINVAL, ENOMEM } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import { PAGE_SIZE } from '../uapi/pages.ts';
import { Vb2Import } from './vb2-import.ts';
import type { Vb2Memory } from './vb2-memory.ts';
import type { Vb2MemOps } from './vb2-ops.ts';
import type { Vb2Queue } from './vb2-queue.ts';

/** Memory in any pages; devices that can gather them. @kernel vb2_dma_sg_memops */
export class Vb2DmaSg implements Vb2MemOps {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  protected get isContiguous(): boolean {
    return false;
  }

  /** In which direction the queue's own memory is mapped for as long as it lives. */
  protected ownDirection({ direction }: Vb2Queue): DmaDirection {
    return direction;
  }

  /** @kernel vb2_dma_sg_alloc @kernel vb2_dc_alloc */
  *alloc(queue: Vb2Queue, _device: Device, size: number): KernelTask<Vb2Memory | number> {
    const { stack, isContiguous } = this;
    const { memory } = stack.world;
    if (!(yield* memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    if (!(yield* memory.reserve('GFP_KERNEL'))) return -ENOMEM; // the pages
    const length = Math.ceil(size / PAGE_SIZE) * PAGE_SIZE;
    const direction = this.ownDirection(queue);
    const made = new stack.types.Vb2Memory(stack, length, isContiguous, direction);
    if (direction === DMA_NONE) return made;
    if ((yield* stack.dmaSync.map(made.table, direction)) === 0) return made;
    memory.free(made.table);
    memory.free(made.pages);
    memory.free(made);
    return -ENOMEM;
  }

  /** @kernel vb2_dma_sg_attach_dmabuf @kernel vb2_dc_attach_dmabuf @rule VB2-003 */
  *attachDmabuf(
    queue: Vb2Queue,
    device: Device,
    dmabuf: DmaBuf,
    size: number,
  ): KernelTask<Vb2Import | number> {
    if (dmabuf.bytes < size) return -EFAULT;
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const attachment = yield* this.stack.bufferAttachments.attach(dmabuf, device);
    if (typeof attachment === 'number') return attachment;
    return new Vb2Import(dmabuf, attachment, queue.direction, size);
  }

  /** @kernel vb2_dma_sg_map_dmabuf @kernel vb2_dc_map_dmabuf @rule VB2-003 */
  *mapDmabuf(plane: Vb2Import): KernelTask<number> {
    const { attachment, direction } = plane;
    const { bufferAttachments, world } = this.stack;
    if (attachment === null) return world.fault('bug', 'a plane without attachment', plane);
    const table = yield* bufferAttachments.mapUnlocked(attachment, direction);
    if (typeof table === 'number') return -EINVAL;
    if (this.isReachable(table, plane.size)) {
      plane.table.set(table);
      return 0;
    }
    yield* bufferAttachments.unmapUnlocked(attachment, table, direction);
    return -EFAULT;
  }

  /** The device can use as many bytes as it needs. */
  protected isReachable(_table: SgTable, _size: number): boolean {
    return true;
  }

  /** @kernel vb2_dma_sg_unmap_dmabuf @kernel vb2_dc_unmap_dmabuf */
  *unmapDmabuf(plane: Vb2Import): KernelTask<void> {
    const { attachment, direction } = plane;
    const table = plane.table.get();
    if (attachment === null || table === null) return;
    yield* this.stack.bufferAttachments.unmapUnlocked(attachment, table, direction);
    plane.table.set(null);
  }

  /** @kernel vb2_dma_sg_detach_dmabuf @kernel vb2_dc_detach_dmabuf */
  *detachDmabuf(plane: Vb2Import): KernelTask<void> {
    if (plane.table.get() !== null) yield* this.unmapDmabuf(plane);
    const { dmabuf, attachment } = plane;
    yield* this.stack.bufferAttachments.detach(dmabuf, attachment);
    this.stack.world.memory.free(plane);
  }

  /** @kernel vb2_dma_sg_prepare @rule VB2-007 */
  prepare(memory: Vb2Memory): void {
    if (memory.direction !== DMA_NONE) {
      this.stack.dmaSync.forDevice(memory.table, memory.direction);
    }
  }

  /** @kernel vb2_dma_sg_finish @rule VB2-007 */
  finish(memory: Vb2Memory): void {
    if (memory.direction !== DMA_NONE) this.stack.dmaSync.forCpu(memory.table, memory.direction);
  }
}

/** Coherent memory in one run; devices that need that. @kernel vb2_dma_contig_memops */
export class Vb2DmaContig extends Vb2DmaSg {
  protected override get isContiguous(): boolean {
    return true;
  }

  /** It is coherent, so nothing ever has to be done about it. */
  protected override ownDirection(_queue: Vb2Queue): DmaDirection {
    return DMA_NONE;
  }

  /** @kernel vb2_dc_get_contiguous_size @rule VB2-003 */
  protected override isReachable({ segments }: SgTable, size: number): boolean {
    let expected = segments[0]?.dmaAddress ?? 0;
    let contiguous = 0;
    for (const { dmaAddress, length } of segments) {
      if (dmaAddress !== expected) break;
      expected += length;
      contiguous += length;
    }
    return contiguous >= size;
  }
}

/** Memory that only the CPU accesses. @kernel vb2_vmalloc_memops */
export class Vb2Vmalloc extends Vb2DmaSg {
  protected override ownDirection(_queue: Vb2Queue): DmaDirection {
    return DMA_NONE;
  }

  /** @kernel vb2_vmalloc_attach_dmabuf */
  override *attachDmabuf(
    queue: Vb2Queue,
    _device: Device,
    dmabuf: DmaBuf,
    size: number,
  ): KernelTask<Vb2Import | number> {
    if (dmabuf.bytes < size) return -EFAULT;
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    return new Vb2Import(dmabuf, null, queue.direction, size);
  }

  /** @kernel vb2_vmalloc_map_dmabuf @rule VB2-003 */
  override *mapDmabuf(plane: Vb2Import): KernelTask<number> {
    const mapping = yield* this.stack.bufferAccess.vmapUnlocked(plane.dmabuf);
    if (typeof mapping === 'number') return -EFAULT;
    plane.mapping.set(mapping);
    return 0;
  }

  /** @kernel vb2_vmalloc_unmap_dmabuf */
  override *unmapDmabuf(plane: Vb2Import): KernelTask<void> {
    const mapping = plane.mapping.get();
    if (mapping === null) return;
    yield* this.stack.bufferAccess.vunmapUnlocked(plane.dmabuf, mapping);
    plane.mapping.set(null);
  }

  /** @kernel vb2_vmalloc_detach_dmabuf */
  override *detachDmabuf(plane: Vb2Import): KernelTask<void> {
    yield* this.unmapDmabuf(plane);
    this.stack.world.memory.free(plane);
  }
}
