import { and, assign, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EVENTS } from '../events.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

/** The bounds of a context. */
export interface WwContextScope {
  /** Mutexes that it holds at the same time. */
  readonly acquiredMax: number;
}

interface Transaction {
  readonly acquired: number;
}

function setUp({ acquiredMax }: WwContextScope) {
  return setup({
    types: { context: {} as Transaction, events: {} as EventFor<'wwContext'> },
    actions: {
      ...answers,
      add: assign({ acquired: ({ context }) => context.acquired + 1 }),
      drop: assign({ acquired: ({ context }) => context.acquired - 1 }),
    },
    guards: {
      isLive: stateIn({ life: 'live' }),
      isOpen: or([stateIn({ life: 'live' }), stateIn({ life: 'done' })]),
      isWaitDie: stateIn({ algorithm: 'waitDie' }),
      isWoundWait: stateIn({ algorithm: 'woundWait' }),
      isWounded: stateIn({ wound: 'wounded' }),
      /** It has had -EDEADLK, and has not taken a mutex since. */
      isContending: stateIn({ attempt: 'failed' }),
      hasRoom: ({ context }) => context.acquired < acquiredMax,
      hasNone: ({ context }) => context.acquired === 0,
      hasLast: ({ context }) => context.acquired === 1,
    },
  });
}
type ContextSetup = ReturnType<typeof setUp>;

function life(transaction: ContextSetup) {
  return transaction.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: {
        on: {
          'init.waitDie': { target: 'live', actions: embodies('WW-002') },
          'init.woundWait': { target: 'live', actions: embodies('WW-002') },
        },
      },
      live: {
        on: {
          done: { target: 'done', actions: embodies('WW-043') },
          fini: { guard: 'hasNone', target: 'ended', actions: embodies('WW-044') },
        },
      },
      done: { on: { fini: { guard: 'hasNone', target: 'ended', actions: embodies('WW-044') } } },
      ended: {},
    },
  });
}

/** What it holds. */
function locks(transaction: ContextSetup) {
  const acquire = (guard: 'hasRoom' | 'isLive') =>
    ({
      guard: and(['isLive', guard]),
      target: 'some',
      actions: ['add', embodies('WW-006')],
    }) as const;
  return transaction.createStateConfig({
    initial: 'none',
    states: {
      none: { on: { acquire: acquire('hasRoom') } },
      some: {
        on: {
          acquire: {
            ...acquire('hasRoom'),
            guard: and(['isLive', 'hasRoom', not('isContending')]),
          },
          drop: [
            { guard: 'hasLast', target: 'none', actions: ['drop', embodies('WW-037')] },
            { actions: ['drop', embodies('WW-037')] },
          ],
          kill: {
            guard: and(['isLive', not('isContending'), or(['isWaitDie', 'isWounded'])]),
            actions: embodies('WW-010', 'WW-015', 'WW-025'),
          },
          inject: {
            guard: and(['isLive', 'hasRoom', not('isContending')]),
            actions: embodies('WW-033'),
          },
        },
      },
    },
  });
}

/** What others have told it, in wound-wait; or it itself, when it has overtaken somebody. */
function wound(transaction: ContextSetup) {
  // It may come just after the mutex was given up, while that is not over; or before one that was
  // taken ahead of others counts.
  const wounded = {
    guard: and(['isWoundWait', 'isOpen']),
    target: 'wounded',
    actions: embodies('WW-022', 'WW-023', 'WW-027'),
  } as const;
  return transaction.createStateConfig({
    initial: 'none',
    states: {
      none: { on: { wound: wounded } },
      wounded: {
        on: {
          wound: wounded,
          clear: {
            guard: and(['isLive', 'hasNone']),
            target: 'none',
            actions: embodies('WW-028'),
          },
        },
      },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  'init.waitDie': ['WW-002'],
  'init.woundWait': ['WW-002'],
  acquire: ['WW-029', 'WW-043'],
  drop: ['WW-037'],
  wound: ['WW-022', 'WW-023'],
  clear: ['WW-028'],
  kill: ['WW-010', 'WW-024', 'WW-030'],
  inject: ['WW-033'],
  done: ['WW-043'],
  fini: ['WW-044'],
};

const PHASES = ['unborn', 'live', 'done'] as const;

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { acquired }: Transaction = snapshot.context;
  return {
    state: PHASES.find((phase) => snapshot.matches({ life: phase })) ?? 'ended',
    context: { acquired, wounded: snapshot.matches({ wound: 'wounded' }) },
  };
}

/** The acquire context of one transaction: what it holds, and whether it has to give way. */
export function wwContextMachine(scope: WwContextScope): Lifecycle {
  const transaction = setUp(scope);
  const machine = transaction.createMachine({
    id: 'context',
    type: 'parallel',
    context: { acquired: 0 },
    states: {
      algorithm: {
        initial: 'unknown',
        states: {
          unknown: { on: { 'init.waitDie': 'waitDie', 'init.woundWait': 'woundWait' } },
          waitDie: {},
          woundWait: {},
        },
      },
      life: life(transaction),
      locks: locks(transaction),
      wound: wound(transaction),
      attempt: {
        initial: 'fresh',
        states: {
          fresh: {
            on: {
              kill: {
                guard: and(['isLive', not('hasNone'), or(['isWaitDie', 'isWounded'])]),
                target: 'failed',
              },
              inject: { guard: and(['isLive', 'hasRoom', not('hasNone')]), target: 'failed' },
            },
          },
          failed: { on: { acquire: { guard: and(['isLive', 'hasNone']), target: 'fresh' } } },
        },
      },
    },
  });
  return {
    kind: 'wwContext',
    scope: { acquiredMax: scope.acquiredMax },
    machine,
    alphabet: EVENTS.wwContext.map((type): ModelEvent => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
