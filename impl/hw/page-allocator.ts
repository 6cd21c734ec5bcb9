import type { KernelTask } from '../kernel/access.ts';
import { EBUSY, ENOMEM } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import type { PageNumber, PhysicalMemory, Zone } from './physical-memory.ts';
import type { Platform } from './platform.ts';

/** What an allocation of pages asks for. */
export interface PageRequest {
  readonly zone: Zone;
  readonly count: number;
  /** Who gets them: above 0. Two clients of the machine have different numbers. */
  readonly owner: number;
  /** They are cleared before anybody sees them. Default: yes. */
  readonly isCleared?: boolean;
  /** They may be moved while nobody has pinned them, and so may lie in the contiguous range. */
  readonly movable?: Movable;
}

/** Whoever has a movable page hears of its new place, under the allocator's lock. */
export interface Movable {
  moved(from: PageNumber, to: PageNumber): void;
}

/**
 * Gives out pages. A freed page is used again only after so many others have been freed, oldest
 * first, so that whoever still uses it is seen.
 *
 * @rule HW-MEM-002 HW-MEM-003 HW-MEM-004
 */
export class PageAllocator extends KernelObject {
  readonly memory: PhysicalMemory;
  private readonly lock: SpinLock;
  /** Never used, or out of quarantine; used in this order. */
  private readonly free: Record<Zone, PageNumber[]>;
  /** Freed, oldest first, with the number of the free. */
  protected readonly quarantine: Record<Zone, { page: PageNumber; at: number }[]> = {
    system: [],
    cma: [],
    vram: [],
  };
  private readonly movables = new Map<PageNumber, Movable>();
  protected frees = 0;

  constructor({ world, memory }: Platform) {
    super(world, 'pageAllocator');
    this.isStatic = true;
    this.memory = memory;
    this.lock = new SpinLock(this, 'lock', '&zone->lock');
    const { systemPages, cmaPages, vramPages } = memory.options;
    this.free = {
      system: range(0, systemPages - cmaPages),
      cma: range(systemPages - cmaPages, cmaPages),
      vram: range(systemPages, vramPages),
    };
  }

  /** Pages, or -ENOMEM; of the contiguous range, one run of them, or -EBUSY. @kernel alloc_pages */
  *allocate(request: PageRequest): KernelTask<readonly PageNumber[] | number> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const flags = yield* this.lock.acquireIrqsave();
    const pages = this.pick(request);
    if (typeof pages !== 'number') this.handOut(pages, request);
    this.lock.releaseIrqrestore(flags);
    return pages;
  }

  /** @kernel __free_pages */
  *release(pages: readonly PageNumber[]): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    this.touch();
    for (const page of pages) this.takeBack(page);
    this.lock.releaseIrqrestore(flags);
  }

  /** Nobody may move or free the page until `unpin`. @kernel pin_user_pages */
  *pin(page: PageNumber): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    this.memory.pin(page, true);
    this.lock.releaseIrqrestore(flags);
  }

  *unpin(page: PageNumber): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    this.memory.pin(page, false);
    this.lock.releaseIrqrestore(flags);
  }

  /** Pages that nobody has. For judges. */
  freeIn(zone: Zone): number {
    return this.free[zone].length + this.quarantine[zone].length;
  }

  protected handOut(pages: readonly PageNumber[], request: PageRequest): void {
    const { owner, movable, isCleared = true } = request;
    for (const page of pages) {
      this.memory.give(page, owner, isCleared);
      this.world.current.observe(page);
      if (movable === undefined) continue;
      this.memory.record(page).isMovable = true;
      this.movables.set(page, movable);
    }
  }

  protected takeBack(page: PageNumber): void {
    this.memory.take(page);
    this.movables.delete(page);
    this.frees += 1;
    this.quarantine[this.memory.zoneOf(page)].push({ page, at: this.frees });
  }

  protected pick(request: PageRequest): readonly PageNumber[] | number {
    this.touch();
    const { zone, count, movable } = request;
    if (zone === 'cma') return this.pickRun(count);
    const pages: PageNumber[] = [];
    while (pages.length < count) {
      const lent = movable === undefined ? null : 'cma';
      const page = this.next(zone) ?? (lent && this.next(lent)) ?? this.lastResort(zone);
      if (page === null) break;
      pages.push(page);
    }
    if (pages.length === count) return pages;
    for (const page of pages.toReversed()) this.free[this.memory.zoneOf(page)].unshift(page);
    return -ENOMEM;
  }

  /** The next page of a zone that is not in quarantine. */
  protected next(zone: Zone): PageNumber | null {
    this.endQuarantine(zone);
    return this.free[zone].shift() ?? null;
  }

  /** Nothing else is left: what has been in quarantine for longest. */
  protected lastResort(zone: Zone): PageNumber | null {
    return this.quarantine[zone].shift()?.page ?? null;
  }

  protected endQuarantine(zone: Zone): void {
    const { quarantinePages } = this.memory.options;
    const waiting = this.quarantine[zone];
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      if (this.frees - first.at < quarantinePages) return;
      waiting.shift();
      this.free[zone].push(first.page);
    }
  }

  /** The first run of the contiguous range of which everything is free or can be moved away. */
  protected pickRun(count: number): readonly PageNumber[] | number {
    const { systemPages, cmaPages } = this.memory.options;
    let result = -ENOMEM;
    for (let from = systemPages - cmaPages; from + count <= systemPages; from += 1) {
      const run = range(from, count);
      const state = this.emptied(run);
      if (state === 0) return run;
      result = state;
    }
    return result;
  }

  /** 0 when all pages of a run are free now; -EBUSY when one of them cannot be moved. */
  private emptied(run: readonly PageNumber[]): number {
    const { memory } = this;
    const taken = run.filter((page) => memory.record(page).owner !== 0);
    if (taken.some((page) => !this.canMove(page))) return -EBUSY;
    for (const page of taken) if (!this.migrate(page)) return -ENOMEM;
    const isOutside = (page: PageNumber): boolean => !run.includes(page);
    this.free.cma = this.free.cma.filter(isOutside);
    this.quarantine.cma = this.quarantine.cma.filter(({ page }) => isOutside(page));
    return 0;
  }

  protected canMove(page: PageNumber): boolean {
    this.memory.touchPage(page, 'read');
    const { isMovable, pins, maps } = this.memory.record(page);
    return isMovable && pins === 0 && maps.length === 0;
  }

  /** A movable page goes elsewhere, with what is in it. @kernel migrate_pages */
  private migrate(page: PageNumber): boolean {
    const { memory } = this;
    const to = this.next('system') ?? this.lastResort('system');
    const movable = this.movables.get(page);
    if (to === null || movable === undefined) return false;
    memory.give(to, memory.record(page).owner, true);
    this.copy(page, to);
    memory.record(to).isMovable = true;
    this.movables.set(to, movable);
    movable.moved(page, to);
    this.takeBack(page);
    return true;
  }

  protected copy(from: PageNumber, to: PageNumber): void {
    this.memory.record(to).lines.set(this.memory.record(from).lines);
  }

  private touch(): void {
    this.world.touch(this, 'pages', 'write', 'once');
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('frees', this.frees);
    for (const zone of ['system', 'cma', 'vram'] as const) {
      for (const page of this.free[zone].slice(0, 1)) visit('next', page);
      visit('left', this.free[zone].length);
      for (const { page, at } of this.quarantine[zone]) {
        visit('freed', page);
        visit('at', at);
      }
    }
  }
}

function range(from: number, count: number): PageNumber[] {
  return Array.from({ length: count }, (_, index) => from + index);
}
