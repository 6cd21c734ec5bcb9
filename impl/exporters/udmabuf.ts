import type { DmaBufAttachment } from '../dma-buf/dma-buf-attachment.ts';
import {
  DMA_NONE,
  type DmaBufOps,
  type DmaDirection,
  type KernelMapping,
} from '../dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import { SgTable } from '../dma-buf/sg-table.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, ENOMEM } from '../kernel/errno.ts';
import { Mutex } from '../kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import type { Stack } from '../stack.ts';
import type { MapBacking, MapRequest } from '../uapi/mapping.ts';
import { PAGE_SIZE, type Pages } from '../uapi/pages.ts';
import { dmaBase } from './dma-addresses.ts';
import { PageMapping, type PageOf, VmapArea } from './page-mapping.ts';

/** A range of a memory file that a buffer is made of. */
export interface PinnedRange {
  readonly pages: Pages;
  readonly first: number;
  readonly count: number;
}

/**
 * A buffer made of pages of memory files, as its exporter.
 *
 * @kernel struct udmabuf
 */
export class Udmabuf extends KernelObject implements DmaBufOps {
  readonly cacheSgtMapping = true;
  readonly stack: Stack;
  readonly ranges: readonly PinnedRange[];
  /** Two first brackets make one table. The kernel has no such lock. */
  readonly lock: Mutex;
  /** Made by the first bracket, and kept. Under `lock`. */
  readonly table: PlainWord<SgTable | null>;
  /** In which it is mapped. Under `lock`. @kernel ubuf->sg_dir */
  readonly tableDirection: PlainWord<DmaDirection>;

  constructor(stack: Stack, ranges: readonly PinnedRange[]) {
    super(stack.world, 'udmabuf');
    this.stack = stack;
    this.ranges = ranges;
    this.lock = new Mutex(this, 'lock', 'udmabuf');
    this.table = new PlainWord<SgTable | null>(this, 'table', null);
    this.tableDirection = new PlainWord<DmaDirection>(this, 'tableDirection', DMA_NONE);
  }

  get pageCount(): number {
    return this.ranges.reduce((sum, { count }) => sum + count, 0);
  }

  protected get pages(): readonly Pages[] {
    return this.ranges.map(({ pages }) => pages);
  }

  /** The ranges in the order of the list. @rule UDMABUF-010 */
  pageAt(number: number): PageOf | null {
    let before = 0;
    for (const { pages, first, count } of this.ranges) {
      if (number < before + count) return { pages, index: first + number - before };
      before += count;
    }
    return null;
  }

  /** A new table each time, mapped for devices. @kernel get_sg_table */
  protected *makeTable(direction: DmaDirection): KernelTask<SgTable | number> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    let at = dmaBase(this);
    const segments = this.ranges.map(({ pages, count }) => {
      const segment = { dmaAddress: at, length: count * PAGE_SIZE, pages };
      at += segment.length + PAGE_SIZE;
      return segment;
    });
    const table = new SgTable(this.world, segments);
    const error = yield* this.stack.dmaSync.map(table, direction);
    if (error === 0) return table;
    this.world.memory.free(table);
    return error;
  }

  /** @kernel put_sg_table */
  protected putTable(table: SgTable, direction: DmaDirection): void {
    this.stack.dmaSync.unmap(table, direction);
    this.world.memory.free(table);
  }

  /** @kernel map_udmabuf @rule UDMABUF-017 */
  *map(
    _attachment: DmaBufAttachment,
    direction: DmaDirection,
  ): KernelTask<SgTable | number | null> {
    return yield* this.makeTable(direction);
  }

  /** @kernel unmap_udmabuf */
  *unmap(_attachment: DmaBufAttachment, table: SgTable, direction: DmaDirection): KernelTask<void> {
    this.putTable(table, direction);
  }

  /** @kernel begin_cpu_udmabuf @rule UDMABUF-015 */
  *beginCpuAccess(_buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
    yield* this.lock.acquire();
    let table = this.table.get();
    if (table === null) {
      const made = yield* this.makeTable(direction);
      if (typeof made === 'number') {
        this.lock.release();
        return made;
      }
      table = made;
      this.table.set(made);
      this.tableDirection.set(direction);
    }
    this.stack.dmaSync.forCpu(table, direction);
    this.lock.release();
    return 0;
  }

  /** @kernel end_cpu_udmabuf @rule UDMABUF-016 */
  *endCpuAccess(_buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
    yield* this.lock.acquire();
    const table = this.table.get();
    if (table !== null) this.stack.dmaSync.forDevice(table, direction);
    this.lock.release();
    return table === null ? -EINVAL : 0;
  }

  /** @kernel mmap_udmabuf @rule UDMABUF-013 */
  *mmap(_buffer: DmaBuf, request: MapRequest): KernelTask<MapBacking | number> {
    if (!request.isShared) return -EINVAL;
    return new PageMapping((number) => this.pageAt(number), this.pages);
  }

  /** @kernel vmap_udmabuf @rule UDMABUF-014 */
  *vmap(): KernelTask<KernelMapping | number> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    return new VmapArea(this, (number) => this.pageAt(number), this.pages);
  }

  /** @kernel vunmap_udmabuf */
  *vunmap(_buffer: DmaBuf, mapping: KernelMapping): KernelTask<void> {
    this.world.memory.free(mapping);
  }

  /** @kernel release_udmabuf @rule UDMABUF-011 */
  *release(): KernelTask<void> {
    const table = this.table.get();
    if (table !== null) this.putTable(table, this.tableDirection.get());
    for (const { pages } of this.ranges) yield* pages.unpin();
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('table', this.table.value);
    visit('tableDirection', this.tableDirection.value);
  }
}
