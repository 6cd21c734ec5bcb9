import { and, assign, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EVENTS } from '../events.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

/** The bounds of a synchronisation object. */
export interface SyncobjScope {
  readonly referencesMax: number;
  /** Tasks that wait for a fence to come. */
  readonly waitersMax: number;
  /** Event counters that do. */
  readonly eventfdsMax: number;
}

/**
 * Those who wait are counted by what they wait for: the whole (point 0), which any fence stands
 * for, or a point above 0, which only a timeline can have.
 */
interface SyncobjContext {
  readonly references: number;
  readonly waiters: readonly [number, number];
  readonly eventfds: readonly [number, number];
}

type Counts = readonly [number, number];

const total = ([whole, points]: Counts): number => whole + points;

function add([whole, points]: Counts, detail: number | undefined, amount: number): Counts {
  return detail === 0 ? [whole + amount, points] : [whole, points + amount];
}

const of = ([whole, points]: Counts, detail: number | undefined): number =>
  detail === 0 ? whole : points;

function setUp({ referencesMax, waitersMax, eventfdsMax }: SyncobjScope) {
  return setup({
    types: { context: {} as SyncobjContext, events: {} as EventFor<'syncobj'> },
    actions: {
      ...answers,
      get: assign({ references: ({ context }) => context.references + 1 }),
      put: assign({ references: ({ context }) => context.references - 1 }),
      addWaiter: assign({
        waiters: ({ context, event }) => add(context.waiters, event.detail, 1),
      }),
      dropWaiter: assign({
        waiters: ({ context, event }) => add(context.waiters, event.detail, -1),
      }),
      addEventfd: assign({
        eventfds: ({ context, event }) => add(context.eventfds, event.detail, 1),
      }),
      dropEventfd: assign({
        eventfds: ({ context, event }) => add(context.eventfds, event.detail, -1),
      }),
    },
    guards: {
      isAlive: stateIn({ life: 'alive' }),
      isDying: stateIn({ life: 'dying' }),
      isThere: or([stateIn({ life: 'alive' }), stateIn({ life: 'dying' })]),
      isQuiet: stateIn({ lists: 'quiet' }),
      isEmpty: stateIn({ content: 'empty' }),
      isTimeline: stateIn({ content: 'timeline' }),
      /** There is nothing to tell of an empty slot: that takes no step, and nobody sees it half done. */
      isAtOnce: and([stateIn({ content: 'empty' }), stateIn({ lists: 'telling' })]),
      isShared: ({ context }) => context.references > 1,
      mayShare: ({ context }) => context.references < referencesMax,
      isWhole: ({ event }) => event.detail === 0,
      mayWait: ({ context }) => total(context.waiters) < waitersMax,
      mayRegister: ({ context }) => total(context.eventfds) < eventfdsMax,
      isWaitedFor: ({ context }) => total(context.waiters) > 0,
      isRegistered: ({ context }) => total(context.eventfds) > 0,
      hasWaiter: ({ context, event }) => of(context.waiters, event.detail) > 0,
      hasEventfd: ({ context, event }) => of(context.eventfds, event.detail) > 0,
      /** Somebody still waits for what any fence gives. */
      isAnyTaskMissed: ({ context }) => context.waiters[0] > 0,
      isMissed: ({ context }) => context.waiters[0] > 0 || context.eventfds[0] > 0,
    },
  });
}

type SyncobjSetup = ReturnType<typeof setUp>;

/** It lives as long as somebody has a reference; who waits has one, an event counter has none. */
function life(syncobj: SyncobjSetup) {
  return syncobj.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: { on: { create: { target: 'alive', actions: embodies('SYNCOBJ-002') } } },
      alive: {
        on: {
          get: {
            guard: and(['mayShare', not('isAtOnce')]),
            actions: ['get', embodies('SYNCOBJ-004')],
          },
          put: {
            guard: and(['isShared', not('isAtOnce')]),
            actions: ['put', embodies('SYNCOBJ-004')],
          },
          'put.last': {
            guard: and([not('isShared'), not('isWaitedFor'), 'isQuiet']),
            target: 'dying',
            actions: ['put', embodies('SYNCOBJ-004')],
          },
        },
      },
      dying: {
        on: {
          free: {
            guard: and(['isQuiet', 'isEmpty', not('isRegistered')]),
            target: 'freed',
            actions: embodies('SYNCOBJ-004', 'SYNCOBJ-032'),
          },
        },
      },
      freed: {},
    },
  });
}

/** What is in the slot. It changes under the lock only, when nobody is being told of a change. */
function content(syncobj: SyncobjSetup) {
  const canReplace = and(['isAlive', 'isQuiet']);
  // The end of the object empties it, too.
  const canEmpty = and(['isThere', 'isQuiet']);
  const same = { guard: canReplace, actions: embodies('SYNCOBJ-010') };
  const empty = {
    guard: canEmpty,
    target: 'empty',
    actions: embodies('SYNCOBJ-010', 'SYNCOBJ-012'),
  };
  const plain = {
    guard: canReplace,
    target: 'plain',
    actions: embodies('SYNCOBJ-010', 'SYNCOBJ-012'),
  };
  const timeline = { guard: canReplace, target: 'timeline', actions: embodies('SYNCOBJ-010') };
  const point = { guard: canReplace, target: 'timeline', actions: embodies('SYNCOBJ-023') };
  const filled = {
    'replace.same': same,
    'replace.null': empty,
    'replace.plain': plain,
    'replace.timeline': timeline,
    addPoint: point,
  } as const;
  return syncobj.createStateConfig({
    initial: 'empty',
    states: {
      empty: {
        on: {
          'replace.same': { ...same, guard: canEmpty },
          'replace.plain': plain,
          'replace.timeline': timeline,
          addPoint: point,
        },
      },
      plain: { on: filled },
      timeline: { on: filled },
    },
  });
}

