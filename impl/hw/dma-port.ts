import type { KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { Performed } from '../kernel/performed.ts';
import type { DeviceLane } from './device-lane.ts';
import type { DmaMapping } from './dma-mapping.ts';
import type { Device } from './device.ts';
import type { DmaAccess, IommuDomain, IommuEntry, IovaPage } from './iommu-domain.ts';
import { PAGE_BYTES, PAGE_LINES } from './platform-options.ts';
import type { PageNumber } from './physical-memory.ts';
import { ONES, type Token } from './token.ts';
import type { WritePath } from './write-path.ts';

/** The access went nowhere: it is recorded, and the device is told. */
export const ABORT = -1;

/** What is to be translated. `meant`: whose address it is, for the oracle alone. */
interface Asked {
  readonly iova: IovaPage;
  readonly access: DmaAccess;
  readonly meant: DmaMapping | null;
}

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
  translate(
    lane: DeviceLane,
    iova: IovaPage,
    access: DmaAccess,
    meant: DmaMapping | null = null,
  ): KernelTask<PageNumber> {
    const { device } = this;
    const { domain, platform } = device;
    if (device.isGone.get()) return new Performed(ABORT);
    if (domain === null) return new Performed(platform.memory.pageAt(iova * PAGE_BYTES));
    const entry = domain.look(iova);
    if (entry === null) return this.miss(lane, domain, { iova, access, meant });
    if (!domain.noteHit(iova)) this.compare(entry);
    return this.through(domain, entry, { iova, access, meant });
  }

  /** The table is walked, and its answer kept. */
  private *miss(lane: DeviceLane, domain: IommuDomain, asked: Asked): KernelTask<PageNumber> {
    const { platform } = this.device;
    yield* lane.work(platform.options.walkNs);
    const { iova, access } = asked;
    const entry = domain.walk(iova);
    if (entry === null) return yield* this.refuse(domain, entry, { iova, access });
    domain.insert(iova, entry);
    return yield* this.through(domain, entry, asked);
  }

  /** Through an entry, where it lets the access pass. */
  private through(domain: IommuDomain, entry: IommuEntry, asked: Asked): KernelTask<PageNumber> {
    const { iova, access, meant } = asked;
    if (!this.permits(entry, access)) return this.refuse(domain, entry, { iova, access });
    if (meant !== null) this.compareBuffer(iova, entry.page, meant);
    return new Performed(entry.page);
  }

  private *refuse(
    domain: IommuDomain,
    entry: IommuEntry | null,
    { iova, access }: Pick<Asked, 'iova' | 'access'>,
  ): KernelTask<PageNumber> {
    const reason = entry === null ? 'UNMAPPED' : 'PERM';
    yield* this.device.platform.iommu.fault(domain, iova * PAGE_BYTES, access, reason);
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
