import { Access, type KernelTask } from '../kernel/access.ts';
import { JIFFY_NS } from '../kernel/clock.ts';
import { ENOMEM } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import { BounceMapping, type ByteRange, isLineAligned } from './bounce-mapping.ts';
import type { IovaPage } from './iommu-domain.ts';
import { type Direction, DmaMapping } from './dma-mapping.ts';
import type { Device } from './device.ts';
import type { IovaSpace } from './iova-space.ts';
import { PAGE_BYTES, PAGE_LINES } from './platform-options.ts';
import type { PageNumber } from './physical-memory.ts';
import type { Platform } from './platform.ts';

/** What is to be done when nobody can reach the pages any more: give them back, say. */
export type Released = () => KernelTask<void>;

/** The kernel itself, as an owner of pages. */
const KERNEL = 255;

/** An unmapping that waits for the next flush. */
export interface Waiting {
  readonly mapping: DmaMapping;
  readonly released: Released | null;
}

/**
 * The kernel's side of DMA: gives devices addresses for pages, takes them away again, and keeps
 * caches and memory in step.
 *
 * @kernel dma_map_ops
 * @rule HW-IOMMU-006 HW-CACHE-005
 */
export class DmaMapper extends KernelObject {
  readonly platform: Platform;
  private readonly lock: SpinLock;
  private readonly spaces = new Map<Device, IovaSpace>();
  /** Unmapped, and not yet flushed. */
  private readonly waiting: Waiting[] = [];
  private isFlushArmed = false;
  private readonly syncs: Access;

  constructor(platform: Platform) {
    super(platform.world, 'dmaMapper');
    this.isStatic = true;
    this.platform = platform;
    this.lock = new SpinLock(this, 'lock', '&iovad->iova_rbtree_lock');
    this.syncs = new Access('write', 'once', this, 'caches', 'maintain');
  }

