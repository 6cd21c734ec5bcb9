import type { StateKey } from './state-key.ts';
import type { Task } from './task.ts';

/** How a lock is taken, where that is not for oneself alone, and waiting for it. */
export interface Acquisition {
  /** Others may share it. @kernel read */
  readonly isShared: boolean;
  /** Shared with whoever shares it already, waiters or not. @kernel read == 2 */
  readonly isRecursive: boolean;
  /** Only tried for: whoever tries waits for nobody. @kernel trylock */
  readonly isTried: boolean;
}

/** A lock as the validator sees it, when it is taken and while it is held. */
export interface HeldLock {
  readonly lockClass: LockClass;
  readonly label: string;
  /** Absent for what is taken for oneself alone, and waited for. */
  readonly how?: Acquisition;
  /** The lock itself, where this is one way of many to take it. */
  readonly base?: HeldLock;
}

/** Where something was seen first. Its lock says its name when it is asked: names may come later. */
export interface LockPlace {
  readonly task: Task;
  /** Number of the task's call; 0 outside of calls. */
  readonly call: number;
  readonly lock: HeldLock;
  /** What was held there, if that matters. */
  readonly under: HeldLock | null;
}

/** One class was taken while another one was held. @kernel struct lock_list */
export interface LockEdge {
  readonly from: LockClass;
  readonly to: LockClass;
  /** In which ways: see `dependencyOf`. */
  kinds: number;
  /** Those in which it was known from the boot: they are no news. */
  readonly taught: number;
  /** Null for what was taught when the machine booted. */
  readonly place: LockPlace | null;
}

/** Most classes of most worlds are alone, and used in few ways. */
const NO_EDGES: readonly LockEdge[] = [];
const NO_PLACES: readonly undefined[] = [];

/**
 * All locks that are initialised at one place of the code share one class. A subclass is another
 * class: locks of one kind that nest on purpose, parents and children.
 *
 * @kernel struct lock_class
 */
export class LockClass {
  readonly name: string;
  /** Classes that were taken while this one was held. */
  after: readonly LockEdge[] = NO_EDGES;
  /** The same, seen from the other end. */
  before: readonly LockEdge[] = NO_EDGES;
  /** In which contexts it was taken: see `lockdep-usage.ts`. */
  usage = 0;
  /** Where each bit of that was seen first. */
  usedAt: readonly (LockPlace | undefined)[] = NO_PLACES;
  /** The last search that came here, and whether it may go on by any edge. */
  seenBy = 0;
  seenFreely = false;

  constructor(name: string) {
    this.name = name;
  }

  visitState(key: StateKey): void {
    if (this.usage !== 0) {
      key.part();
      key.add(this.name);
      key.add(this.usage);
    }
    for (const { to, kinds, taught } of this.after) {
      if (kinds === taught) continue; // every world of this kernel knows that
      key.part();
      key.add(this.name);
      key.add(to.name);
      key.add(kinds);
    }
  }
}

/** The lock itself, whichever way it is taken. */
export function baseOf(lock: HeldLock): HeldLock {
  return lock.base ?? lock;
}
