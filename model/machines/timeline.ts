import { and, assign, not, setup } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EVENTS } from '../events.ts';
import type { AbstractState, EventOf } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

/** An increment above this is applied in steps. */
const INT_MAX = 0x7fffffff;

/** The bounds of a timeline. */
export interface TimelineScope {
  /** Points are created up to this value, and the counter moves no farther. */
  readonly valueMax: number;
  /** Points that wait at the same time. */
  readonly pointsMax: number;
}

interface TimelineContext {
  /** Unsigned 32-bit. */
  readonly value: number;
  /** The values of the points on the list, in list order. */
  readonly listed: readonly number[];
  /** Those that the last step made due and that are still listed, or that the close fails. */
  readonly due: readonly number[];
  /** The due point that was taken off the list last, to be signaled next; or NONE. */
  readonly taken: number;
}

const NONE = -1;

type Taken = { context: TimelineContext; event: EventFor<'timeline'> };

const point = ({ event }: Taken): number => event.detail ?? 0;
const moved = ({ context, event }: Taken): number => (context.value + (event.detail ?? 0)) >>> 0;

/** How far `value` lies ahead of `other`, by the wrapping 32-bit rule. */
const ahead = (value: number, other: number): number => (value - other) | 0;

/** The list with one more point: ascending, a twin of a dying point before it. */
function listWith({ listed }: TimelineContext, value: number): readonly number[] {
  const at = listed.findIndex((other) => ahead(value, other) <= 0);
  return listed.toSpliced(at < 0 ? listed.length : at, 0, value);
}

function listWithout({ listed }: TimelineContext, value: number): readonly number[] {
  return listed.toSpliced(listed.indexOf(value), 1);
}

/** Points become due in list order; the first that is not due ends the step. */
function dueAt({ listed }: TimelineContext, value: number): readonly number[] {
  const end = listed.findIndex((other) => ahead(other, value) > 0);
  return listed.slice(0, end < 0 ? listed.length : end);
}

/**
 * Those behind a point that failed; those before it were dead and are passed over, and so are its
 * twins: of equal points at most one is alive.
 */
function dueAfter({ due }: TimelineContext, value: number): readonly number[] {
  return due.slice(due.lastIndexOf(value) + 1);
}

function setUp({ valueMax, pointsMax }: TimelineScope) {
  return setup({
    types: { context: {} as TimelineContext, events: {} as EventFor<'timeline'> },
    actions: {
      ...answers,
      insert: assign({ listed: (args) => listWith(args.context, point(args)) }),
      remove: assign({ listed: (args) => listWithout(args.context, point(args)) }),
      move: assign({
        value: moved,
        due: (args) => dueAt(args.context, moved(args)),
        taken: NONE,
      }),
      fail: assign({ due: ({ context }) => context.listed, taken: NONE }),
      failOne: assign({ due: (args) => dueAfter(args.context, point(args)) }),
      take: assign({ due: ({ context }) => context.due.slice(1), taken: point }),
      signal: assign({ taken: NONE }),
      settle: assign({ due: [], taken: NONE }),
    },
    guards: {
      isAhead: (args) => ahead(point(args), args.context.value) > 0,
      isListed: (args) => args.context.listed.includes(point(args)),
      hasRoom: ({ context }) => context.listed.length < pointsMax,
      isStep: ({ event }) => (event.detail ?? 0) >= 0 && (event.detail ?? 0) <= INT_MAX,
      isWithin: (args) => moved(args) <= valueMax,
      makesDue: (args) => dueAt(args.context, moved(args)).length > 0,
      isEmpty: ({ context }) => context.listed.length === 0,
      isDue: (args) => args.context.due.includes(point(args)),
      isNextDue: (args) => args.context.due[0] === point(args),
      isLastDue: ({ context }) => context.due.length === 1,
      hasDueBehind: (args) => dueAfter(args.context, point(args)).length > 0,
      /** Off the list right before it is signaled. */
      isTaken: (args) => args.context.taken === point(args),
    },
  });
}
type TimelineSetup = ReturnType<typeof setUp>;

/** What takes the lock: requests, which come only while the file is open, and releases of points. */
function holds(timeline: TimelineSetup) {
  return timeline.createStateConfig({
    on: {
      'create.signaled': {
        guard: not('isAhead'),
        target: '#timeline.open.settled',
        actions: ['settle', embodies('SWSYNC-004', 'SWSYNC-005', 'SWSYNC-024')],
      },
      'create.shared': {
        guard: and(['isAhead', 'isListed']),
        target: '#timeline.open.settled',
        actions: ['settle', embodies('SWSYNC-006')],
      },
      // Next to an equal one whose count is 0, or as the only one of its value.
      'create.pending': {
        guard: and(['isAhead', 'hasRoom']),
        target: '#timeline.open.settled',
        actions: ['settle', 'insert', embodies('SWSYNC-007', 'SWSYNC-021')],
      },
      advance: [
        {
          guard: and(['isStep', 'isWithin', 'makesDue']),
          target: '#timeline.open.signalling',
          actions: ['move', embodies('SWSYNC-008', 'SWSYNC-009', 'SWSYNC-010')],
        },
        {
          guard: and(['isStep', 'isWithin', not('makesDue')]),
          target: '#timeline.open.settled',
          actions: ['move', embodies('SWSYNC-008', 'SWSYNC-009')],
        },
      ],
      unlist: {
        guard: 'isListed',
        target: '#timeline.open.settled',
        actions: ['settle', 'remove', embodies('SWSYNC-016')],
      },
      close: [
        {
          guard: 'isEmpty',
          target: '#timeline.closed.settled',
          actions: ['settle', embodies('SWSYNC-012')],
        },
        {
          guard: not('isEmpty'),
          target: '#timeline.closed.failing',
          actions: ['fail', embodies('SWSYNC-012')],
        },
      ],
    },
  });
}

