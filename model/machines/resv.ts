import { and, assign, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { ENOMEM, ERESTARTSYS } from '../errno.ts';
import { EVENTS } from '../events.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent, ObservedEvent } from '../lifecycle.ts';
import { answers, embodies, returns } from '../returns.ts';
import { accepts, listWith, maxFor, pendingOf, slotsSeen } from './resv-list.ts';
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
  /** With lock proving, unlock takes back the slots that were promised and not used. */
  readonly lockProving: boolean;
}

type Taken = { context: ResvList; event: EventFor<'resv'> };

const number = (value: number | undefined): number => value ?? 0;

/** The fence and usage that an `add` brings. */
function added({ event }: Taken): ResvEntry {
  const { fence, context, seqno, is64Bit, detail } = event;
  return {
    fence: number(fence),
    context: number(context),
    seqno: number(seqno),
    ...(is64Bit === undefined ? {} : { is64Bit }),
    usage: number(detail),
  };
}

const detailOf = ({ event }: Taken): number => number(event.detail);
const fenceOf = ({ event }: Taken): number => number(event.fence);

function setUp({ slotsMax, lockProving }: ResvScope) {
  return setup({
    types: { context: {} as ResvList, events: {} as EventFor<'resv'> },
    actions: {
      ...answers,
      grow: assign({
        slots: ({ context }) => pendingOf(context),
        max: (args) => maxFor(args.context, detailOf(args)),
      }),
      add: assign({
        slots: (args) => listWith(args.context, added(args)),
        isAwaited: (args) =>
          args.context.isAwaited || !args.context.signaled.includes(added(args).fence),
      }),
      seeFence: assign({
        slots: (args) => slotsSeen(args.context, ({ fence }) => fence === fenceOf(args)),
        signaled: (args) =>
          [...new Set([...args.context.signaled, fenceOf(args)])].toSorted((a, b) => a - b),
      }),
      seeSlot: assign({
        slots: (args) => slotsSeen(args.context, (_slot, index) => index === detailOf(args)),
      }),
      trim: assign({ max: ({ context }) => context.slots.length }),
    },
    guards: {
      isLocked: stateIn({ lock: 'locked' }),
      isAlive: or([stateIn({ lock: 'locked' }), stateIn({ lock: 'unlocked' })]),
      isAwaited: ({ context }) => context.isAwaited,
      /** A fence signals once. */
      isPending: (args) => !args.context.signaled.includes(fenceOf(args)),
      hasCount: (args) => detailOf(args) > 0,
      /** There is room already: the call changes nothing. */
      fits: (args) => args.context.slots.length + detailOf(args) <= args.context.max,
      isReplacing: (args) => accepts(args.context, added(args)) >= 0,
      hasSlot: ({ context }) => context.slots.length < Math.min(context.max, slotsMax),
      isSlot: (args) => detailOf(args) < args.context.slots.length,
      isLastSlot: ({ context }) => context.slots.length + 1 === context.max,
      isEmpty: ({ context }) => context.slots.length === 0,
      isTrimmed: () => lockProving,
    },
  });
}
type ResvSetup = ReturnType<typeof setUp>;

/** The lock, and everything that is asked without it. */
function lock(resv: ResvSetup) {
  const asked = {
    test: { actions: returns('any', 'RESV-009') },
    'wait.done': { actions: returns('positive', 'RESV-053', 'RESV-054') },
    'wait.timedOut': { guard: 'isAwaited', actions: returns(0, 'RESV-053', 'RESV-055') },
    'wait.interrupted': {
      guard: 'isAwaited',
      actions: returns(-ERESTARTSYS, 'RESV-053', 'RESV-056'),
    },
  } as const;
  return resv.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: { on: { init: { target: 'unlocked', actions: embodies('RESV-001') } } },
      unlocked: {
        on: {
          ...asked,
          lock: { target: 'locked', actions: returns(0, 'RESV-003') },
          fini: { target: 'finished', actions: embodies('RESV-002') },
        },
      },
      locked: {
        on: { ...asked, unlock: { target: 'unlocked', actions: embodies('RESV-008') } },
      },
      finished: {},
    },
  });
}

