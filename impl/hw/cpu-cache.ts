import type { Cpu } from '../kernel/cpu.ts';
import type { StateVisitor } from '../kernel/object.ts';
import { CacheWhim } from './cache-whim.ts';
import { ABSENT, type CacheMove, DIRTY, LineCache } from './line-cache.ts';
import { PAGE_LINES } from './platform-options.ts';
import type { PageNumber } from './physical-memory.ts';
import type { Platform } from './platform.ts';
import type { Token } from './token.ts';

/** How the processors use a page: through the cache, combining writes, or directly. */
export const ATTRIBUTES = ['cached', 'combining', 'uncached'] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

/** A write that the processor keeps back, to send it along with others. */
interface Combined {
  readonly page: PageNumber;
  readonly line: number;
  readonly token: Token;
}

/**
 * The cache of the processors, which is one for all of them, and the buffer of each in which it
 * combines writes. It also knows how pages are mapped: two ways at once are a mistake.
 *
 * @rule HW-CACHE-001 HW-CACHE-002 HW-CACHE-003 HW-CACHE-004
 */
export class CpuCache extends LineCache {
  private readonly platform: Platform;
  /** By processor: what has not left it. */
  private readonly combined = new Map<number, Combined[]>();
  /** By page: how often it is mapped in each way. */
  private readonly uses = new Map<PageNumber, Record<Attribute, number>>();

  constructor(platform: Platform) {
    super(platform.world, 'cpuCache', 0);
    this.platform = platform;
    const { caches } = platform.options;
    if (caches === 'moves') new CacheWhim(platform, this, 0);
  }

  /** The processors use a page in one more way. */
  use(page: PageNumber, attribute: Attribute): void {
    this.touch(page, 'write');
    const uses = this.uses.get(page) ?? { cached: 0, combining: 0, uncached: 0 };
    this.uses.set(page, uses);
    uses[attribute] += 1;
    const ways = ATTRIBUTES.filter((one) => uses[one] > 0);
    if (ways.length > 1) this.noteAlias(page, ways);
    if (attribute === 'cached') this.prefetch(page);
  }

  protected noteAlias(page: PageNumber, ways: readonly Attribute[]): void {
    this.platform.oracle.note('ALIAS', `page ${page}: ${ways.join(' and ')}`);
  }

  unuse(page: PageNumber, attribute: Attribute): void {
    this.touch(page, 'write');
    const uses = this.uses.get(page);
    if (uses !== undefined) uses[attribute] -= 1;
  }

  override store(page: PageNumber, line: number, token: Token): void {
    super.store(page, line, token);
    if (this.platform.options.caches === 'eager') this.clean(page, line);
  }

  /** It is fetched again at once where that is the habit of the cache. */
  override invalidate(page: PageNumber, line: number): void {
    super.invalidate(page, line);
    if (this.canFetch(page) && this.platform.options.caches === 'prefetching') {
      this.fetch(page, line);
    }
  }

  private prefetch(page: PageNumber): void {
    if (this.platform.options.caches !== 'prefetching') return;
    for (let line = 0; line < PAGE_LINES; line += 1) this.fetch(page, line);
  }

  private canFetch(page: PageNumber): boolean {
    return (this.uses.get(page)?.cached ?? 0) > 0;
  }

  /** A coherent device reads: what is dirty here is newer than memory. */
  snoopRead(page: PageNumber, line: number): Token {
    if (this.stateOf(page, line) === DIRTY) return this.tokenOf(page, line);
    return this.platform.memory.read(page, line);
  }

  /** A coherent device writes: what is here is old, and memory has the newer one. */
  snoopWrite(page: PageNumber, line: number): void {
    if (this.stateOf(page, line) !== ABSENT) super.invalidate(page, line);
  }

  /** Keeps a write back in the buffer of a processor. */
  combine({ index }: Cpu, page: PageNumber, line: number, token: Token): void {
    this.touchCombined(index);
    const buffer = this.combined.get(index) ?? [];
    this.combined.set(index, buffer);
    const at = buffer.findIndex((one) => one.page === page && one.line === line);
    if (at >= 0) buffer.splice(at, 1);
    buffer.push({ page, line, token });
  }

  /** What is combined reaches memory: a fence, or a write to a register. @kernel wmb */
  drainCombining({ index }: Cpu): void {
    const buffer = this.combined.get(index);
    if (buffer === undefined || buffer.length === 0) return;
    this.touchCombined(index);
    for (const { page, line, token } of buffer.splice(0)) {
      this.platform.memory.write(page, line, token);
    }
  }

  /** What this processor would see of a line that it has written itself. */
  combinedOf({ index }: Cpu, page: PageNumber, line: number): Token | null {
    const buffer = this.combined.get(index) ?? [];
    return buffer.find((one) => one.page === page && one.line === line)?.token ?? null;
  }

  override moves(lines: number): readonly CacheMove[] {
    const moves = [...super.moves(lines)];
    for (const page of [...this.uses.keys()].toSorted((a, b) => a - b)) {
      if (!this.canFetch(page)) continue;
      for (let line = 0; line < lines; line += 1) {
        if (this.shownState(page, line) === ABSENT) moves.push({ page, line, kind: 'fetch' });
      }
    }
    for (const buffer of this.combined.values()) {
      for (const { page, line } of buffer) moves.push({ page, line, kind: 'leave' });
    }
    return moves;
  }

  override move(move: CacheMove): void {
    if (move.kind === 'leave') this.leave(move);
    else super.move(move);
  }

  /** One combined write leaves by itself. */
  private leave({ page, line }: CacheMove): void {
    for (const [index, buffer] of this.combined) {
      const at = buffer.findIndex((one) => one.page === page && one.line === line);
      if (at < 0) continue;
      this.touchCombined(index);
      for (const { token } of buffer.splice(at, 1)) this.platform.memory.write(page, line, token);
      return;
    }
  }

  private touchCombined(index: number): void {
    this.world.touch(this, `combined ${index}`, 'write', 'once');
  }

  protected fetched(page: PageNumber, line: number): Token {
    return this.platform.memory.read(page, line);
  }

  protected writeBack(page: PageNumber, line: number, token: Token): void {
    this.platform.memory.write(page, line, token);
  }

  override visitState(visit: StateVisitor): void {
    super.visitState(visit);
    for (const [index, buffer] of this.combined) {
      for (const { page, line, token } of buffer) visit('combined', [index, page, line, token]);
    }
    for (const [page, { cached, combining, uncached }] of this.uses) {
      visit('uses', [page, cached, combining, uncached]);
    }
    visit('moves', this.platform.cacheMoves.left);
  }
}
