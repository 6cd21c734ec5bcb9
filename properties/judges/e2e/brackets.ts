import { CLEAN } from '../../../impl/hw/line-cache.ts';
import { PAGE_LINES } from '../../../impl/hw/platform-options.ts';
import type { Platform } from '../../../impl/hw/platform.ts';
import type { StateKey } from '../../../impl/kernel/state-key.ts';
import type { E2eNotes } from './notes.ts';

/** What processors do with pages that devices have, between begin and end. */
export class BracketsBook {
  private readonly platform: Platform;
  private readonly notes: E2eNotes;
  /** By page: how often it is begun. */
  private readonly open = new Map<number, number>();
  /** What was written since, by line. */
  private readonly own = new Map<number, number>();
  /** Lines that a device has written since: nothing is promised of them. */
  private readonly raced = new Set<number>();

  constructor(platform: Platform, notes: E2eNotes) {
    this.platform = platform;
    this.notes = notes;
  }

  bracket(pages: readonly number[], isBegin: boolean): void {
    this.notes.touch();
    for (const page of pages) {
      const depth = Math.max((this.open.get(page) ?? 0) + (isBegin ? 1 : -1), 0);
      if (depth > 0) this.open.set(page, depth);
      else this.close(page);
    }
  }

  /** What processors have written is in memory, for devices to read. */
  private close(page: number): void {
    this.open.delete(page);
    for (const [place, token] of this.own) {
      if (Math.floor(place / PAGE_LINES) !== page) continue;
      this.own.delete(place);
      if (this.raced.has(place) || this.inMemory(place) === token) continue;
      this.notes.note(['E2E-011'], `a device does not see what was written to ${text(place)}`);
    }
    for (const place of this.raced) {
      if (Math.floor(place / PAGE_LINES) === page) this.raced.delete(place);
    }
  }

  private isOpen(place: number): boolean {
    return this.open.size > 0 && this.open.has(Math.floor(place / PAGE_LINES));
  }

  stored(place: number, token: number): void {
    if (this.isOpen(place)) this.own.set(place, token);
  }

  landed(place: number): void {
    if (this.isOpen(place)) this.raced.add(place);
  }

  /** A clean line of the cache is as memory has it. */
  seen(place: number, token: number, isCached: boolean): void {
    if (!isCached || !this.isOpen(place) || this.raced.has(place)) return;
    const state = this.platform.cpuCache.shownState(
      Math.floor(place / PAGE_LINES),
      place % PAGE_LINES,
    );
    if (state !== CLEAN || this.inMemory(place) === token) return;
    this.notes.note(['E2E-011'], `a processor sees an old ${text(place)}`);
  }

  private inMemory(place: number): number | undefined {
    const { lines } = this.platform.memory.record(Math.floor(place / PAGE_LINES));
    return lines[place % PAGE_LINES];
  }

  visitState(key: StateKey): void {
    if (this.open.size === 0) return;
    key.part();
    for (const [page, depth] of this.open) key.add(`${page} ${depth}`);
    for (const [place, token] of this.own) key.add(`${place} ${token}`);
    for (const place of this.raced) key.add(place);
  }
}

function text(place: number): string {
  return `line ${place % PAGE_LINES} of page ${Math.floor(place / PAGE_LINES)}`;
}
