import type { DmaBufAttachment } from '../dma-buf/dma-buf-attachment.ts';
import {
  DMA_BIDIRECTIONAL,
  DMA_NONE,
  DMA_TO_DEVICE,
  type DmaDirection,
} from '../dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import { SgTable } from '../dma-buf/sg-table.ts';
import { Device } from '../hw/device.ts';
import type { Direction, DmaMapping } from '../hw/dma-mapping.ts';
import { PAGE_BYTES } from '../hw/platform-options.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EIO, ENOMEM } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import type { Stack } from '../stack.ts';
import { Vb2Memory } from './vb2-memory.ts';

/** What a device does with memory, as its mapping says it. */
export function directionFor(direction: DmaDirection): Direction {
  if (direction === DMA_BIDIRECTIONAL) return 'bidirectional';
  return direction === DMA_TO_DEVICE ? 'toDevice' : 'fromDevice';
}

/** Where a device finds the pages that it was given. */
function tableOf(mapping: DmaMapping): SgTable {
  const length = mapping.pages.length * PAGE_BYTES;
  return new SgTable(mapping.world, [{ dmaAddress: mapping.iova * PAGE_BYTES, length }]);
}

/** The use of exported memory by a device of the same machine. */
class PlatformAttachment extends KernelObject {
  readonly device: Device;
  /** From the first mapping on. Under the reservation lock. */
  readonly mapping: PlainWord<DmaMapping | null>;
  readonly table: PlainWord<SgTable | null>;

  constructor(device: Device) {
    super(device.world, 'platformAttachment');
    this.device = device;
    this.mapping = new PlainWord<DmaMapping | null>(this, 'mapping', null);
    this.table = new PlainWord<SgTable | null>(this, 'table', null);
  }

  visitState(visit: StateVisitor): void {
    visit('mapping', this.mapping.value);
    visit('table', this.table.value);
  }
}

/** Memory of a queue in simulated hardware: pages that each device reaches by addresses of its own. */
export class PlatformMemory extends Vb2Memory {
  /** For the queue's own device. */
  readonly mapping: DmaMapping;

  constructor(stack: Stack, mapping: DmaMapping) {
    const { pages, iova } = mapping;
    const length = pages.length * PAGE_BYTES;
    super(stack, length, true, DMA_NONE, [{ dmaAddress: iova * PAGE_BYTES, length }]);
    this.mapping = mapping;
  }

  protected override *giveBack(): KernelTask<void> {
    yield* super.giveBack();
    const { mapping } = this;
    const { mapper, pages } = mapping.device.platform;
    const freed = mapping.pages;
    yield* mapper.unmap(mapping, () => pages.release(freed));
  }

  private useOf(attachment: DmaBufAttachment): PlatformAttachment {
    const own = attachment.exporterPrivate.get();
    if (own instanceof PlatformAttachment) return own;
    return this.world.fault('bug', 'an attachment of another exporter', this);
  }

  /** Only devices of this machine can use it. */
  override *attach(_buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<number> {
    if (!(attachment.device instanceof Device)) return -EIO;
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    attachment.exporterPrivate.set(new PlatformAttachment(attachment.device));
    return 0;
  }

  /** The mapping stays until the device is detached, or asks for another direction. */
  override *map(
    attachment: DmaBufAttachment,
    direction: DmaDirection,
  ): KernelTask<SgTable | number> {
    const own = this.useOf(attachment);
    const { device } = own;
    const wanted = directionFor(direction);
    const known = own.mapping.get();
    const table = own.table.get();
    if (known !== null && table !== null && known.direction === wanted) return table;
    yield* this.forget(own);
    const mapping = yield* device.platform.mapper.map(device, this.mapping.pages, wanted);
    if (typeof mapping === 'number') return -EIO;
    const made = tableOf(mapping);
    own.mapping.set(mapping);
    own.table.set(made);
    return made;
  }

  private *forget(own: PlatformAttachment): KernelTask<void> {
    const mapping = own.mapping.get();
    const table = own.table.get();
    if (mapping === null || table === null) return;
    this.world.memory.free(table);
    own.table.set(null);
    own.mapping.set(null);
    yield* own.device.platform.mapper.unmap(mapping);
  }

  override *detach(_buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<void> {
    const own = this.useOf(attachment);
    yield* this.forget(own);
    this.world.memory.free(own);
  }

  /**
   * The processors are about to read or write: the core waits for devices afterwards. What caches do
   * is a matter of the pages, and so the same for every device that has them.
   *
   * @kernel vb2_dc_dmabuf_ops_begin_cpu_access
   */
  *beginCpuAccess(_buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
    const { platform } = this.mapping.device;
    yield* platform.mapper.syncForCpu(this.mapping, directionFor(direction));
    platform.ledger?.bracket(this.mapping.pages, true);
    return 0;
  }

  /** @kernel vb2_dc_dmabuf_ops_end_cpu_access */
  *endCpuAccess(_buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
    const { platform } = this.mapping.device;
    yield* platform.mapper.syncForDevice(this.mapping, directionFor(direction));
    platform.ledger?.bracket(this.mapping.pages, false);
    return 0;
  }

  override visitState(visit: StateVisitor): void {
    super.visitState(visit);
    visit('mapping', this.mapping);
  }
}
