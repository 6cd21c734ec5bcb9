import type { DmaBufAttachment } from '../dma-buf/dma-buf-attachment.ts';
import type { DmaBufOps, DmaDirection, KernelMapping } from '../dma-buf/dma-buf-ops.ts';
import { DMA_BIDIRECTIONAL } from '../dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import type { DmaResv } from '../dma-buf/dma-resv.ts';
import { SgTable } from '../dma-buf/sg-table.ts';
import { dmaBase } from '../exporters/dma-addresses.ts';
import { type PageOf, VmapArea } from '../exporters/page-mapping.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, ENOMEM, ENOSYS } from '../kernel/errno.ts';
import { Count } from '../kernel/count.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainTable, PlainWord } from '../kernel/plain.ts';
import type { MapBacking, MapRequest } from '../uapi/mapping.ts';
import { PAGE_SIZE, Pages } from '../uapi/pages.ts';
import type { DrmDevice } from './drm-device.ts';
import { GemMapping } from './gem-mapping.ts';

/** What an importing object has of its exporter. */
export interface Import {
  readonly attachment: DmaBufAttachment;
  readonly table: SgTable;
}

/**
 * A buffer of a device, and the exporter of the dma-buf that is made of it.
 *
 * @kernel struct drm_gem_object
 */
export class GemObject extends KernelObject implements DmaBufOps {
  readonly cacheSgtMapping = true;
  readonly device: DrmDevice;
  /** Unit: bytes, whole pages. */
  readonly size: number;
  readonly references: Count;
  /** Null for an object that was imported. */
  readonly pages: Pages | null;
  readonly imported: Import | null;
  readonly resv: DmaResv;
  /** Under the device's object-name lock. @kernel handle_count */
  readonly handleCount: PlainWord<number>;
  /** How many handles of a file allow it to map the object. It has a lock of its own. @kernel vm_files */
  readonly allowed: PlainTable<number>;
  /** Attachments that keep its memory in place. Under its reservation lock. @kernel pages_pin_count */
  readonly pins: PlainWord<number>;
  /** 0: none. Under the device's object-name lock. @kernel name */
  readonly globalName: PlainWord<number>;
  /** While it has handles. Under the device's object-name lock. @kernel dma_buf */
  readonly buffer: PlainWord<DmaBuf | null>;

  constructor(device: DrmDevice, size: number, imported: Import | null) {
    super(device.world, 'gemObject');
    this.device = device;
    this.size = size;
    this.imported = imported;
    this.references = new Count(this, 'references');
    this.pages = imported === null ? new Pages(device.world) : null;
    this.resv = this.reservationFor(imported);
    this.handleCount = new PlainWord<number>(this, 'handleCount', 0);
    this.allowed = new PlainTable<number>(this, 'allowed', 'full');
    this.globalName = new PlainWord<number>(this, 'name', 0);
    this.pins = new PlainWord<number>(this, 'pins', 0);
    this.buffer = new PlainWord<DmaBuf | null>(this, 'dma_buf', null);
  }

  /** An importing object has that of its exporter. @rule PRIME-008 */
  protected reservationFor(imported: Import | null): DmaResv {
    const { stack } = this.device;
    return imported?.attachment.buffer.resv ?? new stack.types.DmaResv(stack);
  }

  /** @kernel drm_gem_object_get */
  *get(): KernelTask<this> {
    yield* this.references.inc();
    return this;
  }

  /** @kernel drm_gem_object_put */
  *put(): KernelTask<void> {
    if (yield* this.references.decAndTest()) yield* this.free();
  }

