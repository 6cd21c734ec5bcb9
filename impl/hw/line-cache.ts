import type { AbstractState, EventOf } from '../../model/events.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { World } from '../kernel/world.ts';
import { PAGE_LINES } from './platform-options.ts';
import type { PageNumber } from './physical-memory.ts';
import { CACHE_GROUP, Shadows } from './shadows.ts';
import { type Token, ZERO } from './token.ts';

export const ABSENT = 0;
export const CLEAN = 1;
export const DIRTY = 2;
export type LineState = typeof ABSENT | typeof CLEAN | typeof DIRTY;

const NAMES: Readonly<Record<LineState, string>> = {
  [ABSENT]: 'absent',
  [CLEAN]: 'clean',
  [DIRTY]: 'dirty',
};

const NO_PAGE = -1;

/** What a cache holds of one page: it stays when nothing is held any more, for the next time. */
interface CachedPage {
  readonly states: Uint8Array;
  /** `ZERO` where a line is absent. */
  readonly tokens: Float64Array;
  /** How many lines are not absent. */
  held: number;
}

/** A thing that a cache may do by itself at any moment. */
export interface CacheMove {
  readonly page: PageNumber;
  readonly line: number;
  readonly kind: 'writeBack' | 'evict' | 'drop' | 'fetch' | 'leave';
}

/**
 * A write-back cache without limits, by physical line: absent, clean, dirty.
 *
 * @rule HW-CACHE-001 HW-CACHE-002 HW-CACHE-008
 */
export abstract class LineCache extends KernelObject {
  private readonly pages = new Map<PageNumber, CachedPage>();
  /** The page that was asked for last: mostly it is the same again. */
  private lastPage: PageNumber = NO_PAGE;
  private last: CachedPage | undefined = undefined;
  private readonly shadows: Shadows;

  /** `number`: which of the machine's caches. */
  constructor(world: World, kind: string, number: number) {
    super(world, kind);
    this.isStatic = true;
    this.shadows = new Shadows(world, (line) => ({
      kind: 'cacheLine',
      group: CACHE_GROUP + number,
      number: line,
      title: `${this.label} line ${Math.floor(line / PAGE_LINES)}.${line % PAGE_LINES}`,
      show: () => this.shown(line),
    }));
  }

  /** What is behind the cache says. */
  protected abstract fetched(page: PageNumber, line: number): Token;
  /** A dirty line goes to what is behind the cache. */
  protected abstract writeBack(page: PageNumber, line: number, token: Token): void;

  /** A read through the cache. */
  load(page: PageNumber, line: number): Token {
    this.touch(page, 'write');
    const cached = this.pageOf(page);
    if (cached.states[line] === ABSENT) this.fill(cached, page, line);
    return cached.tokens[line] ?? ZERO;
  }

  /** A write through the cache goes nowhere else. */
  store(page: PageNumber, line: number, token: Token): void {
    this.touch(page, 'write');
    const cached = this.pageOf(page);
    const before = cached.states[line];
    if (before === ABSENT) cached.held += 1;
    cached.states[line] = DIRTY;
    cached.tokens[line] = token;
    if (this.world.isHeard) this.tell(page, line, before === DIRTY ? 'overwrite' : 'store');
  }

  /** Dirty lines are written back, and kept. */
  clean(page: PageNumber, line: number): void {
    this.touch(page, 'write');
    const cached = this.found(page);
    if (cached === undefined || cached.states[line] !== DIRTY) return;
    this.setClean(page, line);
    this.writeBack(page, line, cached.tokens[line] ?? ZERO);
  }

  /** The line is as what is behind the cache has it, or will: somebody else writes it back. */
  protected setClean(page: PageNumber, line: number): void {
    const cached = this.found(page);
    if (cached === undefined) return;
    cached.states[line] = CLEAN;
    if (this.world.isHeard) this.tell(page, line, 'clean');
  }

  /** Dirty lines of a page, from one on without a gap, are so no more; what they hold. */
  protected takeDirty(page: PageNumber, from: number): Token[] {
    this.touch(page, 'read');
    const tokens: Token[] = [];
    const cached = this.found(page);
    if (cached === undefined) return tokens;
    const { states, tokens: held } = cached;
    for (let line = from; states[line] === DIRTY; line += 1) {
      tokens.push(held[line] ?? ZERO);
      states[line] = CLEAN;
      if (this.world.isHeard) this.tell(page, line, 'clean');
    }
    if (tokens.length > 0) this.touch(page, 'write');
    return tokens;
  }