/** The list of fences, as only the holder of the lock changes it. */
function list(resv: ResvSetup) {
  const seen = {
    slotSignaled: {
      guard: and(['isLocked', 'isSlot']),
      actions: ['seeSlot', embodies('RESV-018', 'RESV-024')],
    },
    fenceSignaled: {
      guard: and(['isAlive', 'isPending']),
      actions: ['seeFence', embodies('RESV-018', 'RESV-024')],
    },
  } as const;
  const reserve = {
    reserve: [
      {
        guard: and(['isLocked', 'hasCount', 'fits']),
        actions: returns(0, 'RESV-016', 'RESV-020'),
      },
      {
        guard: and(['isLocked', 'hasCount', not('fits')]),
        target: 'room',
        actions: ['grow', returns(0, 'RESV-017', 'RESV-018')],
      },
    ],
    'reserve.failed': {
      guard: and(['isLocked', 'hasCount', not('fits')]),
      actions: returns(-ENOMEM, 'RESV-019'),
    },
  } as const;
  const replace = {
    guard: and(['isLocked', 'isReplacing']),
    actions: ['add', embodies('RESV-011', 'RESV-022', 'RESV-023', 'RESV-024', 'RESV-028')],
  } as const;
  const append = ['add', embodies('RESV-022', 'RESV-025', 'RESV-026', 'RESV-029')] as const;
  // Said by the lock: here the list only loses what was promised and not used.
  const unlock = { guard: and(['isLocked', 'isTrimmed']), actions: 'trim' } as const;
  return resv.createStateConfig({
    initial: 'none',
    on: seen,
    states: {
      /** No list, or one without any room: nothing can be added. */
      none: { on: reserve },
      room: {
        on: {
          ...reserve,
          add: [
            replace,
            {
              guard: and(['isLocked', not('isReplacing'), 'hasSlot', not('isLastSlot')]),
              actions: append,
            },
            {
              guard: and(['isLocked', not('isReplacing'), 'hasSlot', 'isLastSlot']),
              target: 'full',
              actions: append,
            },
          ],
          unlock: [
            { ...unlock, guard: and(['isLocked', 'isTrimmed', 'isEmpty']), target: 'none' },
            { ...unlock, guard: and(['isLocked', 'isTrimmed', not('isEmpty')]), target: 'full' },
          ],
        },
      },
      full: { on: { ...reserve, add: replace } },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  init: ['RESV-001'],
  lock: ['RESV-003', 'WW-005'],
  unlock: ['RESV-003'],
  reserve: ['RESV-006', 'RESV-015'],
  'reserve.failed': ['RESV-016'],
  add: ['RESV-006', 'RESV-020', 'RESV-029'],
  slotSignaled: ['RESV-006', 'RESV-018'],
  fenceSignaled: ['RESV-018'],
  test: ['RESV-001'],
  'wait.done': ['RESV-001'],
  'wait.timedOut': ['RESV-001'],
  'wait.interrupted': ['RESV-001'],
  fini: ['RESV-002'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { slots, max }: ResvList = snapshot.context;
  const isLocked = snapshot.matches({ lock: 'locked' });
  return { state: isLocked ? 'locked' : 'unlocked', context: { count: slots.length, max } };
}

/** Events of which the number matters. */
const CARRIES: ReadonlySet<string> = new Set(['reserve', 'reserve.failed', 'slotSignaled', 'test']);

/** An `add` needs to know which fence it is, so the caller builds that event itself. */
function take({ name, detail }: ObservedEvent): ModelEvent | null {
  if (name === 'add' || name === 'fenceSignaled') return null;
  return CARRIES.has(name) ? { type: name, detail } : { type: name };
}

function alphabet({ fences, usages, counts }: ResvScope): readonly ModelEvent[] {
  const known = fences.map((entry, fence) => ({ ...entry, fence }));
  return EVENTS.resv.flatMap((type): ModelEvent[] => {
    if (type === 'add') {
      return known.flatMap((entry) => usages.map((detail) => ({ type, ...entry, detail })));
    }
    // With whole fences every path can be executed: nothing signals between two slots.
    if (type === 'slotSignaled') return [];
    if (type === 'fenceSignaled') return known.map(({ fence }) => ({ type, fence }));
    if (type === 'reserve' || type === 'reserve.failed') {
      return counts.map((detail) => ({ type, detail }));
    }
    return [{ type }];
  });
}

/** A reservation object: its lock, and the list of fences that says who uses the buffer. */
export function resvMachine(scope: ResvScope): Lifecycle {
  const resv = setUp(scope);
  const machine = resv.createMachine({
    id: 'resv',
    type: 'parallel',
    context: { slots: [], max: 0, signaled: [], isAwaited: false },
    states: { lock: lock(resv), list: list(resv) },
  });
  const { slotsMax, fences, usages, counts, lockProving } = scope;
  return {
    kind: 'resv',
    scope: {
      slotsMax,
      fences: fences.map(({ context, seqno }) => `${context}:${seqno}`).join(' '),
      usages: usages.join(' '),
      counts: counts.join(' '),
      lockProving: lockProving ? 'yes' : 'no',
    },
    machine,
    alphabet: alphabet(scope),
    forbids: FORBIDS,
    view,
    take,
  };
}
