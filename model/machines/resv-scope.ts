import type { EventFor } from '../lifecycle.ts';
import { accepts, isReplacement, nextReplaced } from './resv-list.ts';
import type { ResvEntry, ResvFence, ResvList } from './resv-list.ts';

/** The bounds of a reservation object, and how its kernel was built. */
export interface ResvScope {
  /** Slots that are filled at the same time. */
  readonly slotsMax: number;
  /** The fences that are added, as (context, seqno); each is known by its index. */
  readonly fences: readonly Omit<ResvFence, 'fence'>[];
  readonly usages: readonly number[];
  /** How many slots are reserved at once. */
  readonly counts: readonly number[];
  /** Contexts whose fences are replaced, while nobody asks. Default: none. */
  readonly replaced?: readonly number[];
  /** Fences are copied into it, and of those who ask the walks are looked at. Default: no. */
  readonly isCopied?: boolean;
  /** With lock proving, unlock takes back the slots that were promised and not used. */
  readonly lockProving: boolean;
}

/** The list, and an event that the machine takes. */
export type Taken = { context: ResvList; event: EventFor<'resv'> };

const number = (value: number | undefined): number => value ?? 0;

/** The fence and usage that an `add` brings. */
export function added({ event }: Taken): ResvEntry {
  const { fence, context, seqno, is64Bit, detail } = event;
  return {
    fence: number(fence),
    context: number(context),
    seqno: number(seqno),
    ...(is64Bit === undefined ? {} : { is64Bit }),
    usage: number(detail),
  };
}

export const detailOf = ({ event }: Taken): number => number(event.detail);
export const fenceOf = ({ event }: Taken): number => number(event.fence);

type GuardName =
  | 'isAwaited'
  | 'isPending'
  | 'hasCount'
  | 'fits'
  | 'isReplacing'
  | 'hasSlot'
  | 'isSlot'
  | 'isLastSlot'
  | 'isEmpty'
  | 'hasContext'
  | 'isReplaced'
  | 'isReplacement'
  | 'hasNoRoom'
  | 'isFull'
  | 'canCopy'
  | 'isVisited'
  | 'hasCopied'
  | 'isExact'
  | 'isTrimmed';

/** What an event finds in the list, by the name of the guard that asks for it. */
export function guardsOf({
  slotsMax,
  lockProving,
}: ResvScope): Readonly<Record<GuardName, (args: Taken) => boolean>> {
  return {
    isAwaited: ({ context }: Taken) => context.isAwaited,
    /** A fence signals once. */
    isPending: (args: Taken) => !args.context.signaled.includes(fenceOf(args)),
    hasCount: (args: Taken) => detailOf(args) > 0,
    /** There is room already: the call changes nothing. */
    fits: (args: Taken) => args.context.slots.length + detailOf(args) <= args.context.max,
    isReplacing: (args: Taken) => accepts(args.context, added(args)) >= 0,
    hasSlot: ({ context }: Taken) => context.slots.length < Math.min(context.max, slotsMax),
    isSlot: (args: Taken) => detailOf(args) < args.context.slots.length,
    isLastSlot: ({ context }: Taken) => context.slots.length + 1 === context.max,
    isEmpty: ({ context }: Taken) => context.slots.length === 0,
    /** Some fence of the context that is to be replaced is there. */
    hasContext: (args: Taken) =>
      args.context.slots.some(({ context }) => context === detailOf(args)),
    isReplaced: ({ context }: Taken) => nextReplaced(context) >= 0,
    isReplacement: (args: Taken) => isReplacement(args.context, added(args)),
    hasNoRoom: ({ context }: Taken) => context.max === 0,
    isFull: ({ context }: Taken) => context.slots.length === context.max,
    canCopy: (args: Taken) =>
      args.context.copied.length < slotsMax && !args.context.leftOut.includes(added(args).fence),
    isVisited: ({ context }: Taken) => context.isVisited,
    /** The list of a copy has room for what the source had slots for. */
    hasCopied: (args: Taken) => detailOf(args) >= args.context.copied.length,
    isExact: (args: Taken) => detailOf(args) === args.context.copied.length,
    isTrimmed: () => lockProving,
  };
}
