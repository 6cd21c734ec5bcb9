import type { Device } from '../../hw/device.ts';
import type { DmaMapping } from '../../hw/dma-mapping.ts';
import type { Zone } from '../../hw/physical-memory.ts';
import type { Platform } from '../../hw/platform.ts';
import { PAGE_BYTES } from '../../hw/platform-options.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { WorkQueue } from '../../kernel/work-queue.ts';
import type { TtmBacking } from '../ttm/ttm-driver.ts';
import type { TtmLocation, TtmMemory } from '../ttm/ttm-memory.ts';

/** Whose pages those of objects are, as the ledger of pages knows owners. */
const CLIENTS = 2;

/** Pages of a machine behind the memory of objects that move, where a copying engine finds them. */
export class MoverPages implements TtmBacking {
  private readonly device: Device;
  private readonly mappings = new Map<TtmMemory, DmaMapping>();
  /** Giving pages back may wait, and whoever says so may not. */
  private readonly queue: WorkQueue;

  constructor(device: Device) {
    this.device = device;
    this.queue = new WorkQueue(device.world, 'mover pages');
  }

  private get platform(): Platform {
    return this.device.platform;
  }

  *populate(memory: TtmMemory): KernelTask<number> {
    return yield* this.back(memory, 'system');
  }

  /** Pages for all of `memory`, and addresses for the engine. */
  *back(memory: TtmMemory, zone: Zone): KernelTask<number> {
    const { pages: allocator, mapper } = this.platform;
    const pages = yield* allocator.allocate({ zone, count: memory.pages, owner: CLIENTS });
    if (typeof pages === 'number') return pages;
    const mapping = yield* mapper.map(this.device, pages, 'bidirectional');
    if (typeof mapping === 'number') {
      yield* allocator.release(pages);
      return mapping;
    }
    this.mappings.set(memory, mapping);
    return 0;
  }

  unpopulate(memory: TtmMemory): void {
    const mapping = this.mappings.get(memory);
    if (mapping === undefined) return;
    this.mappings.delete(memory);
    this.queue.queue({ label: 'give pages back', run: () => this.giveBack(mapping) });
  }

  private *giveBack(mapping: DmaMapping): KernelTask<void> {
    const { pages: allocator, mapper } = this.platform;
    const { pages } = mapping;
    yield* mapper.unmap(mapping, () => allocator.release(pages));
  }

  mappingOf(memory: TtmMemory): DmaMapping {
    const found = this.mappings.get(memory);
    return found ?? this.device.world.fault('bug', 'memory without pages', memory);
  }

  /** As the engine sees it. Unit: bytes. */
  addressOf({ memory, first }: TtmLocation): number {
    return (this.mappingOf(memory).iova + first) * PAGE_BYTES;
  }

  /** Everything is given back that was. */
  *drain(): KernelTask<void> {
    yield* this.queue.drain();
  }
}
