import type { DmaBufAttachment } from '../../impl/dma-buf/dma-buf-attachment.ts';
import type { DmaBufOps, DmaDirection, KernelMapping } from '../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import { SgTable } from '../../impl/dma-buf/sg-table.ts';
import { DMA_RESV_USAGE_BOOKKEEP } from '../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../impl/kernel/clock.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { Stack } from '../../impl/stack.ts';
import { PAGE_SIZE, Pages } from '../../impl/uapi/pages.ts';
import { dmaBase } from '../../impl/exporters/dma-addresses.ts';
import { PageMapping, type PageOf, VmapArea } from '../../impl/exporters/page-mapping.ts';

/** Operations of an exporter, as programs name them. */
export const EXPORTER_OPS = [
  'attach',
  'detach',
  'pin',
  'unpin',
  'map',
  'unmap',
  'release',
  'begin',
  'end',
  'mmap',
  'vmap',
  'vunmap',
] as const;

export type ExporterOp = (typeof EXPORTER_OPS)[number];

const KERNEL_NAMES: Readonly<Record<ExporterOp, keyof DmaBufOps>> = {
  attach: 'attach',
  detach: 'detach',
  pin: 'pin',
  unpin: 'unpin',
  map: 'map',
  unmap: 'unmap',
  release: 'release',
  begin: 'beginCpuAccess',
  end: 'endCpuAccess',
  mmap: 'mmap',
  vmap: 'vmap',
  vunmap: 'vunmap',
};

/** What a mock exporter is like. */
export interface MockExporterOptions {
  /** Operations that it provides. */
  readonly has: readonly ExporterOp[];
  /** Operations that fail, with what they answer; null stands for a table that is missing. */
  readonly fails: ReadonlyMap<ExporterOp, number | null>;
  /** The core keeps the first mapping. */
  readonly isCached: boolean;
  /** Unit: bytes. */
  readonly size: number;
  /** It gives its storage back only when nobody can be using it any more. */
  readonly isPatient: boolean;
}

/** What an operation found when the core called it. */
export interface ExporterSight {
  readonly op: ExporterOp;
  /** The task that called held the reservation lock. */
  readonly isLocked: boolean;
  readonly direction: DmaDirection | null;
  /** Who called, and whether that task must not sleep. */
  readonly by: string;
  readonly isAtomic: boolean;
  /** The buffer could still be found in the list of all, and in the statistics. */
  readonly isListed: boolean;
  readonly isCounted: boolean;
  /** The module of the exporter is in use by the buffer; null when there is none. */
  readonly hasModule: boolean | null;
}

/** A small exporter for tests: some pages, and a record of what the core asked of it. */
export class MockExporter extends KernelObject {
  readonly pages: Pages;
  /** Every call of an operation, in order. */
  readonly sights: ExporterSight[] = [];
  /** Pins that were not taken back. */
  pinCount = 0;
  private readonly options: MockExporterOptions;

  constructor(stack: Stack, options: MockExporterOptions) {
    super(stack.world, 'exporter');
    this.isStatic = true;
    this.options = options;
    this.pages = new Pages(stack.world);
  }

  /** What the exporter gives to the core. */
  ops(): Partial<DmaBufOps> {
    const { has, isCached } = this.options;
    const provided = Object.entries(this.every()).filter(([name]) =>
      has.some((op) => KERNEL_NAMES[op] === name),
    );
    return { ...Object.fromEntries(provided), ...(isCached ? { cacheSgtMapping: true } : {}) };
  }

  private every(): Required<Omit<DmaBufOps, 'cacheSgtMapping'>> {
    return {
      attach: (buffer) => this.answer('attach', buffer),
      detach: (buffer) => this.hear('detach', buffer),
      pin: (attachment) => this.pin(attachment),
      unpin: (attachment) => this.unpin(attachment),
      map: (attachment, direction) => this.map(attachment, direction),
      unmap: (attachment, table, direction) => this.unmap(attachment, table, direction),
      release: (buffer) => this.retire(buffer),
      beginCpuAccess: (buffer, direction) => this.answer('begin', buffer, direction),
      endCpuAccess: (buffer, direction) => this.answer('end', buffer, direction),
      mmap: (buffer) => this.mmap(buffer),
      vmap: (buffer) => this.vmap(buffer),
      vunmap: (buffer, mapping) => this.vunmap(buffer, mapping),
    };
  }

