import type { Device } from '../hw/device.ts';
import type { DmaMapping } from '../hw/dma-mapping.ts';
import { type IovaPage, iovaPageOf } from '../hw/iommu-domain.ts';
import type { PageNumber } from '../hw/physical-memory.ts';
import type { Platform } from '../hw/platform.ts';
import { PAGE_BYTES } from '../hw/platform-options.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EINVAL } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlatformMemory } from '../media/platform-memory.ts';
import { GemObject, type Import } from './gem-object.ts';

/** Whose pages those of buffers are, as the ledger of pages knows owners. */
const CLIENTS = 2;

/** Pages, and where a device finds them. */
interface Placed {
  readonly pages: readonly PageNumber[];
  readonly iova: IovaPage;
  /** To be undone with the object; null: it is the exporter's. */
  readonly mapping: DmaMapping | null;
}

/** The pages of a buffer object, and where a device finds them. */
export class BufferMemory extends KernelObject implements Placed {
  readonly pages: readonly PageNumber[];
  readonly iova: IovaPage;
  readonly mapping: DmaMapping | null;
  /** The pages are its own: it gives them back. */
  readonly isOwner: boolean;

  constructor(device: Device, { pages, iova, mapping }: Placed, isOwner: boolean) {
    super(device.world, 'bufferMemory');
    this.pages = pages;
    this.iova = iova;
    this.mapping = mapping;
    this.isOwner = isOwner;
  }

  /** As the device sees it. Unit: bytes. */
  get address(): number {
    return this.iova * PAGE_BYTES;
  }

  visitState(visit: StateVisitor): void {
    visit('pages', this.pages);
    visit('iova', this.iova);
  }
}

/** Memory of the buffer objects of all devices of a machine: importers map the pages of exporters. */
export class PlatformBuffers {
  readonly platform: Platform;
  private readonly known = new Map<GemObject, BufferMemory>();

  constructor(platform: Platform) {
    this.platform = platform;
  }

  /** Null for an object of somebody else. */
  of(object: GemObject): BufferMemory | null {
    return this.known.get(object) ?? null;
  }

  /** Memory for a new object, where `device` finds it; -EINVAL: an exporter with other memory. */
  *init(object: GemObject, device: Device): KernelTask<number> {
    const { imported } = object;
    const placed = yield* imported === null
      ? this.allocate(object, device)
      : this.placeOf(imported, device);
    if (typeof placed === 'number') return placed;
    this.known.set(object, new BufferMemory(device, placed, imported === null));
    return 0;
  }

  protected *allocate(object: GemObject, device: Device): KernelTask<Placed | number> {
    const { platform } = this;
    const count = object.size / PAGE_BYTES;
    const pages = yield* platform.pages.allocate({ zone: 'system', count, owner: CLIENTS });
    if (typeof pages === 'number') return pages;
    const placed = yield* this.map(device, pages);
    if (typeof placed === 'number') yield* platform.pages.release(pages);
    return placed;
  }

  private *map(device: Device, pages: readonly PageNumber[]): KernelTask<Placed | number> {
    const mapping = yield* this.platform.mapper.map(device, pages, 'bidirectional');
    return typeof mapping === 'number' ? mapping : { pages, iova: mapping.iova, mapping };
  }

  /** Memory of an exporter, which lives as long as the attachment. A video queue maps it itself. */
  protected *placeOf({ attachment, table }: Import, device: Device): KernelTask<Placed | number> {
    const exporter: unknown = attachment.buffer.priv;
    if (exporter instanceof PlatformMemory) {
      const { pages } = exporter.mapping;
      return { pages, iova: iovaPageOf(table.segments[0]?.dmaAddress ?? 0), mapping: null };
    }
    const memory = exporter instanceof GemObject ? this.of(exporter) : null;
    return memory === null ? -EINVAL : yield* this.map(device, memory.pages);
  }

  /** Nobody uses the object any more. */
  *release(object: GemObject): KernelTask<void> {
    const memory = this.of(object);
    if (memory === null) return;
    this.known.delete(object);
    const { platform } = this;
    const { mapping, pages, isOwner } = memory;
    if (mapping !== null) {
      yield* platform.mapper.unmap(mapping, isOwner ? () => platform.pages.release(pages) : null);
    }
    object.world.memory.free(memory);
  }
}
