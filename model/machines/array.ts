import { and, assign, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EVENTS } from '../events.ts';
import type { AbstractState, EventOf } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent, ObservedEvent } from '../lifecycle.ts';
import { answers, embodies, returns } from '../returns.ts';

/** "No error recorded yet". */
const PENDING_ERROR = 1;

/** The bounds of an array. */
export interface ArrayScope {
  /** Unit: fences. */
  readonly childrenMax: number;
  /** The errors with which children signal. */
  readonly errors: readonly number[];
}

interface ArrayContext {
  readonly children: number;
  /** What is still missing; below zero when more children signal than were needed. */
  readonly pending: number;
  /** How many children the enabling walk has dealt with. */
  readonly walked: number;
  /** Installed callbacks that have not counted down; each holds a reference. */
  readonly watched: number;
  readonly error: number;
}

type Taken = { context: ArrayContext; event: EventFor<'array'> };

function setUp({ childrenMax }: ArrayScope) {
  const children = ({ event }: Taken): number => event.detail ?? 0;
  return setup({
    types: { context: {} as ArrayContext, events: {} as EventFor<'array'> },
    actions: {
      ...answers,
      needAll: assign({ children, pending: children, error: PENDING_ERROR }),
      needAny: assign({ children, pending: 1, error: PENDING_ERROR }),
      walk: assign({ walked: ({ context }) => context.walked + 1 }),
      watch: assign({ watched: ({ context }) => context.watched + 1 }),
      unwatch: assign({ watched: ({ context }) => context.watched - 1 }),
      decrement: assign({ pending: ({ context }) => context.pending - 1 }),
      store: assign({ error: ({ event }) => event.detail ?? 0 }),
      clear: assign({ error: 0 }),
    },
    guards: {
      fits: ({ event }) => (event.detail ?? 0) <= childrenMax,
      isAlive: stateIn({ life: 'alive' }),
      isNext: ({ context }) => context.walked < context.children,
      isWalked: ({ context }) => context.walked === context.children,
      isDeciding: ({ context }) => context.pending === 1,
      isWatching: ({ context }) => context.watched > 0,
      /** Behind the last child nothing is shared any more: nobody comes before the end of the walk. */
      isEnding: and([
        stateIn({ arming: 'walking' }),
        ({ context }) => context.walked === context.children,
      ]),
      /** Every child is needed, and a poll has seen them all: none can be watched any more. */
      isSeen: ({ context: { children, pending, walked, watched, error } }) =>
        error === 0 && pending + walked - watched === children,
      /** Only its enabling can have decided it, and that goes on to the walk in the same hold. */
      isAsked: and([stateIn({ arming: 'idle' }), ({ context }) => context.children === 0]),
      /** Without children there is nothing to look at: the counter says all, once it is asked. */
      isOpen: or([
        ({ context }) => context.children > 0 || context.pending > 0,
        and([stateIn({ arming: 'idle' }), 'isMarked']),
      ]),
      isCounting: stateIn({ arming: 'counting' }),
      isMarked: ({ context }) => context.error === PENDING_ERROR,
      isError: ({ event }) => event.detail !== undefined && event.detail < 0,
      /** Every way to completion replaces the marker first. */
      isDecided: ({ context }) => context.error !== PENDING_ERROR,
      /** The counter is down, or a poll counts the children by itself. */
      isCountable: ({ context }) => context.children > 0 || context.pending <= 0,
      isPendingStill: stateIn({ completion: 'pending' }),
      /** The walk holds the array's lock, and a reference. */
      isWalking: or([stateIn({ arming: 'walking' }), stateIn({ arming: 'counting' })]),
      /** Somebody has found the array done: whoever that is holds a reference until it signals. */
      isCompleting: or([
        ({ context }) => context.error === 0,
        stateIn({ arming: 'refused' }),
        stateIn({ work: 'ran' }),
      ]),
      isPending: ({ event }) => event.detail === 0,
      isDone: ({ event }) => event.detail === 1,
      isOwed: stateIn({ work: 'owed' }),
      isQueued: stateIn({ work: 'queued' }),
    },
  });
}
type ArraySetup = ReturnType<typeof setUp>;

/** The walk over the children when signalling is first enabled. */
function arming(array: ArraySetup) {
  return array.createStateConfig({
    initial: 'idle',
    states: {
      idle: {
        on: {
          arm: {
            guard: and(['isAlive', 'isPendingStill']),
            target: 'walking',
            actions: embodies('ARRAY-007'),
          },
        },
      },
      walking: {
        on: {
          watch: {
            guard: and(['isNext', not('isSeen')]),
            actions: ['walk', 'watch', embodies('ARRAY-008', 'ARRAY-028')],
          },
          refuse: { guard: 'isNext', target: 'counting', actions: ['walk', embodies('ARRAY-009')] },
          armed: { guard: 'isWalked', target: 'armed', actions: embodies('ARRAY-009') },
        },
      },
      /** A child was done already: its error comes first, then the walk's own decrement. */
      counting: {
        on: {
          'countDown.inline': [
            {
              guard: 'isDeciding',
              target: 'refused',
              actions: ['decrement', returns(1, 'ARRAY-009', 'ARRAY-010')],
            },
            {
              guard: not('isDeciding'),
              target: 'walking',
              actions: ['decrement', returns(0, 'ARRAY-009', 'ARRAY-019')],
            },
          ],
        },
      },
      armed: {},
      /** The walk itself has completed the array; the children behind are not touched. */
      refused: {},
    },
  });
}