  private *answer(
    op: ExporterOp,
    buffer: DmaBuf,
    direction: DmaDirection | null = null,
  ): KernelTask<number> {
    return this.note(op, buffer, direction);
  }

  private *hear(op: ExporterOp, buffer: DmaBuf): KernelTask<void> {
    this.note(op, buffer, null);
  }

  private *mmap(buffer: DmaBuf): KernelTask<PageMapping | number> {
    const error = this.note('mmap', buffer, null);
    return error < 0 ? error : new PageMapping((index) => this.pageAt(index), [this.pages]);
  }

  private *vmap(buffer: DmaBuf): KernelTask<VmapArea | number> {
    const error = this.note('vmap', buffer, null);
    return error < 0 ? error : new VmapArea(this, (index) => this.pageAt(index), [this.pages]);
  }

  private pageAt(index: number): PageOf | null {
    return index < this.options.size / PAGE_SIZE ? { pages: this.pages, index } : null;
  }

  private *pin({ buffer }: DmaBufAttachment): KernelTask<number> {
    const error = this.note('pin', buffer, null);
    if (error === 0) this.pinCount += 1;
    return error;
  }

  private *unpin({ buffer }: DmaBufAttachment): KernelTask<void> {
    this.note('unpin', buffer, null);
    this.pinCount -= 1;
  }

  private *map(
    { buffer }: DmaBufAttachment,
    direction: DmaDirection,
  ): KernelTask<SgTable | number | null> {
    const error = this.note('map', buffer, direction);
    if (this.options.fails.get('map') === null) return null;
    if (error < 0) return error;
    const length = Math.ceil(this.options.size / PAGE_SIZE) * PAGE_SIZE;
    return new SgTable(this.world, [{ dmaAddress: dmaBase(this), length, pages: this.pages }]);
  }

  private *unmap(
    { buffer }: DmaBufAttachment,
    table: SgTable,
    direction: DmaDirection,
  ): KernelTask<void> {
    this.note('unmap', buffer, direction);
    this.world.memory.free(table);
  }

  private *vunmap(buffer: DmaBuf, mapping: KernelMapping): KernelTask<void> {
    this.note('vunmap', buffer, null);
    this.world.memory.free(mapping);
  }

  private *retire(buffer: DmaBuf): KernelTask<void> {
    this.note('release', buffer, null);
    const { resv } = buffer;
    if (this.options.isPatient) {
      yield* resv.waitTimeout(DMA_RESV_USAGE_BOOKKEEP, false, MAX_SCHEDULE_TIMEOUT);
    }
    yield* this.pages.put();
  }

  /** Writes the call down; 0, or the error that it is to answer. */
  private note(op: ExporterOp, buffer: DmaBuf, direction: DmaDirection | null): number {
    const { current } = this.world;
    const { list, statistics } = buffer.stack.buffers;
    this.world.touch(this, 'sights', 'write', 'once');
    this.sights.push({
      op,
      isLocked: buffer.resv.lock.holder === current,
      direction,
      by: current.name,
      isAtomic: current.isAtomic,
      isListed: list.value.includes(buffer),
      isCounted: statistics.entries.value.includes(buffer),
      hasModule: buffer.owner === null ? null : buffer.owner.references.value > 1,
    });
    return this.options.fails.get(op) ?? 0;
  }

  visitState(visit: StateVisitor): void {
    visit('pinCount', this.pinCount);
    visit('sights', this.sights.map(sightText));
  }
}

/** All that a sight says, as a state key sees it. */
function sightText(sight: ExporterSight): string {
  return Object.values(sight).join(' ');
}
