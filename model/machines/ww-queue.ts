/** Who waits for a mutex; a context-less waiter has no stamp. */
export interface WwEntry {
  readonly task: number;
  readonly stamp: number | null;
}

/** One who waits. */
export interface WwWaiting extends WwEntry {
  /** It stands in front, or did so before an older one came. */
  readonly wasHead: boolean;
  /** There was an older one before it when it came: in wait-die it holds nothing, then. */
  readonly isBehindOlder: boolean;
}

/** What a mutex holds besides its lifecycle. */
export interface WwWord {
  /** In wait-die nobody with mutexes waits behind an older one. */
  readonly isWaitDie: boolean;
  /** The owner's number, or -1. */
  readonly owner: number;
  /** The stamp of the owner's context; null when it took the mutex without one. */
  readonly stamp: number | null;
  readonly waiters: readonly WwWaiting[];
  /** Who holds the wait lock on its way out, so that nobody else queues, leaves or fails; or -1. */
  readonly busy: number;
  /** Somebody waits, or did so and the flags say it still. */
  readonly isFlagged: boolean;
}

/** Smaller stamps are older. Counters wrap at 32 bits. */
export function isOlder(one: number, other: number): boolean {
  return ((one - other) | 0) < 0;
}

/** The queue with one more: with a context before the first younger one, else at the end. */
export function queueWith({ waiters, isWaitDie }: WwWord, entry: WwEntry): WwWaiting[] {
  const { stamp } = entry;
  const at =
    stamp === null
      ? -1
      : waiters.findIndex((other) => other.stamp !== null && isOlder(stamp, other.stamp));
  const isBehindOlder =
    isWaitDie &&
    stamp !== null &&
    waiters.some((other) => other.stamp !== null && isOlder(other.stamp, stamp));
  const waiting = { ...entry, wasHead: false, isBehindOlder };
  return headed(waiters.toSpliced(at < 0 ? waiters.length : at, 0, waiting));
}

/** The queue without one. */
export function queueWithout(waiters: readonly WwWaiting[], task: number): WwWaiting[] {
  return headed(waiters.filter((entry) => entry.task !== task));
}

function headed(waiters: readonly WwWaiting[]): WwWaiting[] {
  return waiters.map((entry, at) => (at === 0 ? { ...entry, wasHead: true } : entry));
}

export function isQueued({ waiters }: WwWord, task: number): boolean {
  return waiters.some((entry) => entry.task === task);
}

/** Whether some older context waits. */
export function hasOlderWaiter({ waiters }: WwWord, stamp: number): boolean {
  return waiters.some((entry) => entry.stamp !== null && isOlder(entry.stamp, stamp));
}