function open(timeline: TimelineSetup) {
  const taken = ['remove', 'take', embodies('SWSYNC-010', 'SWSYNC-022')] as const;
  const signaled = ['signal', embodies('SWSYNC-008', 'SWSYNC-010')] as const;
  return timeline.createStateConfig({
    initial: 'settled',
    states: {
      settled: holds(timeline),
      /**
       * One hold of the lock: what became due is taken off the list, ascending, and signaled at
       * once unless it is dead.
       */
      signalling: {
        on: {
          unlist: [
            { guard: and(['isNextDue', 'isLastDue']), target: 'ending', actions: taken },
            { guard: and(['isNextDue', not('isLastDue')]), actions: taken },
          ],
          signalPoint: { guard: 'isTaken', actions: signaled },
        },
      },
      /** The last one was taken off the list; if it was dead, the hold is over. */
      ending: {
        on: {
          ...holds(timeline).on,
          signalPoint: { guard: 'isTaken', target: 'settled', actions: signaled },
        },
      },
    },
  });
}

/** No request can come any more; the points that are left keep the timeline alive. */
function closed(timeline: TimelineSetup) {
  const failing = and(['isDue', 'isListed']);
  return timeline.createStateConfig({
    initial: 'settled',
    on: {
      // A release took the lock, so the hold of the close is over.
      unlist: {
        guard: 'isListed',
        target: '.settled',
        actions: ['settle', 'remove', embodies('SWSYNC-012', 'SWSYNC-016')],
      },
      free: { guard: 'isEmpty', target: 'freed', actions: embodies('SWSYNC-014') },
    },
    states: {
      settled: {},
      /** One hold of the lock: what waits fails, in list order, and stays on the list. */
      failing: {
        on: {
          failPoint: [
            {
              guard: and([failing, not('hasDueBehind')]),
              target: 'settled',
              actions: ['failOne', embodies('SWSYNC-012')],
            },
            {
              guard: and([failing, 'hasDueBehind']),
              actions: ['failOne', embodies('SWSYNC-012')],
            },
          ],
        },
      },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  open: ['SWSYNC-001'],
  'create.pending': ['SWSYNC-004', 'SWSYNC-005', 'SWSYNC-021'],
  'create.shared': ['SWSYNC-006'],
  'create.signaled': ['SWSYNC-004', 'SWSYNC-005'],
  advance: ['SWSYNC-009'],
  signalPoint: ['SWSYNC-008', 'SWSYNC-010'],
  unlist: ['SWSYNC-016'],
  close: ['SWSYNC-012'],
  failPoint: ['SWSYNC-012'],
  free: ['SWSYNC-014'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { value, listed }: TimelineContext = snapshot.context;
  const isClosed = snapshot.matches('closed') || snapshot.matches('freed');
  return { state: isClosed ? 'closed' : 'open', context: { value, listed: listed.length } };
}

function alphabet({ valueMax }: TimelineScope): readonly ModelEvent[] {
  const values = Array.from({ length: valueMax + 1 }, (_, value) => value);
  const points = values.slice(1);
  const details: Partial<Record<EventOf<'timeline'>, readonly number[]>> = {
    'create.pending': points,
    'create.shared': points,
    'create.signaled': values,
    advance: values,
    signalPoint: points,
    unlist: points,
    failPoint: points,
  };
  return EVENTS.timeline.flatMap(
    (type): ModelEvent[] => details[type]?.map((detail) => ({ type, detail })) ?? [{ type }],
  );
}

const PLAIN: ReadonlySet<string> = new Set(['open', 'close', 'free']);

/** A software timeline: a counter, and the points that wait for it. */
export function timelineMachine(scope: TimelineScope): Lifecycle {
  const timeline = setUp(scope);
  const machine = timeline.createMachine({
    id: 'timeline',
    initial: 'unborn',
    context: { value: 0, listed: [], due: [], taken: NONE },
    states: {
      unborn: { on: { open: { target: 'open', actions: embodies('SWSYNC-001') } } },
      open: open(timeline),
      closed: closed(timeline),
      freed: {},
    },
  });
  const { valueMax, pointsMax } = scope;
  return {
    kind: 'timeline',
    scope: { valueMax, pointsMax },
    machine,
    alphabet: Number.isFinite(valueMax) ? alphabet(scope) : [],
    forbids: FORBIDS,
    view,
    take: ({ name, detail }) => (PLAIN.has(name) ? { type: name } : { type: name, detail }),
  };
}
