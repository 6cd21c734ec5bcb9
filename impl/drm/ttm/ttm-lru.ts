import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { PlainList } from '../../kernel/plain.ts';
import type { SpinLock } from '../../kernel/spinlock.ts';
import type { World } from '../../kernel/world.ts';
import type { TtmBulkMove, TtmBulkRange } from './ttm-bulk-move.ts';
import { TtmResource } from './ttm-resource.ts';

/** How far a walk has come: it stands in the list while the lock is free. @kernel struct ttm_lru_item */
export class TtmCursor extends KernelObject {
  constructor(world: World) {
    super(world, 'ttmCursor');
  }

  visitState(_visit: StateVisitor): void {}
}

export type TtmLruEntry = TtmResource | TtmCursor;

/**
 * The orders in which objects were used, one for each place. All of it is under the LRU lock.
 * Objects that share a reservation may stand together, as a range that moves as one.
 */
export class TtmLru {
  private readonly lock: SpinLock;
  /** Resources of pinned objects: no walk meets them. @kernel bdev->pinned */
  readonly pinned: PlainList<TtmLruEntry>;

  constructor(lock: SpinLock, pinned: PlainList<TtmLruEntry>) {
    this.lock = lock;
    this.pinned = pinned;
  }

  /** @kernel ttm_resource_init */
  add(resource: TtmResource): void {
    this.lock.assertHeld('ttm_resource_init');
    this.listFor(resource).push(resource);
  }

  /** The list in which it stands, by the pins of its object. */
  protected listFor(resource: TtmResource): PlainList<TtmLruEntry> {
    const isPinned = resource.object.get().pinCount.ask((pins) => pins > 0);
    return isPinned ? this.pinned : resource.manager.lru;
  }

  remove(resource: TtmResource): void {
    this.lock.assertHeld('ttm_resource_fini');
    resource.manager.lru.remove(resource);
    this.pinned.remove(resource);
  }

  /** It was used just now. @kernel ttm_resource_move_to_lru_tail */
  moveToTail(resource: TtmResource): void {
    this.lock.assertHeld('ttm_resource_move_to_lru_tail');
    const object = resource.object.get();
    const bulk = object.bulk.get();
    const isPinned = object.pinCount.ask((pins) => pins > 0);
    if (!isPinned && bulk !== null) {
      this.moveToRangeTail(bulk.rangeOf(resource), resource);
      return;
    }
    this.remove(resource);
    this.listFor(resource).push(resource);
  }

  /** @kernel ttm_resource_add_bulk_move */
  addToBulk(resource: TtmResource): void {
    const range = this.rangeOf(resource);
    if (range === null) return;
    if (range.first.isNull()) {
      range.first.set(resource);
      range.last.set(resource);
    } else {
      this.moveToRangeTail(range, resource);
    }
  }

  /** @kernel ttm_resource_del_bulk_move */
  removeFromBulk(resource: TtmResource): void {
    const range = this.rangeOf(resource);
    if (range === null) return;
    const first = range.first.get();
    const last = range.last.get();
    resource.world.warnOn(first === null || last === null, 'an empty bulk range loses an entry');
    if (first === null || last === null || (first === resource && last === resource)) {
      range.first.set(null);
      range.last.set(null);
    } else if (first === resource) {
      range.first.set(this.neighbour(resource, 1));
    } else if (last === resource) {
      range.last.set(this.neighbour(resource, -1));
    } else {
      this.putBehind(resource, last);
    }
  }

  /** The range in which it stands; pinned objects stand in none. */
  protected rangeOf(resource: TtmResource): TtmBulkRange | null {
    this.lock.assertHeld('ttm_lru_bulk_move');
    const object = resource.object.get();
    const bulk = object.bulk.get();
    if (bulk === null || object.pinCount.ask((pins) => pins > 0)) return null;
    return bulk.rangeOf(resource);
  }

  /** @kernel ttm_lru_bulk_move_pos_tail */
  protected moveToRangeTail(range: TtmBulkRange, resource: TtmResource): void {
    const last = range.last.get();
    if (last === resource) return;
    this.advanceFirst(range, resource);
    if (last !== null) this.putBehind(resource, last);
    range.last.set(resource);
  }

  /** The range begins behind an entry that goes to its end. */
  protected advanceFirst(range: TtmBulkRange, resource: TtmResource): void {
    if (range.first.get() === resource) range.first.set(this.neighbour(resource, 1));
  }

  /** @kernel ttm_lru_bulk_move_tail */
  moveBulkToTail(bulk: TtmBulkMove): void {
    this.lock.assertHeld('ttm_lru_bulk_move_tail');
    for (const { first, last } of bulk.ranges) {
      const begin = first.get();
      const end = last.get();
      if (begin === null || end === null) continue;
      begin.object.get().resv.assertHeld('ttm_lru_bulk_move_tail');
      const { lru } = begin.manager;
      const entries = lru.copy();
      // Cursors stay where the range was: what was in front of them has been seen.
      for (const entry of entries.slice(entries.indexOf(begin), entries.indexOf(end) + 1)) {
        if (!(entry instanceof TtmResource)) continue;
        lru.remove(entry);
        lru.push(entry);
      }
    }
  }

  /** A walk begins in front of all. @kernel ttm_resource_manager_first */
  begin(list: PlainList<TtmLruEntry>, cursor: TtmCursor): TtmResource | null {
    list.unshift(cursor);
    return this.next(list, cursor);
  }

  /** The next resource behind the cursor, which follows it. @kernel ttm_resource_manager_next */
  next(list: PlainList<TtmLruEntry>, cursor: TtmCursor): TtmResource | null {
    this.lock.assertHeld('ttm_resource_manager_next');
    const entries = list.copy();
    const rest = entries.slice(entries.indexOf(cursor) + 1);
    const found = rest.find((entry) => entry instanceof TtmResource) ?? null;
    if (found === null) return null;
    list.remove(cursor);
    insertBehind(list, cursor, found);
    return found;
  }

  /** @kernel ttm_resource_cursor_fini */
  end(list: PlainList<TtmLruEntry>, cursor: TtmCursor): void {
    this.lock.assertHeld('ttm_resource_cursor_fini');
    list.remove(cursor);
  }

  private putBehind(resource: TtmResource, other: TtmResource): void {
    const { lru } = resource.manager;
    lru.remove(resource);
    insertBehind(lru, resource, other);
  }

  private neighbour(resource: TtmResource, way: 1 | -1): TtmResource | null {
    const entries = resource.manager.lru.copy().filter((entry) => entry instanceof TtmResource);
    return entries[entries.indexOf(resource) + way] ?? null;
  }
}

function insertBehind(list: PlainList<TtmLruEntry>, entry: TtmLruEntry, other: TtmLruEntry): void {
  let isPassed = false;
  list.insert(entry, (candidate) => {
    const isBehind = isPassed;
    if (candidate === other) isPassed = true;
    return isBehind;
  });
}