  /** An importing object gives back what it has of its exporter. @kernel drm_gem_shmem_free @rule PRIME-009 */
  protected *free(): KernelTask<void> {
    const { imported, device, world } = this;
    yield* device.driver.freeObject?.(this) ?? nothing();
    if (imported === null) {
      if (this.pages !== null) yield* this.pages.put();
      yield* this.resv.fini();
    } else {
      const { attachment, table } = imported;
      const { bufferAttachments } = device.stack;
      yield* bufferAttachments.unmapUnlocked(attachment, table, DMA_BIDIRECTIONAL);
      const { buffer } = attachment;
      yield* bufferAttachments.detach(buffer, attachment);
      yield* buffer.file.putAtReturn();
    }
    yield* device.forget(this);
    world.memory.free(this);
  }

  /** Null behind its end. */
  pageAt(number: number): PageOf | null {
    if (this.pages === null || number >= this.size / PAGE_SIZE) return null;
    return { pages: this.pages, index: number };
  }

  /** @kernel drm_gem_map_attach @rule PRIME-009 */
  *attach(): KernelTask<number> {
    if (!this.device.driver.hasTables) return -ENOSYS;
    yield* this.changePins(1);
    return 0;
  }

  /** @kernel drm_gem_map_detach */
  *detach(): KernelTask<void> {
    yield* this.changePins(-1);
  }

  /** For a display: its pages must be there. @kernel drm_gem_shmem_pin */
  *pinPages(): KernelTask<number> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    yield* this.changePins(1);
    return 0;
  }

  /** @kernel drm_gem_shmem_unpin */
  *unpinPages(): KernelTask<void> {
    yield* this.changePins(-1);
  }

  /** @kernel drm_gem_pin @kernel drm_gem_unpin */
  protected *changePins(change: number): KernelTask<void> {
    yield* this.resv.acquire();
    this.pins.change((pins) => pins + change);
    yield* this.resv.release();
  }

  /** @kernel drm_gem_map_dma_buf */
  *map(
    _attachment: DmaBufAttachment,
    _direction: DmaDirection,
  ): KernelTask<SgTable | number | null> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const segment = { dmaAddress: dmaBase(this), length: this.tableBytes };
    const { pages } = this;
    return new SgTable(this.world, [pages === null ? segment : { ...segment, pages }]);
  }

  /** The segments of a table are as long as the object. @kernel drm_prime_pages_to_sg */
  protected get tableBytes(): number {
    return this.size;
  }

  /** @kernel drm_gem_unmap_dma_buf */
  *unmap(_attachment: DmaBufAttachment, table: SgTable): KernelTask<void> {
    this.world.memory.free(table);
  }

  /** The mapping has a reference of its own. @kernel drm_gem_prime_mmap */
  *mmap(_buffer: DmaBuf, request: MapRequest): KernelTask<MapBacking | number> {
    yield* this.get();
    const mapping = yield* this.show(request, 0);
    if (typeof mapping === 'number') yield* this.put();
    return mapping;
  }

  /** What a process sees from file offset `base` on; it takes over a reference. @kernel drm_gem_shmem_mmap */
  *show(request: MapRequest, base: number): KernelTask<MapBacking | number> {
    return request.isShared ? new GemMapping(this, base) : -EINVAL;
  }

  /** @kernel drm_gem_dmabuf_vmap */
  *vmap(): KernelTask<KernelMapping | number> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    return new VmapArea(
      this,
      (number) => this.pageAt(number),
      this.pages === null ? [] : [this.pages],
    );
  }

  /** @kernel drm_gem_dmabuf_vunmap */
  *vunmap(_buffer: DmaBuf, mapping: KernelMapping): KernelTask<void> {
    this.world.memory.free(mapping);
  }

  /** @kernel drm_gem_dmabuf_release @rule PRIME-010 */
  *release(): KernelTask<void> {
    yield* this.put();
  }

  visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
    visit('handleCount', this.handleCount.value);
    visit(
      'allowed',
      this.allowed.value.map(([file, handles]) => [file, handles]),
    );
    visit('name', this.globalName.value);
    visit('pins', this.pins.value);
    visit('buffer', this.buffer.value);
    visit('resv', this.resv);
    visit('pages', this.pages);
  }
}

function* nothing(): KernelTask<void> {}
