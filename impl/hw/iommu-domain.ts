import type { AbstractState, EventOf } from '../../model/events.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { Device } from './device.ts';
import { PAGE_BYTES } from './platform-options.ts';
import type { PageNumber } from './physical-memory.ts';
import { Shadows, TRANSLATION_GROUP } from './shadows.ts';

export type DmaAccess = 'read' | 'write';

/** Where a page of a device's addresses leads. */
export interface IommuEntry {
  readonly page: PageNumber;
  readonly canRead: boolean;
  readonly canWrite: boolean;
  /** That of the page when it was mapped. */
  readonly epoch: number;
}

/** The number of a page in a device's own addresses. */
export type IovaPage = number;

export function iovaPageOf(address: number): IovaPage {
  return Math.floor(address / PAGE_BYTES);
}

/**
 * The addresses of one device: a table in memory, and what the device has cached of it. Taking an
 * entry out of the table does not take it out of the cache.
 *
 * @rule HW-IOMMU-001 HW-IOMMU-002 HW-IOMMU-004 HW-IOMMU-008
 */
export class IommuDomain extends KernelObject {
  readonly device: Device;
  private readonly table = new Map<IovaPage, IommuEntry>();
  /** The IOTLB: oldest first. */
  protected readonly cached: Map<IovaPage, IommuEntry> = new Map<IovaPage, IommuEntry>();
  private readonly entriesMax: number;
  /** Rises with every change of table or cache: what was found before it may be old. */
  version = 0;
  private readonly shadows: Shadows;

  constructor(device: Device) {
    super(device.world, 'iommuDomain');
    this.isStatic = true;
    this.device = device;
    this.entriesMax = device.platform.options.iotlbEntries;
    this.shadows = new Shadows(device.world, (number) => ({
      kind: 'translation',
      group: TRANSLATION_GROUP + device.number,
      number,
      title: `${this.label} page 0x${number.toString(16)}`,
      show: () => this.shown(number),
    }));
  }

  override get label(): string {
    return `${this.device.name}.domain`;
  }

  /** What software says. */
  set(iova: IovaPage, page: PageNumber, access: { canRead: boolean; canWrite: boolean }): void {
    this.world.touch(this, 'table', 'write', 'once');
    this.version += 1;
    const { memory } = this.device.platform;
    memory.touchPage(page, 'read');
    this.table.set(iova, { page, ...access, epoch: this.epochOf(page) });
    this.tell(iova, 'map');
  }

  private tell(iova: IovaPage, event: EventOf<'translation'>): void {
    if (this.world.isHeard) this.world.emit(this.shadows.of(iova), event);
  }

  private shown(iova: IovaPage): AbstractState {
    const entry = this.table.get(iova);
    const cached = this.cached.get(iova);
    const isStale = cached !== entry;
    const cache = cached === undefined ? 'empty' : isStale ? 'stale' : 'fresh';
    return { state: entry === undefined ? 'empty' : 'mapped', context: { cache } };
  }

  protected epochOf(page: PageNumber): number {
    return this.device.platform.memory.record(page).epoch;
  }

  /** The entry is gone from the table, and from nowhere else. */
  clear(iova: IovaPage): IommuEntry | null {
    this.world.touch(this, 'table', 'write', 'once');
    this.version += 1;
    const entry = this.table.get(iova) ?? null;
    this.table.delete(iova);
    if (entry !== null) this.tell(iova, 'clear');
    return entry;
  }

  /** What a walk of the table finds. */
  walk(iova: IovaPage): IommuEntry | null {
    this.world.touch(this, 'table', 'read', 'once');
    return this.table.get(iova) ?? null;
  }

  /** What the device has cached. */
  look(iova: IovaPage): IommuEntry | null {
    this.world.touch(this, 'iotlb', 'read', 'once');
    return this.cached.get(iova) ?? null;
  }

  /** What is cached has been used; whether it is still in the table. */
  noteHit(iova: IovaPage): boolean {
    this.world.touch(this, 'table', 'read', 'once');
    const isStale = this.table.get(iova) !== this.cached.get(iova);
    this.tell(iova, isStale ? 'hit.stale' : 'hit');
    return !isStale;
  }

  /** The oldest entry makes room for a new one. */
  insert(iova: IovaPage, entry: IommuEntry): void {
    this.world.touch(this, 'iotlb', 'write', 'once');
    this.version += 1;
    const { cached } = this;
    // Somebody else of the device has walked meanwhile.
    if (cached.has(iova)) return;
    if (cached.size >= this.entriesMax) {
      for (const [oldest] of cached) {
        cached.delete(oldest);
        this.tell(oldest, 'evict');
        break;
      }
    }
    cached.set(iova, entry);
    this.tell(iova, 'fill');
  }

  /** Drops what is cached for one page, or everything. */
  invalidate(iova: IovaPage | null): void {
    this.world.touch(this, 'iotlb', 'write', 'once');
    this.version += 1;
    const dropped = iova === null ? [...this.cached.keys()] : [iova];
    for (const one of dropped) if (this.cached.delete(one)) this.tell(one, 'invalidate');
  }

  /** What the device can reach: for judges. In ascending order. */
  get entries(): readonly (readonly [IovaPage, IommuEntry])[] {
    return [...this.table].toSorted(([first], [second]) => first - second);
  }

  /** Some address leads to the page: for judges. */
  holds(page: PageNumber): boolean {
    for (const entry of this.table.values()) if (entry.page === page) return true;
    return false;
  }

  /** Where an address leads, without a trace: for judges. */
  pageAt(iova: IovaPage): PageNumber | null {
    return this.table.get(iova)?.page ?? null;
  }

  get cachedPages(): readonly IovaPage[] {
    return [...this.cached.keys()];
  }

  visitState(visit: StateVisitor): void {
    for (const [iova, { page, canRead, canWrite, epoch }] of this.entries) {
      visit('entry', [iova, page, canRead, canWrite, epoch]);
    }
    for (const [iova, { page, canRead, canWrite, epoch }] of this.cached) {
      visit('cached', [iova, page, canRead, canWrite, epoch]);
    }
  }
}
