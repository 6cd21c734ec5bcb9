import type { Device } from '../hw/device.ts';
import type { DmaMapping } from '../hw/dma-mapping.ts';
import type { PageNumber } from '../hw/physical-memory.ts';
import type { Platform } from '../hw/platform.ts';
import { PAGE_BYTES } from '../hw/platform-options.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EINVAL } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { GemObject } from './gem-object.ts';

/** Whose pages those of buffers are, as the ledger of pages knows owners. */
const CLIENTS = 2;

/** The pages of a buffer object, and where a device finds them. */
export class BufferMemory extends KernelObject {
  readonly pages: readonly PageNumber[];
  readonly mapping: DmaMapping;
  /** The pages are its own: it gives them back. */
  readonly isOwner: boolean;

  constructor(mapping: DmaMapping, isOwner: boolean) {
    super(mapping.device.world, 'bufferMemory');
    this.pages = mapping.pages;
    this.mapping = mapping;
    this.isOwner = isOwner;
  }

  /** As the device sees it. Unit: bytes. */
  get address(): number {
    return this.mapping.iova * PAGE_BYTES;
  }

  visitState(visit: StateVisitor): void {
    visit('pages', this.pages);
    visit('iova', this.mapping.iova);
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
    const { platform } = this;
    const { imported } = object;
    const pages = yield* imported === null
      ? platform.pages.allocate({
          zone: 'system',
          count: object.size / PAGE_BYTES,
          owner: CLIENTS,
        })
      : this.pagesOf(imported.attachment.buffer.priv);
    if (typeof pages === 'number') return pages;
    const mapping = yield* platform.mapper.map(device, pages, 'bidirectional');
    if (typeof mapping !== 'number') {
      this.known.set(object, new BufferMemory(mapping, imported === null));
      return 0;
    }
    if (imported === null) yield* platform.pages.release(pages);
    return mapping;
  }

  /** Of the exporter, which lives as long as the attachment. */
  protected *pagesOf(exporter: unknown): KernelTask<readonly PageNumber[] | number> {
    const memory = exporter instanceof GemObject ? this.of(exporter) : null;
    return memory === null ? -EINVAL : memory.pages;
  }

  /** Nobody uses the object any more. */
  *release(object: GemObject): KernelTask<void> {
    const memory = this.of(object);
    if (memory === null) return;
    this.known.delete(object);
    const { platform } = this;
    const { mapping, pages, isOwner } = memory;
    yield* platform.mapper.unmap(mapping, isOwner ? () => platform.pages.release(pages) : null);
    object.world.memory.free(memory);
  }
}
