import type { HeldLock, LockClass, LockEdge, LockPlace } from './lockdep-class.ts';

/*
 * How one lock was taken under another: the first held for oneself or shared, the second taken as a
 * recursive reader does or not. One bit for each of the four. @kernel calc_dep
 */
const HELD_ALONE = 1;
const NOT_RECURSIVE = 2;

function dependencyOf(outer: HeldLock, next: HeldLock): number {
  const held = outer.how?.isShared === true ? 0 : HELD_ALONE;
  return 1 << (held | (next.how?.isRecursive === true ? 0 : NOT_RECURSIVE));
}

/** Kinds of edges whose first lock is held alone; and those that end with a wait for all. */
const FROM_ALONE = (1 << HELD_ALONE) | (1 << (HELD_ALONE | NOT_RECURSIVE));
const TO_NOT_RECURSIVE = (1 << NOT_RECURSIVE) | (1 << (HELD_ALONE | NOT_RECURSIVE));

/** A class that a search has come to, and how. */
interface Way {
  readonly at: LockClass;
  /** It may go on by any edge: the lock is waited for, or taken, by one who excludes others. */
  readonly isFree: boolean;
  readonly edge: LockEdge | null;
  readonly before: Way | null;
}

/** What is known of the two ends of a path. */
interface WayEnds {
  /** The first lock is taken as a recursive reader does. */
  readonly isRecursive: boolean;
  /** The last lock is held alone: who comes to it waits, however that is. */
  readonly endsAnyhow: boolean;
}

const ANY_ENDS: WayEnds = { isRecursive: false, endsAnyhow: true };

/**
 * The graph of lock classes, and its searches. A recursive reader waits for writers only, so a path
 * that comes to a class as one does not go on from a lock that is held shared: no wait joins them.
 */
export class LockGraph {
  private search = 0;

  /** The edge for `next` under `outer`, where that is known in just this way. */
  knows(outer: HeldLock, next: HeldLock): boolean {
    const { lockClass } = next;
    for (const edge of outer.lockClass.after) {
      if (edge.to === lockClass) return (edge.kinds & dependencyOf(outer, next)) !== 0;
    }
    return false;
  }

  /** Notes that `next` is taken under `outer`; null: it was taught. */
  add(outer: HeldLock, next: HeldLock, place: LockPlace | null): void {
    const kinds = dependencyOf(outer, next);
    const from = outer.lockClass;
    const to = next.lockClass;
    const known = from.after.find((edge) => edge.to === to);
    if (known !== undefined) {
      known.kinds |= kinds;
      return;
    }
    const taught = place === null ? kinds : 0;
    const edge: LockEdge = { from, to, kinds, taught, place };
    from.after = [...from.after, edge];
    to.before = [...to.before, edge];
  }

  /** The shortest way from what is about to be taken back to what is held. @kernel check_noncircular */
  cycle(next: HeldLock, held: HeldLock): readonly LockEdge[] | null {
    const isAlone = held.how?.isShared !== true;
    const isRecursive = next.how?.isRecursive === true;
    return this.path(next.lockClass, held.lockClass, { isRecursive, endsAnyhow: isAlone });
  }

  /** The shortest way from one class to another, as edges; null where there is none. */
  path(from: LockClass, to: LockClass, ends: WayEnds = ANY_ENDS): readonly LockEdge[] | null {
    this.begin(from, !ends.isRecursive);
    const queue: Way[] = [{ at: from, isFree: !ends.isRecursive, edge: null, before: null }];
    for (const way of queue) {
      for (const edge of way.at.after) {
        const kinds = way.isFree ? edge.kinds : edge.kinds & FROM_ALONE;
        if (kinds === 0) continue;
        const isFree = (kinds & TO_NOT_RECURSIVE) !== 0;
        const next = { at: edge.to, isFree, edge, before: way };
        if (edge.to === to && (isFree || ends.endsAnyhow)) return edgesOf(next);
        if (this.isNew(edge.to, isFree)) queue.push(next);
      }
    }
    return null;
  }

  /** What is used how, of all that can be reached from `from`, in or against the direction. */
  usageFrom(from: LockClass, direction: 'after' | 'before'): number {
    this.begin(from, true);
    const queue = [from];
    let usage = 0;
    for (const at of queue) {
      usage |= at.usage;
      for (const edge of at[direction]) {
        const next = direction === 'after' ? edge.to : edge.from;
        if (next.seenBy === this.search) continue;
        next.seenBy = this.search;
        queue.push(next);
      }
    }
    return usage;
  }

  private begin(from: LockClass, isFree: boolean): void {
    this.search += 1;
    from.seenBy = this.search;
    from.seenFreely = isFree;
  }

  /** There is more to find behind `at` than what was found before. */
  private isNew(at: LockClass, isFree: boolean): boolean {
    if (at.seenBy === this.search && (at.seenFreely || !isFree)) return false;
    at.seenBy = this.search;
    at.seenFreely = isFree;
    return true;
  }
}

function edgesOf(last: Way): readonly LockEdge[] {
  const edges: LockEdge[] = [];
  for (let way: Way | null = last; way !== null; way = way.before) {
    if (way.edge !== null) edges.push(way.edge);
  }
  return edges.toReversed();
}