  /** A mapping, or -ENOMEM. @kernel dma_map_sgtable */
  *map(
    device: Device,
    pages: readonly PageNumber[],
    direction: Direction,
  ): KernelTask<DmaMapping | number> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const { iova } = yield* this.place(device, pages, direction);
    const mapping = new DmaMapping(device, pages, direction, iova);
    this.note(mapping);
    yield* this.syncForDevice(mapping);
    return mapping;
  }

  /**
   * Bytes of a page. If they share lines with other data, the device gets a page of its own instead.
   *
   * @kernel dma_map_single
   * @rule HW-CACHE-007
   */
  *mapBytes(
    device: Device,
    range: ByteRange,
    direction: Direction,
  ): KernelTask<DmaMapping | number> {
    if (!this.mustBounce(device, range)) return yield* this.map(device, [range.page], direction);
    const got = yield* this.platform.pages.allocate({ zone: 'system', count: 1, owner: KERNEL });
    if (typeof got === 'number') return got;
    const [bounced = 0] = got;
    const { iova } = yield* this.place(device, got, direction);
    const mapping = new this.platform.types.BounceMapping(device, range, direction, bounced, iova);
    this.note(mapping);
    yield* this.syncForDevice(mapping);
    return mapping;
  }

  /** A cache that agrees with the device by itself needs no whole lines. */
  protected mustBounce(device: Device, range: ByteRange): boolean {
    return !device.isCoherent && !isLineAligned(range);
  }

  protected *place(
    device: Device,
    pages: readonly PageNumber[],
    direction: Direction,
  ): KernelTask<{ readonly iova: IovaPage }> {
    const { memory } = this.platform;
    const { domain } = device;
    const flags = yield* this.lock.acquireIrqsave();
    this.touch();
    const physical = memory.addressOf(pages[0] ?? 0) / PAGE_BYTES;
    const iova = domain === null ? physical : this.spaceOf(device).take(pages.length);
    for (const [index, page] of pages.entries()) {
      domain?.set(iova + index, page, this.rights(direction));
    }
    this.lock.releaseIrqrestore(flags);
    return { iova };
  }

  /** The ledger of pages has the mapping from now on. */
  private note({ pages, user }: DmaMapping): void {
    for (const page of pages) this.platform.memory.addMap(page, user);
  }

  protected rights(direction: Direction): { canRead: boolean; canWrite: boolean } {
    return { canRead: direction !== 'fromDevice', canWrite: direction !== 'toDevice' };
  }

  /**
   * The device cannot reach the pages any more when `released` is called: at the end of this call,
   * or, deferred, with the next flush. @kernel dma_unmap_sgtable
   */
  *unmap(mapping: DmaMapping, released: Released | null = null): KernelTask<void> {
    yield* this.syncForCpu(mapping);
    const { domain } = mapping.device;
    const flags = yield* this.lock.acquireIrqsave();
    for (let index = 0; index < mapping.pages.length; index += 1)
      domain?.clear(mapping.iova + index);
    this.lock.releaseIrqrestore(flags);
    const { unmapping } = this.platform.options;
    if (unmapping === 'deferred' && domain !== null) {
      yield* this.defer({ mapping, released });
      return;
    }
    yield* this.invalidate(mapping);
    yield* this.release({ mapping, released });
  }

  /** Every page of it, and waits for all of them. */
  protected *invalidate({ device, iova, pages }: DmaMapping): KernelTask<void> {
    if (device.domain === null) return;
    let marker = 0;
    for (let index = 0; index < pages.length; index += 1) {
      marker = yield* this.platform.iommu.invalidate(device.domain, iova + index);
    }
    yield* this.platform.iommu.await(marker);
  }

  /** Addresses and pages may be used again. */
  protected *release({ mapping, released }: Waiting): KernelTask<void> {
    const { device, iova, pages, user } = mapping;
    const flags = yield* this.lock.acquireIrqsave();
    this.touch();
    if (device.domain !== null) this.spaceOf(device).giveBack(iova);
    for (const page of pages) this.platform.memory.removeMap(page, user);
    this.lock.releaseIrqrestore(flags);
    if (mapping instanceof BounceMapping) yield* this.platform.pages.release(pages);
    this.world.memory.free(mapping);
    if (released !== null) yield* released();
  }

  /** Puts an unmapping off until the flush. */
  protected *defer(one: Waiting): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    this.touch();
    this.waiting.push(one);
    const isFirst = !this.isFlushArmed;
    this.isFlushArmed = true;
    this.lock.releaseIrqrestore(flags);
    if (isFirst) this.armFlush();
  }

  /** @kernel fq_ring_add */
  protected armFlush(): void {
    const { clock } = this.world;
    const expires = clock.now + this.platform.options.flushNs / JIFFY_NS;
    clock.arm({ label: 'iommu flush', expires, run: () => this.flush() });
  }

  /** One invalidation of everything for all that has waited. @kernel fq_flush_timeout */
  *flush(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    this.touch();
    const ready = this.waiting.splice(0);
    this.isFlushArmed = false;
    this.lock.releaseIrqrestore(flags);
    const domains = new Set(ready.map(({ mapping }) => mapping.device.domain));
    let marker = 0;
    for (const domain of domains) {
      if (domain !== null) marker = yield* this.platform.iommu.invalidate(domain, null);
    }
    yield* this.platform.iommu.await(marker);
    for (const one of ready) yield* this.release(one);
  }

  /**
   * The device will read or write: memory has what the processors wrote. `direction`: what they did,
   * as the device would have to do it.
   *
   * @kernel dma_sync_sgtable_for_device
   */
  *syncForDevice(mapping: DmaMapping, direction: Direction = mapping.direction): KernelTask<void> {
    const { device, pages } = mapping;
    if (device.isCoherent) return;
    if (mapping instanceof BounceMapping) {
      yield this.syncs;
      mapping.copyIn();
      return;
    }
    for (const page of pages) {
      if (this.isUncached(page)) continue;
      yield this.syncs;
      this.maintain(page, direction !== 'fromDevice', direction !== 'toDevice');
    }
  }

  /** The processors will read: they see what the device wrote. @kernel dma_sync_sgtable_for_cpu */
  *syncForCpu(mapping: DmaMapping, direction: Direction = mapping.direction): KernelTask<void> {
    const { device, pages } = mapping;
    if (device.isCoherent || direction === 'toDevice') return;
    if (mapping instanceof BounceMapping) {
      yield this.syncs;
      mapping.copyOut();
      return;
    }
    for (const page of pages) {
      if (this.isUncached(page)) continue;
      yield this.syncs;
      this.maintain(page, false, true);
    }
  }

  /** No processor has anything of the page in its cache: no step, since nothing is done. */
  private isUncached(page: PageNumber): boolean {
    return this.platform.cpuCache.isEmptyOf(page);
  }

  protected maintain(page: PageNumber, cleans: boolean, invalidates: boolean): void {
    const { cpuCache } = this.platform;
    for (let line = 0; line < PAGE_LINES; line += 1) {
      if (cleans) cpuCache.clean(page, line);
      if (invalidates) cpuCache.invalidate(page, line);
    }
  }

  /** Addresses in use: for judges. */
  takenBy(device: Device): number {
    return this.spaceOf(device).taken.length;
  }

  protected spaceOf(device: Device): IovaSpace {
    const known = this.spaces.get(device);
    if (known !== undefined) return known;
    const space = new this.platform.types.IovaSpace();
    this.spaces.set(device, space);
    return space;
  }

  private touch(): void {
    this.world.touch(this, 'spaces', 'write', 'once');
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    for (const { mapping } of this.waiting) visit('waiting', mapping);
    for (const [device, { taken }] of this.spaces) {
      visit('device', device);
      for (const { from, count } of taken) visit('taken', [from, count]);
    }
  }
}
