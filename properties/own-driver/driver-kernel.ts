import type { DmaBufAttachment } from '../../impl/dma-buf/dma-buf-attachment.ts';
import type { DmaBufAttachments } from '../../impl/dma-buf/dma-buf-attachments.ts';
import { DMA_FROM_DEVICE, DMA_TO_DEVICE } from '../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { ResvUsage } from '../../impl/dma-buf/resv-usage.ts';
import type { SgTable } from '../../impl/dma-buf/sg-table.ts';
import { Access, type KernelTask } from '../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../impl/kernel/clock.ts';
import { Mutex } from '../../impl/kernel/mutex.ts';
import type { KernelObject, StateValue } from '../../impl/kernel/object.ts';
import { PlainWord } from '../../impl/kernel/plain.ts';
import type { World } from '../../impl/kernel/world.ts';
import type { Stack } from '../../impl/stack.ts';
import { PageMapping, type PageLookup, VmapArea } from '../../impl/exporters/page-mapping.ts';
import { PAGE_SIZE } from '../../impl/uapi/pages.ts';
import { Engine } from './engine.ts';
import { DeviceTable, type Storage, Storage as StorageClass } from './storage.ts';

/** A device reaches for memory that is not simulated. */
const REACH: Access = new Access('local', 'plain', { label: '' }, '', 'reach');

/** What the simulated kernel offers to a driver under check. Everything with steps is a generator. */
export class DriverKernel {
  readonly stack: Stack;
  /** What a program calls the driver; its things are named after it, for people. */
  private readonly name: string | null;
  private readonly counts = new Map<string, number>();

  constructor(stack: Stack, name: string | null = null) {
    this.stack = stack;
    this.name = name;
  }

  /** Names a thing of the driver, such as `b.place2`, unless it has a name. */
  named<T extends KernelObject>(object: T, what: string): T {
    if (this.name === null || object.alias !== null) return object;
    const number = (this.counts.get(what) ?? 0) + 1;
    this.counts.set(what, number);
    object.alias = `${this.name}.${what}${number === 1 ? '' : number}`;
    return object;
  }

  get world(): World {
    return this.stack.world;
  }

  /** The buffer core's side of attachments: attach, map, pin, move notification. */
  get attachments(): DmaBufAttachments {
    return this.stack.bufferAttachments;
  }

  /** Memory for content; null when there is none. */
  *allocate(bytes: number): KernelTask<Storage | null> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return null;
    return this.named(new StorageClass(this.world, bytes), 'place');
  }

  /** A table for a device that reaches this storage; null when there is no memory. */
  *table(storage: Storage): KernelTask<DeviceTable | null> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return null;
    return this.named(new DeviceTable(storage), 'table');
  }

  /** Gives a table, or a kernel mapping, back to the allocator. */
  free(object: KernelObject): void {
    this.world.memory.free(object);
  }

  /** A sleeping lock of the driver's own. */
  mutex(owner: KernelObject, name: string): Mutex {
    return new Mutex(owner, name, `&${owner.kind}->${name}`);
  }

  /** A field that a lock protects: two accesses without a common lock are a data race. */
  word<T extends StateValue>(owner: KernelObject, name: string, value: T): PlainWord<T> {
    return new PlainWord<T>(owner, name, value);
  }

  /** Hardware that works beside the processors, and signals fences. */
  engine(name: string): Engine {
    return new Engine(this, name);
  }

  /** The pending fences of a buffer up to a usage, with a reference for each; or -ENOMEM. */
  *fences(buffer: DmaBuf, usage: ResvUsage): KernelTask<readonly DmaFence[] | number> {
    return yield* this.stack.resvQueries.getFences(buffer.resv, usage);
  }

  /** Waits for every fence of a buffer up to a usage. */
  *wait(buffer: DmaBuf, usage: ResvUsage): KernelTask<void> {
    yield* buffer.resv.waitTimeout(usage, false, MAX_SCHEDULE_TIMEOUT);
  }

  /** A device reads through a table: the first byte of the buffer. */
  *deviceReads(attachment: DmaBufAttachment, table: SgTable): KernelTask<number> {
    let byte = 0;
    if (table instanceof DeviceTable) byte = yield* table.storage.deviceRead(0);
    else yield REACH;
    attachment.tell('access', DMA_TO_DEVICE, table);
    return byte;
  }

  /** A device writes through a table: the first byte of the buffer. */
  *deviceWrites(attachment: DmaBufAttachment, table: SgTable, byte: number): KernelTask<void> {
    if (table instanceof DeviceTable) yield* table.storage.deviceWrite(0, byte);
    else yield REACH;
    attachment.tell('access', DMA_FROM_DEVICE, table);
  }

  /** What a process sees that maps this storage. */
  userMapping(storage: () => Storage): PageMapping {
    return new PageMapping(pagesOf(storage));
  }

  /** This storage in the kernel's own addresses. */
  kernelMapping(owner: KernelObject, storage: Storage): VmapArea {
    return new VmapArea(
      owner,
      pagesOf(() => storage),
    );
  }
}

function pagesOf(storage: () => Storage): PageLookup {
  return (index) => {
    const pages = storage();
    return index < pages.bytes / PAGE_SIZE ? { pages, index } : null;
  };
}
