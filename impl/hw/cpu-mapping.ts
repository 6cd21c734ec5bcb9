import { Access, type KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { Attribute } from './cpu-cache.ts';
import { PAGE_LINES } from './platform-options.ts';
import type { PageNumber } from './physical-memory.ts';
import type { Platform } from './platform.ts';
import { ONES, type Token } from './token.ts';

/**
 * Pages as the processors see them, in a row. Lines are numbered from 0 over all pages. Each read
 * and write of a line is a step.
 *
 * @rule HW-CACHE-003 HW-MEM-006
 */
export class CpuMapping extends KernelObject {
  readonly pages: readonly PageNumber[];
  readonly attribute: Attribute;
  readonly platform: Platform;
  /** As the ledger of pages names it. */
  private readonly user: string;
  private readonly look: Access;
  private readonly change: Access;

  constructor(platform: Platform, pages: readonly PageNumber[], attribute: Attribute) {
    super(platform.world, 'cpuMapping');
    this.platform = platform;
    this.pages = pages;
    this.user = this.label;
    this.attribute = attribute;
    this.look = new Access('read', 'once', this, 'lines', 'read');
    this.change = new Access('write', 'once', this, 'lines', 'write');
    const { memory, cpuCache } = platform;
    for (const page of pages) {
      memory.addMap(page, this.user);
      cpuCache.use(page, attribute);
    }
  }

  /** @kernel vunmap */
  unmap(): void {
    const { memory, cpuCache } = this.platform;
    for (const page of this.pages) {
      memory.removeMap(page, this.user);
      cpuCache.unuse(page, this.attribute);
    }
    this.world.memory.free(this);
  }

  *read(line: number): KernelTask<Token> {
    yield this.look;
    this.world.memory.reads(this, 'pages', 'once');
    const token = this.see(this.pageOf(line), line % PAGE_LINES);
    this.world.current.observe(token);
    const place = this.pageOf(line) * PAGE_LINES + (line % PAGE_LINES);
    this.platform.ledger?.seen(place, token, this.attribute === 'cached');
    return token;
  }

  *write(line: number, token: Token): KernelTask<void> {
    yield this.change;
    this.world.memory.reads(this, 'pages', 'once');
    const page = this.pageOf(line);
    if (!this.reaches(page)) return;
    const { memory, cpuCache } = this.platform;
    const { cpu } = this.world.current;
    const at = line % PAGE_LINES;
    if (this.attribute === 'cached') cpuCache.store(page, at, token);
    else if (this.attribute === 'combining') cpuCache.combine(cpu, page, at, token);
    else memory.write(page, at, token);
    this.platform.ledger?.stored(page * PAGE_LINES + at, token, this.attribute === 'cached');
  }

  private see(page: PageNumber, line: number): Token {
    if (!this.reaches(page)) return ONES;
    const { memory, cpuCache } = this.platform;
    if (this.attribute === 'cached') return cpuCache.load(page, line);
    const own = cpuCache.combinedOf(this.world.current.cpu, page, line);
    return own ?? memory.read(page, line);
  }

  private pageOf(line: number): PageNumber {
    const page = this.pages[Math.floor(line / PAGE_LINES)];
    return page ?? this.world.fault('use-after-free', `${this.label} has no line ${line}`, this);
  }

  /** The aperture is smaller than VRAM. */
  protected reaches(page: PageNumber): boolean {
    const { memory, oracle } = this.platform;
    if (memory.isReachable(page)) return true;
    oracle.note('BUS_ERROR', `page ${page}`);
    return false;
  }

  visitState(visit: StateVisitor): void {
    visit('pages', this.pages);
    visit('attribute', this.attribute);
  }
}
