import type { KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { DeviceLane } from './device-lane.ts';
import type { DmaMapping } from './dma-mapping.ts';
import type { Device } from './device.ts';
import { type DmaAccess, type IommuEntry, type IovaPage } from './iommu-domain.ts';
import { PAGE_BYTES, PAGE_LINES } from './platform-options.ts';
import type { PageNumber } from './physical-memory.ts';
import { ONES, type Token } from './token.ts';
import type { WritePath } from './write-path.ts';

/** The access went nowhere: it is recorded, and the device is told. */
export const ABORT = -1;

/** Lanes of a device: its registers, these two, and from 4 on its engines. */
const RAM_LANE = 1;
const PEER_LANE = 2;

/**
 * How a device reaches memory: it translates the addresses that it was given, page by page, and
 * then reads and writes lines. Only lanes of the device use it.
 *
 * @rule HW-IOMMU-002 HW-IOMMU-003 HW-IOMMU-005 HW-CACHE-004
 */
export class DmaPort extends KernelObject {
  readonly device: Device;
  /** Writes to system memory, and to memory of other devices. */
  readonly toRam: WritePath;
  readonly toPeer: WritePath;

  constructor(device: Device) {
    super(device.world, 'dmaPort');
    this.isStatic = true;
    this.device = device;
    const { WritePath: Path } = device.platform.types;
    const { dmaRamNs, dmaPeerNs } = device.platform.options;
    this.toRam = new Path(device, 'dma', RAM_LANE, dmaRamNs);
    this.toPeer = new Path(device, 'peer', PEER_LANE, dmaPeerNs);
  }

  /**
   * The page behind a page of the device's addresses, or ABORT. To be asked when a burst enters a
   * page; the burst keeps the answer until it leaves the page. A miss takes the time of a walk.
   * `meant`: whose address it is, for the oracle alone.
   */
  *translate(
    lane: DeviceLane,
    iova: IovaPage,
    access: DmaAccess,
    meant: DmaMapping | null = null,
  ): KernelTask<PageNumber> {
    const { device } = this;
    const { domain, platform } = device;
    if (device.isGone.get()) return ABORT;
    if (domain === null) return platform.memory.pageAt(iova * PAGE_BYTES);
    let entry = domain.look(iova);
    if (entry === null) {
      yield* lane.work(platform.options.walkNs);
      entry = domain.walk(iova);
      if (entry !== null) domain.insert(iova, entry);
    } else if (!domain.noteHit(iova)) {
      this.compare(entry);
    }
    if (entry !== null && this.permits(entry, access)) {
      if (meant !== null) this.compareBuffer(iova, entry.page, meant);
      return entry.page;
    }
    const reason = entry === null ? 'UNMAPPED' : 'PERM';
    yield* platform.iommu.fault(domain, iova * PAGE_BYTES, access, reason);
    return this.aborted(entry);
  }

  protected permits({ canRead, canWrite }: IommuEntry, access: DmaAccess): boolean {
    return access === 'read' ? canRead : canWrite;
  }

  /** What the device gets instead of a page. */
  protected aborted(_entry: IommuEntry | null): PageNumber {
    return ABORT;
  }

  /** A cached translation is used that is not in the table: the oracle asks where it leads. */
  protected compare(cached: IommuEntry): void {
    const { platform, name } = this.device;
    const { memory, oracle } = platform;
    memory.touchPage(cached.page, 'read');
    const { epoch } = memory.record(cached.page);
    const kind = epoch === cached.epoch ? 'STALE_TLB' : 'STALE_TLB_USE_AFTER_FREE';
    oracle.note(kind, `page ${cached.page}`, name);
  }

  /** The address was another device's: it leads to some other buffer of this one. */
  protected compareBuffer(iova: IovaPage, page: PageNumber, meant: DmaMapping): void {
    if (meant.pages[iova - meant.iova] === page) return;
    this.device.platform.oracle.note('WRONG_BUFFER', `page ${page}`, this.device.name);
  }

  /** Another device's memory, or the system's: what is reached over the bus. */
  private reaches(page: PageNumber): boolean {
    const { platform, vram } = this.device;
    const { memory, oracle } = platform;
    const isOwn = vram && memory.zoneOf(page) === 'vram';
    if (isOwn || memory.isReachable(page)) return true;
    oracle.note('BUS_ERROR', `page ${page}`, this.device.name);
    return false;
  }

  /** It looks into the cache of the processors. */
  protected get snoops(): boolean {
    return this.device.isCoherent;
  }

  /** What the device sees of a line now. */
  load(page: PageNumber, line: number): Token {
    const { platform, isGone } = this.device;
    if (page === ABORT || isGone.value || !this.reaches(page)) return ONES;
    return this.snoops ? platform.cpuCache.snoopRead(page, line) : platform.memory.read(page, line);
  }

  /** Makes a line visible now. Devices `post`, and are late. */
  store(page: PageNumber, line: number, token: Token): void {
    const { platform, isGone } = this.device;
    if (page === ABORT || isGone.value || !this.reaches(page)) return;
    if (this.snoops) platform.cpuCache.snoopWrite(page, line);
    platform.memory.write(page, line, token);
    platform.ledger?.landed(this.device, page * PAGE_LINES + line, token);
  }

  /** Writes lines of one page, from `line` on: visible after a while, in order per path. */
  post(page: PageNumber, line: number, tokens: readonly Token[]): void {
    if (page === ABORT || this.device.isGone.value) return;
    const { ledger } = this.device.platform;
    if (ledger !== null) {
      for (const [index, token] of tokens.entries())
        ledger.written(this.device, page * PAGE_LINES + line + index, token);
    }
    this.pathTo(page).post(page, line, tokens);
  }

  pathTo(page: PageNumber): WritePath {
    const { platform, vram } = this.device;
    return platform.memory.zoneOf(page) === 'vram' && !vram ? this.toPeer : this.toRam;
  }

  /** Waits until all writes so far are visible, on every path. */
  *drain(): KernelTask<void> {
    yield* this.toRam.drain();
    yield* this.toPeer.drain();
  }

  /** A reset: writes that have not landed are dropped, and so is what is cached of the table. */
  reset(): void {
    this.toRam.drop();
    this.toPeer.drop();
    this.device.domain?.invalidate(null);
  }

  visitState(_visit: StateVisitor): void {}
}
