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

/** The fences of a context make room for another one. */
export interface Replacement {
  readonly context: number;
  /** Up to which slot that is done. */
  readonly below: number;
  /** What stands in their place by now; null before the first one. */
  readonly by: Pick<ResvEntry, 'fence' | 'usage'> | null;
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
  /** A pending fence was in this very list: a walk may be about to give it. */
  readonly isVisited: boolean;
  /** Fences that had signaled before the copy that is under way began: it leaves them out. */
  readonly leftOut: readonly number[];
  /** While a context is being replaced. */
  readonly replaced: Replacement | null;
  /** The list that a copy fills before anybody sees it. */
  readonly copied: readonly ResvSlot[];
}

/** An object that nobody has used. */
export const EMPTY: ResvList = {
  slots: [],
  max: 0,
  signaled: [],
  isAwaited: false,
  isVisited: false,
  leftOut: [],
  replaced: null,
  copied: [],
};

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

/** The slot that a replacement takes next, or -1 when all of the context are done. */
export function nextReplaced({ slots, replaced }: ResvList): number {
  if (replaced === null) return -1;
  return slots.findIndex(
    ({ context }, index) => index >= replaced.below && context === replaced.context,
  );
}

/** One call brings one fence, with one usage. */
export function isReplacement({ replaced }: ResvList, { fence, usage }: ResvEntry): boolean {
  const by = replaced?.by ?? null;
  return by === null || (by.fence === fence && by.usage === usage);
}

/** The list with one more slot of the context replaced. */
export function withReplaced(list: ResvList, entry: ResvEntry): Partial<ResvList> {
  const at = nextReplaced(list);
  const slot = { ...entry, isSignaled: list.signaled.includes(entry.fence) };
  const { replaced } = list;
  const { fence, usage } = entry;
  return {
    slots: list.slots.with(at, slot),
    replaced: replaced === null ? null : { ...replaced, below: at + 1, by: { fence, usage } },
  };
}

/** The slots after those for which `isDone` holds were found signaled. */
export function slotsSeen(
  slots: readonly ResvSlot[],
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