/** The interrupt work that completes the array outside every child's lock. */
function work(array: ArraySetup) {
  return array.createStateConfig({
    initial: 'none',
    on: {
      countDown: {
        guard: and(['isWatching', not('isDeciding'), not('isEnding')]),
        actions: ['decrement', 'unwatch', returns(0, 'ARRAY-019')],
      },
    },
    states: {
      none: {
        on: {
          countDown: {
            guard: and(['isWatching', 'isDeciding', not('isEnding')]),
            target: 'owed',
            actions: ['decrement', 'unwatch', returns(1, 'ARRAY-010')],
          },
        },
      },
      owed: {
        on: {
          queueWork: {
            guard: not('isEnding'),
            target: 'queued',
            actions: embodies('ARRAY-010', 'ARRAY-011'),
          },
        },
      },
      queued: {
        on: {
          work: {
            guard: not('isEnding'),
            target: 'ran',
            actions: embodies('ARRAY-012', 'ARRAY-029'),
          },
        },
      },
      ran: {},
    },
  });
}

/** Whether the container's own fence has signaled; a poll may be faster than the work. */
function completion(array: ArraySetup) {
  return array.createStateConfig({
    initial: 'pending',
    states: {
      pending: {
        on: {
          complete: {
            guard: and(['isAlive', 'isDecided', not('isWalking'), not('isAsked')]),
            target: 'done',
            actions: embodies('ARRAY-010', 'ARRAY-013', 'ARRAY-014'),
          },
        },
      },
      done: {},
    },
  });
}

function life(array: ArraySetup) {
  return array.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: {
        on: {
          init: {
            guard: 'fits',
            target: 'alive',
            actions: ['needAll', embodies('ARRAY-004', 'ARRAY-005')],
          },
          'init.any': {
            guard: 'fits',
            target: 'alive',
            actions: ['needAny', embodies('ARRAY-004', 'ARRAY-005')],
          },
        },
      },
      alive: {
        on: {
          record: {
            guard: and(['isMarked', 'isError', or(['isWatching', 'isCounting']), not('isEnding')]),
            actions: ['store', embodies('ARRAY-016', 'ARRAY-017')],
          },
          clearError: {
            guard: and(['isMarked', 'isCountable', not('isEnding')]),
            actions: ['clear', embodies('ARRAY-015', 'ARRAY-018')],
          },
          poll: [
            {
              guard: and(['isPending', 'isOpen', not('isEnding')]),
              actions: returns(0, 'ARRAY-013', 'ARRAY-014'),
            },
            // Whoever finds the array done has cleared the marker before.
            {
              guard: and(['isDone', not('isMarked'), not('isEnding')]),
              actions: returns(1, 'ARRAY-013', 'ARRAY-014'),
            },
          ],
          free: {
            guard: not(
              or([
                'isWatching',
                'isOwed',
                'isQueued',
                'isWalking',
                and(['isPendingStill', 'isCompleting']),
              ]),
            ),
            target: 'freed',
            actions: embodies('ARRAY-008', 'ARRAY-020'),
          },
        },
      },
      freed: {},
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  init: ['ARRAY-004'],
  'init.any': ['ARRAY-004'],
  arm: ['ARRAY-007', 'FENCE-017'],
  watch: ['ARRAY-009'],
  refuse: ['ARRAY-009'],
  record: ['ARRAY-016', 'ARRAY-017', 'ARRAY-018'],
  countDown: ['ARRAY-008', 'ARRAY-019'],
  'countDown.inline': ['ARRAY-009', 'ARRAY-028'],
  queueWork: ['ARRAY-010'],
  work: ['ARRAY-010', 'ARRAY-029'],
  clearError: ['ARRAY-015', 'ARRAY-018'],
  complete: ['ARRAY-010', 'ARRAY-015'],
  armed: ['ARRAY-009'],
  poll: ['ARRAY-013', 'ARRAY-014'],
  free: ['ARRAY-008', 'ARRAY-020'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { pending, error }: ArrayContext = snapshot.context;
  const isQueued = snapshot.matches({ work: 'queued' });
  const open = isQueued ? 'completing' : 'pending';
  const state = snapshot.matches({ completion: 'done' }) ? 'done' : open;
  return { state, context: { pending, error } };
}

function take({ name, result, detail }: ObservedEvent): ModelEvent {
  switch (name) {
    case 'init':
    case 'init.any':
    case 'record':
      return { type: name, detail };
    case 'poll':
      return { type: name, detail: result ?? 0 };
    default:
      return { type: name };
  }
}

function alphabet({ childrenMax, errors }: ArrayScope): readonly ModelEvent[] {
  const counts = Array.from({ length: childrenMax + 1 }, (_, count) => count);
  const details: Partial<Record<EventOf<'array'>, readonly number[]>> = {
    init: counts,
    'init.any': counts,
    record: errors,
    poll: [0, 1],
  };
  return EVENTS.array.flatMap(
    (type): ModelEvent[] => details[type]?.map((detail) => ({ type, detail })) ?? [{ type }],
  );
}

/** A container that is done when all, or any, of its children are done. */
export function arrayMachine(scope: ArrayScope): Lifecycle {
  const array = setUp(scope);
  const machine = array.createMachine({
    id: 'array',
    type: 'parallel',
    context: { children: 0, pending: 0, walked: 0, watched: 0, error: 0 },
    states: {
      life: life(array),
      arming: arming(array),
      work: work(array),
      completion: completion(array),
    },
  });
  const { childrenMax, errors } = scope;
  return {
    kind: 'array',
    scope: { childrenMax, errors: errors.join(' ') },
    machine,
    alphabet: Number.isFinite(childrenMax) ? alphabet(scope) : [],
    forbids: FORBIDS,
    view,
    take,
  };
}
