/** Slots of the smallest list that is ever made. Unit: fences. */
const SLOTS_MIN = 4;

/** A fence as a reservation object tells it from others. */
export interface ResvFence {
  /** Its number among the fences that this object has met. */
  readonly fence: number;
  readonly context: number;
  readonly seqno: number;
}

/** One slot: a fence, and how it uses the buffer. */
export interface ResvSlot extends ResvFence {
  readonly usage: number;
}

/** The fence list of a reservation object. */
export interface ResvList {
  readonly slots: readonly ResvSlot[];
  /** How many slots may be filled. */
  readonly max: number;
  /** The fences that the holder of the lock has seen signaled, in the object or once in it. */
  readonly signaled: readonly number[];
}

/** Later by the wrapping 32-bit rule, or the very same fence. */
function isLaterOrSame(fence: ResvFence, old: ResvFence): boolean {
  return fence.fence === old.fence || ((fence.seqno - old.seqno) | 0) > 0;
}

/** Replaceable: covered by the new entry, or done. */
function isReplaceable(old: ResvSlot, slot: ResvSlot, signaled: readonly number[]): boolean {
  const isCovered =
    old.context === slot.context && old.usage >= slot.usage && isLaterOrSame(slot, old);
  return isCovered || signaled.includes(old.fence);
}

/** The index of the slot that takes the new entry, or -1 when it needs a new slot. */
export function accepts({ slots, signaled }: ResvList, slot: ResvSlot): number {
  return slots.findIndex((old) => isReplaceable(old, slot, signaled));
}

/** The slots with the new entry in the first slot that takes it, or behind all others. */
export function listWith(list: ResvList, slot: ResvSlot): readonly ResvSlot[] {
  const at = accepts(list, slot);
  return at < 0 ? [...list.slots, slot] : list.slots.with(at, slot);
}

/** What moves to a larger list: the entries that are pending, in order. */
export function pendingOf({ slots, signaled }: ResvList): readonly ResvSlot[] {
  return slots.filter(({ fence }) => !signaled.includes(fence));
}

/** The room of a new list that `count` more entries fit into. */
export function maxFor({ slots, max }: ResvList, count: number): number {
  if (max > 0) return Math.max(slots.length + count, 2 * max);
  return Math.max(SLOTS_MIN, 2 ** Math.ceil(Math.log2(count)));
}
