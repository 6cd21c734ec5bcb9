import type { DmaBufAttachment } from '../dma-buf/dma-buf-attachment.ts';
import {
  DMA_NONE,
  type DmaBufOps,
  type DmaDirection,
  type KernelMapping,
} from '../dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import { type SgSegment, SgTable } from '../dma-buf/sg-table.ts';
import { dmaBase } from '../exporters/dma-addresses.ts';
import { PageMapping, type PageOf, VmapArea } from '../exporters/page-mapping.ts';
import type { KernelTask } from '../kernel/access.ts';
import { Count } from '../kernel/count.ts';
import { EIO, ENOMEM } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import type { Stack } from '../stack.ts';
import type { MapBacking } from '../uapi/mapping.ts';
import { PAGE_SIZE, Pages } from '../uapi/pages.ts';

/** A device's table of exported memory. @kernel struct vb2_dc_attachment */
export class Vb2Attachment extends KernelObject {
  readonly table: SgTable;
  /** In which it is mapped, from the first mapping on. Under the reservation lock. */
  readonly direction: PlainWord<DmaDirection>;

  constructor(table: SgTable) {
    super(table.world, 'vb2Attachment');
    this.table = table;
    this.direction = new PlainWord<DmaDirection>(this, 'direction', DMA_NONE);
  }

  visitState(visit: StateVisitor): void {
    visit('table', this.table);
    visit('direction', this.direction.value);
  }
}

/**
 * Memory of a plane that belongs to the queue, as an exporter. Each export has a reference: the
 * memory outlives the queue's buffers for as long as others use it.
 *
 * @kernel struct vb2_dc_buf
 */
export class Vb2Memory extends KernelObject implements DmaBufOps {
  readonly stack: Stack;
  /** Whole pages. Unit: bytes. */
  readonly length: number;
  /** All in one run, as devices see it. */
  readonly isContiguous: boolean;
  readonly pages: Pages;
  /** The plane has one, and each export. */
  readonly references: Count;
  /** Where the queue's own device finds it. */
  readonly table: SgTable;
  /** In which that table is mapped; none where the memory needs no mapping. */
  readonly direction: DmaDirection;

  /** `segments`: where the memory is, if that is not its own affair. */
  constructor(
    stack: Stack,
    length: number,
    isContiguous: boolean,
    direction: DmaDirection,
    segments: readonly SgSegment[] | null = null,
  ) {
    super(stack.world, 'vb2Memory');
    this.stack = stack;
    this.length = length;
    this.isContiguous = isContiguous;
    this.direction = direction;
    this.pages = new Pages(stack.world);
    this.references = new Count(this, 'references');
    this.table = new SgTable(stack.world, segments ?? this.segments());
  }

  protected segments(): readonly SgSegment[] {
    const base = dmaBase(this);
    if (this.isContiguous) return [{ dmaAddress: base, length: this.length, pages: this.pages }];
    // Pages are not neighbours.
    return Array.from({ length: this.length / PAGE_SIZE }, (_, number) => ({
      dmaAddress: base + number * 2 * PAGE_SIZE,
      length: PAGE_SIZE,
      pages: this.pages,
    }));
  }

  protected pageAt(number: number): PageOf | null {
    return number < this.length / PAGE_SIZE ? { pages: this.pages, index: number } : null;
  }

  /** @kernel vb2_dc_put @kernel vb2_dma_sg_put @rule VB2-014 */
  *put(): KernelTask<void> {
    if (!(yield* this.references.decAndTest())) return;
    const { memory } = this.world;
    if (this.direction !== DMA_NONE) this.stack.dmaSync.unmap(this.table, this.direction);
    memory.free(this.table);
    yield* this.giveBack();
    memory.free(this);
  }

  /** Nobody has the memory any more. */
  protected *giveBack(): KernelTask<void> {
    yield* this.pages.put();
  }

  /** @kernel vb2_dc_dmabuf_ops_attach */
  *attach(_buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<number> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const table = new SgTable(this.world, this.segments());
    attachment.exporterPrivate.set(new Vb2Attachment(table));
    return 0;
  }

  protected ownOf(attachment: DmaBufAttachment): Vb2Attachment {
    const own = attachment.exporterPrivate.get();
    if (own instanceof Vb2Attachment) return own;
    return this.world.fault('bug', 'an attachment of another exporter', this);
  }

  /** The mapping stays until the device is detached, or asks for another direction. @kernel vb2_dc_dmabuf_ops_map */
  *map(attachment: DmaBufAttachment, direction: DmaDirection): KernelTask<SgTable | number> {
    const own = this.ownOf(attachment);
    const { table } = own;
    const known = own.direction.get();
    if (known === direction) return table;
    if (known !== DMA_NONE) this.stack.dmaSync.unmap(table, known);
    own.direction.set(DMA_NONE);
    if ((yield* this.stack.dmaSync.map(table, direction)) !== 0) return -EIO;
    own.direction.set(direction);
    return table;
  }

  /** @kernel vb2_dc_dmabuf_ops_unmap */
  *unmap(): KernelTask<void> {}

  /** @kernel vb2_dc_dmabuf_ops_detach */
  *detach(_buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<void> {
    const own = this.ownOf(attachment);
    const direction = own.direction.get();
    if (direction !== DMA_NONE) this.stack.dmaSync.unmap(own.table, direction);
    this.world.memory.free(own.table);
    this.world.memory.free(own);
  }

  /** @kernel vb2_dc_dmabuf_ops_mmap */
  *mmap(): KernelTask<MapBacking | number> {
    return new PageMapping((number) => this.pageAt(number), [this.pages]);
  }

  /** @kernel vb2_dc_dmabuf_ops_vmap @kernel vb2_dma_sg_dmabuf_ops_vmap @rule VB2-013 */
  *vmap(): KernelTask<KernelMapping | number> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    return new VmapArea(this, (number) => this.pageAt(number), [this.pages]);
  }

  *vunmap(_buffer: DmaBuf, mapping: KernelMapping): KernelTask<void> {
    this.world.memory.free(mapping);
  }

  /** @kernel vb2_dc_dmabuf_ops_release @rule VB2-014 */
  *release(): KernelTask<void> {
    yield* this.put();
  }

  visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
    visit('pages', this.pages);
    visit('table', this.table);
  }
}
