import type { AbstractState, EventOf } from '../../model/events.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { Oracle } from './oracle.ts';
import {
  APERTURE_BASE,
  PAGE_BYTES,
  PAGE_LINES,
  type PlatformOptions,
  RAM_BASE,
  VRAM_BASE,
} from './platform-options.ts';
import type { Platform } from './platform.ts';
import { PAGE_GROUP, Shadows } from './shadows.ts';
import { GARBAGE, ONES, POISON, type Token, writerOf, ZERO } from './token.ts';

/** The number of a physical page: system memory first, then that of the graphics device. */
export type PageNumber = number;

export type Zone = 'system' | 'cma' | 'vram';

/** Nobody owns it: it is free. */
export const NO_OWNER = 0;

/** What the machine knows of a page, besides what is in it. @kernel struct page */
export class PageRecord {
  /** Who has it: a number that whoever allocates has chosen; `NO_OWNER`: it is free. */
  owner: number = NO_OWNER;
  pins = 0;
  /** By whom: each mapping of a processor or a device. */
  readonly maps: string[] = [];
  /** Rises with each allocation and each free. */
  epoch = 0;
  /** A movable allocation has it, and may be asked to leave. */
  isMovable = false;
  readonly lines: Float64Array = new Float64Array(PAGE_LINES);
  /** What a page of VRAM or of the contiguous range held when it was freed, under the poison. */
  kept: Float64Array | null = null;
  /** Whose content it is that an allocation has not cleared; by line, 1 until it is written. */
  formerOwner: number = NO_OWNER;
  readonly isFormer: Uint8Array = new Uint8Array(PAGE_LINES);
}

/**
 * Physical memory: lines with a token each. A line is read or written as a whole; what is said of
 * pages here is never a decision, only its effect.
 *
 * @rule HW-MEM-001 HW-MEM-002 HW-MEM-003
 */
export class PhysicalMemory extends KernelObject {
  readonly options: PlatformOptions;
  readonly pagesTotal: number;
  protected readonly oracle: Oracle;
  /** Made when they are touched first. */
  private readonly pages: (PageRecord | undefined)[] = [];
  private readonly fields: string[] = [];
  private readonly shadows: Shadows;

  constructor({ world, options, oracle }: Platform) {
    super(world, 'physicalMemory');
    this.isStatic = true;
    this.options = options;
    this.oracle = oracle;
    this.pagesTotal = options.systemPages + options.vramPages;
    this.shadows = new Shadows(world, (number) => ({
      kind: 'page',
      group: PAGE_GROUP,
      number,
      title: `page ${number}`,
      show: () => this.shown(number),
    }));
  }

  zoneOf(page: PageNumber): Zone {
    const { systemPages, cmaPages } = this.options;
    if (page >= systemPages) return 'vram';
    return page >= systemPages - cmaPages ? 'cma' : 'system';
  }

  /** The address of a page on the system's buses. VRAM outside the aperture has its own only. */
  addressOf(page: PageNumber): number {
    const { systemPages } = this.options;
    if (page < systemPages) return RAM_BASE + page * PAGE_BYTES;
    return VRAM_BASE + (page - systemPages) * PAGE_BYTES;
  }

  /** The page at a physical address; -1 where there is none. The aperture shows VRAM. */
  pageAt(address: number): PageNumber {
    const { systemPages, vramPages, aperturePages } = this.options;
    const within = (base: number, pages: number): number => {
      const page = Math.floor((address - base) / PAGE_BYTES);
      return page >= 0 && page < pages ? page : -1;
    };
    const ram = within(RAM_BASE, systemPages);
    if (ram >= 0) return ram;
    const shown = within(APERTURE_BASE, aperturePages);
    const own = shown >= 0 ? shown : within(VRAM_BASE, vramPages);
    return own >= 0 ? systemPages + own : -1;
  }

  /** The processor and other devices reach it: all but VRAM outside the aperture. */
  isReachable(page: PageNumber): boolean {
    return page < this.options.systemPages + this.options.aperturePages;
  }

  /** Pages that somebody has, or can reach. For judges. */
  get used(): readonly PageNumber[] {
    const isUsed = ({ owner, pins, maps }: PageRecord): boolean =>
      owner !== NO_OWNER || pins > 0 || maps.length > 0;
    return this.pages.flatMap((record, page) =>
      record !== undefined && isUsed(record) ? [page] : [],
    );
  }

  /** Everything about a page. Whoever decides by it says so with `touchPage`. */
  record(page: PageNumber): PageRecord {
    const known = this.pages[page];
    if (known !== undefined) return known;
    if (page < 0 || page >= this.pagesTotal) throw new Error(`there is no page ${page}`);
    const record = new PageRecord();
    const isVram = this.zoneOf(page) === 'vram';
    record.lines.fill(POISON);
    record.kept = new Float64Array(PAGE_LINES).fill(isVram ? GARBAGE : ZERO);
    this.pages[page] = record;
    return record;
  }

