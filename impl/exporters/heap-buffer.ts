import type { DmaBufAttachment } from '../dma-buf/dma-buf-attachment.ts';
import {
  DMA_NONE,
  type DmaBufOps,
  type DmaDirection,
  type KernelMapping,
} from '../dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import { type SgSegment, SgTable } from '../dma-buf/sg-table.ts';
import type { KernelTask } from '../kernel/access.ts';
import { ENOMEM } from '../kernel/errno.ts';
import { Mutex } from '../kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList, PlainWord } from '../kernel/plain.ts';
import type { Stack } from '../stack.ts';
import type { MapBacking, MapRequest } from '../uapi/mapping.ts';
import { PAGE_SIZE, Pages } from '../uapi/pages.ts';
import { type PageOf, VmapArea } from './page-mapping.ts';

/** A device's table of a heap's buffer. @kernel struct dma_heap_attachment */
export class HeapAttachment extends KernelObject {
  readonly table: SgTable;
  readonly isMapped: PlainWord<boolean>;
  /** Of the mapping. */
  readonly direction: PlainWord<DmaDirection>;

  constructor(table: SgTable) {
    super(table.world, 'heapAttachment');
    this.table = table;
    this.isMapped = new PlainWord<boolean>(this, 'isMapped', false);
    this.direction = new PlainWord<DmaDirection>(this, 'direction', DMA_NONE);
  }

  visitState(visit: StateVisitor): void {
    visit('table', this.table);
    visit('isMapped', this.isMapped.value);
    visit('direction', this.direction.value);
  }
}

/**
 * A buffer of a heap, as its exporter. What the heaps have in common: a table for each attachment,
 * and cache maintenance for those that are mapped.
 */
export abstract class HeapBuffer extends KernelObject implements DmaBufOps {
  readonly stack: Stack;
  /** Unit: bytes. */
  readonly length: number;
  readonly pages: Pages;
  /** Inside the reservation lock, and also without it. @rule HEAP-017 */
  readonly lock: Mutex;
  /** Under `lock`. */
  readonly attachments: PlainList<HeapAttachment>;
  /** Under `lock`. */
  readonly vmapCount: PlainWord<number>;
  /** Under `lock`. */
  readonly area: PlainWord<VmapArea | null>;

  constructor(stack: Stack, kind: string, length: number) {
    super(stack.world, kind);
    this.stack = stack;
    this.length = length;
    this.pages = new Pages(stack.world);
    this.lock = new Mutex(this, 'lock', '&buffer->lock');
    this.attachments = new PlainList<HeapAttachment>(this, 'attachments');
    this.vmapCount = new PlainWord<number>(this, 'vmapCount', 0);
    this.area = new PlainWord<VmapArea | null>(this, 'area', null);
  }

  /** Where devices find the memory. */
  protected abstract segments(): readonly SgSegment[];

  /** What a failing mapping for a device is called here. */
  protected abstract mapError(error: number): number;

  abstract mmap(buffer: DmaBuf, request: MapRequest): KernelTask<MapBacking | number>;

  /** Null behind the end of the buffer. */
  pageAt(number: number): PageOf | null {
    return number < this.length / PAGE_SIZE ? { pages: this.pages, index: number } : null;
  }

  /** @kernel system_heap_attach @kernel cma_heap_attach @rule HEAP-015 */
  *attach(_buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<number> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const own = new HeapAttachment(new SgTable(this.world, this.segments()));
    attachment.exporterPrivate.set(own);
    yield* this.lock.acquire();
    this.attachments.push(own);
    this.lock.release();
    return 0;
  }

  /** @kernel system_heap_detach @kernel cma_heap_detach */
  *detach(_buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<void> {
    const own = this.ownOf(attachment);
    yield* this.lock.acquire();
    this.attachments.remove(own);
    this.lock.release();
    this.world.memory.free(own.table);
    this.world.memory.free(own);
  }

  protected ownOf(attachment: DmaBufAttachment): HeapAttachment {
    const own = attachment.exporterPrivate.get();
    if (own instanceof HeapAttachment) return own;
    return this.world.fault('bug', 'an attachment of another exporter', this);
  }

  /** One table, however often it is mapped. @kernel system_heap_map_dma_buf @rule HEAP-015 */
  *map(attachment: DmaBufAttachment, direction: DmaDirection): KernelTask<SgTable | number | null> {
    const own = this.ownOf(attachment);
    const error = yield* this.stack.dmaSync.map(own.table, direction);
    if (error !== 0) return this.mapError(error);
    yield* this.mark(own, true, direction);
    return own.table;
  }

  /** @kernel system_heap_unmap_dma_buf */
  *unmap(attachment: DmaBufAttachment, _table: SgTable, direction: DmaDirection): KernelTask<void> {
    const own = this.ownOf(attachment);
    yield* this.mark(own, false, direction);
    this.stack.dmaSync.unmap(own.table, direction);
  }

  /** Under the lock that brackets look under: a bracket is before or after it. */
  protected *mark(
    own: HeapAttachment,
    isMapped: boolean,
    direction: DmaDirection,
  ): KernelTask<void> {
    yield* this.lock.acquire();
    own.isMapped.set(isMapped);
    own.direction.set(direction);
    this.lock.release();
  }

  /** @kernel system_heap_dma_buf_begin_cpu_access @rule HEAP-016 */
  *beginCpuAccess(_buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
    return yield* this.syncAll(direction, true);
  }

  /** @kernel system_heap_dma_buf_end_cpu_access @rule HEAP-016 */
  *endCpuAccess(_buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
    return yield* this.syncAll(direction, false);
  }

  protected *syncAll(direction: DmaDirection, isForCpu: boolean): KernelTask<number> {
    yield* this.lock.acquire();
    const { dmaSync } = this.stack;
    const area = this.area.get();
    if (area !== null) {
      if (isForCpu) dmaSync.invalidate(area);
      else dmaSync.flush(area);
    }
    for (const own of this.attachments.copy()) {
      if (!own.isMapped.get()) continue;
      if (isForCpu) dmaSync.forCpu(own.table, direction);
      else dmaSync.forDevice(own.table, direction);
    }
    this.lock.release();
    return 0;
  }

  /** @kernel system_heap_vmap */
  *vmap(): KernelTask<KernelMapping | number> {
    yield* this.lock.acquire();
    let area = this.area.get();
    if (area === null) {
      if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) {
        this.lock.release();
        return -ENOMEM;
      }
      area = new VmapArea(this, (number) => this.pageAt(number), [this.pages]);
      this.area.set(area);
    }
    this.vmapCount.change((count) => count + 1);
    this.lock.release();
    return area;
  }

  /** @kernel system_heap_vunmap */
  *vunmap(): KernelTask<void> {
    yield* this.lock.acquire();
    this.vmapCount.change((count) => count - 1);
    const area = this.area.get();
    if (this.vmapCount.get() === 0 && area !== null) {
      this.world.memory.free(area);
      this.area.set(null);
    }
    this.lock.release();
  }

  /** @kernel system_heap_dma_buf_release @kernel cma_heap_dma_buf_release */
  *release(): KernelTask<void> {
    yield* this.pages.put();
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('attachments', this.attachments.value);
    visit('vmapCount', this.vmapCount.value);
    visit('area', this.area.value);
    visit('pages', this.pages);
  }
}