/** Those that wait for a fence to come. While they are told of one, the lock is held. */
function lists(syncobj: SyncobjSetup) {
  const change = { guard: 'isAlive', target: 'telling' } as const;
  return syncobj.createStateConfig({
    initial: 'quiet',
    states: {
      quiet: {
        on: {
          'replace.null': { guard: and(['isThere', not('isEmpty')]), target: 'telling' },
          'replace.plain': change,
          'replace.timeline': change,
          addPoint: change,
          // What any fence gives is waited for only where there is none.
          'wait.join': {
            guard: and(['isAlive', 'mayWait', or([not('isWhole'), 'isEmpty'])]),
            actions: ['addWaiter', embodies('SYNCOBJ-019')],
          },
          'wait.leave': {
            guard: and(['isAlive', 'hasWaiter']),
            actions: ['dropWaiter', embodies('SYNCOBJ-018')],
          },
          'wait.left': { guard: 'isAlive', actions: embodies('SYNCOBJ-018') },
          'eventfd.join': {
            guard: and(['isAlive', 'mayRegister']),
            target: 'telling',
            actions: ['addEventfd', embodies('SYNCOBJ-031')],
          },
          'eventfd.drop': {
            guard: and(['isDying', 'isEmpty', 'hasEventfd']),
            actions: ['dropEventfd', embodies('SYNCOBJ-032')],
          },
        },
      },
      telling: {
        on: {
          'wait.told': {
            guard: and(['hasWaiter', or([and(['isWhole', not('isEmpty')]), 'isTimeline'])]),
            actions: ['dropWaiter', embodies('SYNCOBJ-010', 'SYNCOBJ-018')],
          },
          'eventfd.told': {
            // Tasks hear of it first.
            guard: and([
              'hasEventfd',
              not('isAnyTaskMissed'),
              or([and(['isWhole', not('isEmpty')]), 'isTimeline']),
            ]),
            actions: ['dropEventfd', embodies('SYNCOBJ-010', 'SYNCOBJ-031')],
          },
          told: {
            guard: or(['isEmpty', not('isMissed')]),
            target: 'quiet',
            actions: embodies('SYNCOBJ-010'),
          },
        },
      },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  create: ['SYNCOBJ-002'],
  get: ['SYNCOBJ-004'],
  put: ['SYNCOBJ-004'],
  'put.last': ['SYNCOBJ-004', 'SYNCOBJ-034'],
  'replace.null': ['SYNCOBJ-010', 'SYNCOBJ-012'],
  'replace.plain': ['SYNCOBJ-010', 'SYNCOBJ-012'],
  'replace.timeline': ['SYNCOBJ-010'],
  'replace.same': ['SYNCOBJ-010'],
  addPoint: ['SYNCOBJ-010', 'SYNCOBJ-023'],
  told: ['SYNCOBJ-010'],
  'wait.join': ['SYNCOBJ-019'],
  'wait.told': ['SYNCOBJ-018'],
  'wait.leave': ['SYNCOBJ-018'],
  'wait.left': ['SYNCOBJ-018'],
  'eventfd.join': ['SYNCOBJ-031'],
  'eventfd.told': ['SYNCOBJ-031'],
  'eventfd.drop': ['SYNCOBJ-032'],
  free: ['SYNCOBJ-004', 'SYNCOBJ-032'],
};

const CONTENTS = ['empty', 'plain', 'timeline'] as const;

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { references, waiters, eventfds }: SyncobjContext = snapshot.context;
  const kind = CONTENTS.find((name) => snapshot.matches({ content: name })) ?? 'empty';
  return {
    state: snapshot.matches({ lists: 'telling' }) ? `${kind}.telling` : kind,
    context: { references, waiters: total(waiters), eventfds: total(eventfds) },
  };
}

/** Events that are about somebody who waits: `detail` is 0 for the whole, and 1 for a point. */
const OF_WAITERS: ReadonlySet<string> = new Set([
  'wait.join',
  'wait.told',
  'wait.leave',
  'eventfd.join',
  'eventfd.told',
  'eventfd.drop',
]);

/** A slot for a fence, with those who wait for one to come. */
export function syncobjMachine(scope: SyncobjScope): Lifecycle {
  const syncobj = setUp(scope);
  const machine = syncobj.createMachine({
    id: 'syncobj',
    type: 'parallel',
    context: { references: 1, waiters: [0, 0], eventfds: [0, 0] },
    states: { life: life(syncobj), content: content(syncobj), lists: lists(syncobj) },
  });
  const { referencesMax, waitersMax, eventfdsMax } = scope;
  return {
    kind: 'syncobj',
    scope: { referencesMax, waitersMax, eventfdsMax },
    machine,
    alphabet: EVENTS.syncobj.flatMap((type): ModelEvent[] =>
      OF_WAITERS.has(type) ? [0, 1].map((detail) => ({ type, detail })) : [{ type }],
    ),
    forbids: FORBIDS,
    view,
    take: ({ name, detail }) => (OF_WAITERS.has(name) ? { type: name, detail } : { type: name }),
  };
}