  /** What memory holds, whoever asks: a read of poison, or of what another owner left, is noted. */
  read(page: PageNumber, line: number): Token {
    const { world } = this;
    if (world.footprint !== null || world.accesses !== null) this.touch(page, line, 'read');
    const record = this.record(page);
    const token = record.lines[line] ?? ONES;
    if (token === POISON) this.oracle.note('USE_AFTER_FREE', `page ${page}`);
    else if (record.formerOwner !== NO_OWNER && record.isFormer[line] === 1) {
      this.noteForeign(page, token);
    }
    return token;
  }

  private noteForeign(page: PageNumber, token: Token): void {
    if (writerOf(token) === 0) return;
    this.oracle.note('FOREIGN_TOKEN', `page ${page}: ${this.oracle.text(token)}`);
  }

  write(page: PageNumber, line: number, token: Token): void {
    const { world } = this;
    if (world.footprint !== null || world.accesses !== null) this.touch(page, line, 'write');
    const record = this.record(page);
    record.lines[line] = token;
    if (record.formerOwner !== NO_OWNER) record.isFormer[line] = 0;
    if (record.owner === NO_OWNER) this.oracle.note('USE_AFTER_FREE', `page ${page}`);
  }

  /** The page has an owner from now on. What was in it shows again, unless it is cleared. */
  give(page: PageNumber, owner: number, isCleared: boolean): void {
    this.touchPage(page, 'write');
    const record = this.record(page);
    record.owner = owner;
    record.epoch += 1;
    const isFormer = !isCleared && record.kept !== null && record.formerOwner !== owner;
    record.isFormer.fill(isFormer ? 1 : 0);
    if (!isFormer) record.formerOwner = NO_OWNER;
    if (isCleared || record.kept === null) record.lines.fill(ZERO);
    else record.lines.set(record.kept);
    this.tell(page, 'give');
  }

  /** Nobody has the page any more. */
  take(page: PageNumber): void {
    this.touchPage(page, 'write');
    const record = this.record(page);
    const { maps, pins } = record;
    const uses = pins > 0 ? [...maps, `${pins} pins`] : maps;
    if (uses.length > 0) this.oracle.note('FREED_WHILE_MAPPED', `page ${page}: ${uses.join(', ')}`);
    record.formerOwner = record.owner;
    record.owner = NO_OWNER;
    record.isMovable = false;
    record.epoch += 1;
    if (this.zoneOf(page) === 'system') record.kept = null;
    else (record.kept ??= new Float64Array(PAGE_LINES)).set(record.lines);
    record.lines.fill(POISON);
    this.tell(page, uses.length > 0 ? 'take.used' : 'take');
  }

  /** Somebody can reach the page now: it must not be freed. */
  addMap(page: PageNumber, by: string): void {
    this.touchPage(page, 'write');
    this.record(page).maps.push(by);
    this.tell(page, 'map');
  }

  removeMap(page: PageNumber, by: string): void {
    this.touchPage(page, 'write');
    const { maps } = this.record(page);
    const at = maps.indexOf(by);
    if (at < 0) return;
    maps.splice(at, 1);
    this.tell(page, 'unmap');
  }

  /** It must stay where it is, with what is in it; or need not any more. */
  pin(page: PageNumber, isPinned: boolean): void {
    this.touchPage(page, 'write');
    this.record(page).pins += isPinned ? 1 : -1;
    this.tell(page, isPinned ? 'pin' : 'unpin');
  }

  /** Judges hear of what becomes of a page. */
  private tell(page: PageNumber, event: EventOf<'page'>): void {
    if (this.world.isHeard) this.world.emit(this.shadows.of(page), event);
  }

  private shown(page: PageNumber): AbstractState {
    const { owner, pins, maps } = this.record(page);
    const state = owner === NO_OWNER ? 'free' : 'owned';
    return { state, context: { pins, maps: maps.length } };
  }

  /** Its owner, uses and epoch are read or changed, and all lines with them. */
  touchPage(page: PageNumber, kind: 'read' | 'write'): void {
    this.world.touch(this, this.fieldOf(page), kind, 'once');
  }

  protected touch(page: PageNumber, line: number, kind: 'read' | 'write'): void {
    const { world } = this;
    world.touch(this, this.fieldOf(page), 'read', 'once');
    world.touch(this, this.fieldOf(this.pagesTotal + page * PAGE_LINES + line), kind, 'once');
  }

  private fieldOf(number: number): string {
    const known = this.fields[number];
    if (known !== undefined) return known;
    const line = number - this.pagesTotal;
    const name =
      line < 0 ? `page ${number}` : `line ${Math.floor(line / PAGE_LINES)}.${line % PAGE_LINES}`;
    this.fields[number] = name;
    return name;
  }

  visitState(visit: StateVisitor): void {
    for (const [page, record] of this.pages.entries()) {
      if (record === undefined || (record.epoch === 0 && record.owner === NO_OWNER)) continue;
      visit('page', page);
      visit('owner', record.owner);
      visit('uses', record.pins * PAGE_BYTES + record.maps.length);
      visit('epoch', record.epoch);
      visit('former', record.formerOwner);
      for (const [line, token] of record.lines.entries()) {
        if (token === (record.owner === NO_OWNER ? POISON : ZERO)) continue;
        visit('line', line);
        visit('token', token);
        if (record.isFormer[line] === 1) visit('isFormer', true);
      }
    }
  }
}
