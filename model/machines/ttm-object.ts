import { and, assign, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EVENTS } from '../events.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

/** The bounds of an object that moves. */
export interface TtmObjectScope {
  readonly referencesMax: number;
  readonly pinsMax: number;
}

interface TtmObjectContext {
  readonly references: number;
  readonly pins: number;
}

function setUp({ referencesMax, pinsMax }: TtmObjectScope) {
  return setup({
    types: { context: {} as TtmObjectContext, events: {} as EventFor<'ttmObject'> },
    actions: {
      ...answers,
      get: assign({ references: ({ context }) => context.references + 1 }),
      put: assign({ references: ({ context }) => context.references - 1 }),
      resurrect: assign({ references: 1 }),
      pin: assign({ pins: ({ context }) => context.pins + 1 }),
      unpin: assign({ pins: ({ context }) => context.pins - 1 }),
    },
    guards: {
      isAlive: stateIn({ life: 'alive' }),
      isGhost: stateIn({ life: 'ghost' }),
      hasEnded: or([stateIn({ life: 'freed' }), stateIn({ life: 'buried' })]),
      isNowhere: stateIn({ storage: 'nowhere' }),
      isSettled: or([stateIn({ storage: 'nowhere' }), stateIn({ storage: 'placed' })]),
      isShared: ({ context }) => context.references > 1,
      mayShare: ({ context }) => context.references < referencesMax,
      isPinned: ({ context }) => context.pins > 0,
      mayPin: ({ context }) => context.pins < pinsMax,
    },
  });
}

type ObjectSetup = ReturnType<typeof setUp>;

/** It ends at once, or comes back to life for a worker that waits until nobody uses it. */
function life(object: ObjectSetup) {
  const get = { guard: 'mayShare', actions: ['get', embodies('EVICT-001')] } as const;
  const put = { guard: 'isShared', actions: ['put', embodies('EVICT-008')] } as const;
  const putLast = {
    guard: and([not('isShared'), not('isPinned'), 'isSettled']),
    target: 'dying',
    actions: ['put', embodies('EVICT-008')],
  } as const;
  const delay = {
    target: 'delayed',
    actions: ['resurrect', embodies('EVICT-008')],
  } as const;
  const free = { guard: 'isNowhere', target: 'freed', actions: embodies('EVICT-008') } as const;
  return object.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: {
        on: {
          init: { target: 'alive', actions: embodies('EVICT-003') },
          'init.ghost': { target: 'ghost', actions: embodies('EVICT-006') },
        },
      },
      alive: { on: { get, put, 'put.last': putLast } },
      ghost: {
        on: {
          // It is found by its range, and by nothing else.
          get: { ...get, guard: and(['mayShare', not('isNowhere')]) },
          put,
          'put.last': putLast,
          discard: { guard: 'isNowhere', target: 'freed', actions: embodies('EVICT-003') },
        },
      },
      dying: {
        on: {
          individualize: { target: 'apart', actions: embodies('EVICT-008') },
          'individualize.failed': { target: 'apart', actions: embodies('EVICT-009') },
          delay,
          free,
        },
      },
      apart: { on: { delay, free } },
      delayed: {
        on: {
          get,
          put,
          'put.last': {
            guard: and([not('isShared'), 'isNowhere']),
            target: 'ending',
            actions: ['put', embodies('EVICT-008')],
          },
        },
      },
      ending: { on: { free: { ...free, target: 'buried' } } },
      freed: {},
      buried: {},
    },
  });
}

/** Where its content is: in a range, in none, or on its way from one to the next. */
function storage(object: ObjectSetup) {
  const canMove = and(['isAlive', not('isPinned')]);
  return object.createStateConfig({
    initial: 'nowhere',
    states: {
      nowhere: {
        on: {
          'move.begin': { guard: canMove, target: 'filling', actions: embodies('EVICT-003') },
          inherit: { guard: 'isGhost', target: 'placed', actions: embodies('EVICT-006') },
        },
      },
      filling: {
        on: {
          'move.end': { target: 'placed', actions: embodies('EVICT-003') },
          'move.failed': { target: 'nowhere', actions: embodies('EVICT-003') },
        },
      },
      placed: {
        on: {
          'move.begin': {
            guard: canMove,
            target: 'moving',
            actions: embodies('EVICT-003', 'EVICT-007'),
          },
          leave: {
            // A ghost that nobody has deleted keeps what it has.
            guard: and([not('hasEnded'), not('isPinned'), not('isGhost')]),
            target: 'nowhere',
            actions: embodies('EVICT-008', 'EVICT-011'),
          },
        },
      },
      moving: {
        on: {
          leave: { target: 'between', actions: embodies('EVICT-005', 'EVICT-006') },
          'move.end': { target: 'placed', actions: embodies('EVICT-003') },
          'move.failed': { target: 'placed', actions: embodies('EVICT-003') },
        },
      },
      between: { on: { 'move.end': { target: 'placed', actions: embodies('EVICT-003') } } },
    },
  });
}

/** What is pinned stays where it is. */
function pins(object: ObjectSetup) {
  return object.createStateConfig({
    initial: 'any',
    states: {
      any: {
        on: {
          pin: {
            guard: and(['isAlive', 'isSettled', 'mayPin']),
            actions: ['pin', embodies('EVICT-007')],
          },
          unpin: {
            guard: and(['isAlive', 'isSettled', 'isPinned']),
            actions: ['unpin', embodies('EVICT-007')],
          },
        },
      },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  init: ['EVICT-003'],
  'init.ghost': ['EVICT-006'],
  get: ['EVICT-008', 'EVICT-006'],
  put: ['EVICT-008'],
  'put.last': ['EVICT-008'],
  pin: ['EVICT-007'],
  unpin: ['EVICT-007'],
  'move.begin': ['EVICT-007', 'EVICT-003'],
  inherit: ['EVICT-006'],
  discard: ['EVICT-003', 'EVICT-006'],
  leave: ['EVICT-003', 'EVICT-007'],
  'move.end': ['EVICT-003'],
  'move.failed': ['EVICT-003'],
  individualize: ['EVICT-008'],
  'individualize.failed': ['EVICT-009'],
  delay: ['EVICT-008'],
  free: ['EVICT-008'],
};

/** Its range is shown until it leaves it. */
const PLACED = ['placed', 'moving'] as const;
const DELETED = ['delayed', 'ending', 'buried'] as const;

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { references, pins: count }: TtmObjectContext = snapshot.context;
  const isPlaced = PLACED.some((name) => snapshot.matches({ storage: name }));
  const isDeleted = DELETED.some((name) => snapshot.matches({ life: name }));
  return {
    state: `${isDeleted ? 'deleted' : 'kept'} ${isPlaced ? 'placed' : 'nowhere'}`,
    context: { references, pins: count },
  };
}

/** An object that moves between places. */
export function ttmObjectMachine(scope: TtmObjectScope): Lifecycle {
  const object = setUp(scope);
  const machine = object.createMachine({
    id: 'ttmObject',
    type: 'parallel',
    context: { references: 1, pins: 0 },
    states: { life: life(object), storage: storage(object), pins: pins(object) },
  });
  const { referencesMax, pinsMax } = scope;
  return {
    kind: 'ttmObject',
    scope: { referencesMax, pinsMax },
    machine,
    alphabet: EVENTS.ttmObject.map((type): ModelEvent => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