  /** The line is absent, whatever was in it: what was dirty is lost. */
  invalidate(page: PageNumber, line: number): void {
    this.touch(page, 'write');
    const cached = this.found(page);
    if (cached === undefined || cached.states[line] === ABSENT) return;
    const isLost = cached.states[line] === DIRTY;
    cached.states[line] = ABSENT;
    cached.tokens[line] = ZERO;
    cached.held -= 1;
    if (this.world.isHeard) this.tell(page, line, isLost ? 'invalidate.lost' : 'invalidate');
  }

  /** A line that is not there is fetched, asked for or not. */
  fetch(page: PageNumber, line: number): void {
    this.touch(page, 'write');
    const cached = this.pageOf(page);
    if (cached.states[line] === ABSENT) this.fill(cached, page, line);
  }

  private fill(cached: CachedPage, page: PageNumber, line: number): void {
    cached.tokens[line] = this.fetched(page, line);
    cached.states[line] = CLEAN;
    cached.held += 1;
    if (this.world.isHeard) this.tell(page, line, 'fetch');
  }

  /** Judges hear of what becomes of a line. */
  private tell(page: PageNumber, line: number, event: EventOf<'cacheLine'>): void {
    this.world.emit(this.shadows.of(page * PAGE_LINES + line), event);
  }

  private shown(number: number): AbstractState {
    const state = this.shownState(Math.floor(number / PAGE_LINES), number % PAGE_LINES);
    return { state: NAMES[state], context: {} };
  }

  /** For those who look from outside: what the cache holds of a line, if anything. */
  stateOf(page: PageNumber, line: number): LineState {
    this.touch(page, 'read');
    return this.shownState(page, line);
  }

  /** The same without a trace, for judges. */
  shownState(page: PageNumber, line: number): LineState {
    const state = this.found(page)?.states[line] ?? ABSENT;
    return state === DIRTY ? DIRTY : state === CLEAN ? CLEAN : ABSENT;
  }

  tokenOf(page: PageNumber, line: number): Token {
    this.touch(page, 'read');
    return this.found(page)?.tokens[line] ?? ZERO;
  }

  /** Nothing of the page is cached. */
  isEmptyOf(page: PageNumber): boolean {
    this.touch(page, 'read');
    return (this.found(page)?.held ?? 0) === 0;
  }

  /** Pages of which something is cached, in ascending order. */
  get cachedPages(): readonly PageNumber[] {
    const pages: PageNumber[] = [];
    for (const [page, { held }] of this.pages) if (held > 0) pages.push(page);
    return pages.sort((first, second) => first - second);
  }

  /** Does what nature wants. */
  move({ page, line, kind }: CacheMove): void {
    if (kind === 'fetch') this.fetch(page, line);
    if (kind === 'writeBack' || kind === 'evict') this.clean(page, line);
    if (kind === 'evict' || kind === 'drop') this.invalidate(page, line);
  }

  /** All that it could do by itself now. */
  moves(lines: number): readonly CacheMove[] {
    const moves: CacheMove[] = [];
    for (const page of this.cachedPages) {
      for (let line = 0; line < lines; line += 1) {
        const state = this.shownState(page, line);
        if (state === DIRTY)
          moves.push({ page, line, kind: 'writeBack' }, { page, line, kind: 'evict' });
        if (state === CLEAN) moves.push({ page, line, kind: 'drop' });
      }
    }
    return moves;
  }

  private found(page: PageNumber): CachedPage | undefined {
    if (page !== this.lastPage) {
      this.last = this.pages.get(page);
      this.lastPage = page;
    }
    return this.last;
  }

  private pageOf(page: PageNumber): CachedPage {
    let cached = this.found(page);
    if (cached === undefined) {
      const states = new Uint8Array(PAGE_LINES);
      cached = { states, tokens: new Float64Array(PAGE_LINES), held: 0 };
      this.pages.set(page, cached);
      this.last = cached;
    }
    return cached;
  }

  /** Pages are told apart, lines are not: that costs schedules, and no truth. */
  protected touch(page: PageNumber, kind: 'read' | 'write'): void {
    const { world } = this;
    if (world.footprint === null && world.accesses === null) return;
    world.touch(this, `page ${page}`, kind, 'once');
  }

  visitState(visit: StateVisitor): void {
    for (const page of this.cachedPages) {
      for (let line = 0; line < PAGE_LINES; line += 1) {
        const state = this.shownState(page, line);
        if (state !== ABSENT)
          visit('line', [page, line, state, this.pages.get(page)?.tokens[line] ?? ZERO]);
      }
    }
  }
}
