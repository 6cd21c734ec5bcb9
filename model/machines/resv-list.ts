/** Slots of the smallest list that is ever made. Unit: fences. */
const SLOTS_MIN = 4;

/** A fence as a reservation object tells it from others. */
export interface ResvFence {
  /** Its number among the fences that this object has met. */
  readonly fence: number;
  readonly context: number;
  readonly seqno: number;
  /** 1 when its numbers do not wrap at 32 bits. */
  readonly is64Bit?: number;
}

/** What an `add` brings: a fence, and how it uses the buffer. */
export interface ResvEntry extends ResvFence {
  readonly usage: number;
}

/** One slot. The same fence may be in two of them, found pending in one and then done in the next. */
export interface ResvSlot extends ResvEntry {
  /** The holder of the lock has found the fence signaled, here. */
  readonly isSignaled: boolean;
}

/** The fence list of a reservation object. */
export interface ResvList {
  readonly slots: readonly ResvSlot[];
  /** How many slots may be filled. */
  readonly max: number;
  /** Fences that are known to be signaled, whether or not they are still in a slot. */
  readonly signaled: readonly number[];
  /** A pending fence was added once: a wait may have begun to wait for it. */
  readonly isAwaited: boolean;
}

/** Later by the rule of the new fence, or the very same fence. */
function isLaterOrSame(fence: ResvFence, old: ResvFence): boolean {
  if (fence.fence === old.fence) return true;
  if (fence.is64Bit === 1) return fence.seqno > old.seqno;
  return ((fence.seqno - old.seqno) | 0) > 0;
}

/** Replaceable: covered by the new entry, or done. */
function isReplaceable(old: ResvSlot, entry: ResvEntry): boolean {
  const isCovered =
    old.context === entry.context && old.usage >= entry.usage && isLaterOrSame(entry, old);
  return isCovered || old.isSignaled;
}

/** The index of the slot that takes the new entry, or -1 when it needs a new slot. */
export function accepts({ slots }: ResvList, entry: ResvEntry): number {
  return slots.findIndex((old) => isReplaceable(old, entry));
}

/** The slots with the new entry in the first slot that takes it, or behind all others. */
export function listWith(list: ResvList, entry: ResvEntry): readonly ResvSlot[] {
  const slot = { ...entry, isSignaled: list.signaled.includes(entry.fence) };
  const at = accepts(list, entry);
  return at < 0 ? [...list.slots, slot] : list.slots.with(at, slot);
}

/** The slots after those for which `isDone` holds were found signaled. */
export function slotsSeen(
  { slots }: ResvList,
  isDone: (slot: ResvSlot, index: number) => boolean,
): readonly ResvSlot[] {
  return slots.map((slot, index) => (isDone(slot, index) ? { ...slot, isSignaled: true } : slot));
}

/** What moves to a larger list: the entries that are pending, in order. */
export function pendingOf({ slots }: ResvList): readonly ResvSlot[] {
  return slots.filter(({ isSignaled }) => !isSignaled);
}

/** The room of a new list that `count` more entries fit into. */
export function maxFor({ slots, max }: ResvList, count: number): number {
  if (max > 0) return Math.max(slots.length + count, 2 * max);
  let least = SLOTS_MIN;
  while (least < count) least *= 2;
  return least;
}
