import { type AnyMachineSnapshot, and, not, setup, stateIn } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

const fence = setup({
  types: { events: {} as EventFor<'schedFence'> },
  actions: answers,
  guards: {
    isThere: stateIn({ life: 'alive' }),
    isPending: stateIn({ progress: 'pending' }),
    isFinished: stateIn({ progress: 'finished' }),
    hasParent: stateIn({ parent: 'there' }),
  },
});

const life = fence.createStateConfig({
  initial: 'unborn',
  states: {
    unborn: { on: { init: { target: 'alive', actions: embodies('SCHED-003') } } },
    alive: {
      on: { free: { guard: 'isFinished', target: 'freed', actions: embodies('SCHED-019') } },
    },
    freed: {},
  },
});

/** Two signals, in this order. */
const progress = fence.createStateConfig({
  initial: 'pending',
  states: {
    pending: {
      on: {
        scheduled: {
          guard: 'isThere',
          target: 'scheduled',
          actions: embodies('SCHED-016', 'SCHED-019'),
        },
      },
    },
    scheduled: {
      on: { finished: { guard: 'isThere', target: 'finished', actions: embodies('SCHED-019') } },
    },
    finished: {},
  },
});

/** The hardware's fence: there before the first signal, and taken away by a recovery. */
const parent = fence.createStateConfig({
  initial: 'absent',
  states: {
    absent: {
      on: {
        setParent: {
          guard: and(['isThere', not('isFinished')]),
          target: 'there',
          actions: embodies('SCHED-016'),
        },
      },
    },
    there: {
      on: {
        clearParent: {
          guard: and(['isThere', not('isPending'), not('isFinished')]),
          target: 'absent',
          actions: embodies('SCHED-025'),
        },
      },
    },
  },
});

/** A deadline may come as long as the fence is there. */
const deadline = fence.createStateConfig({
  initial: 'none',
  states: {
    none: {
      on: {
        setDeadline: { guard: 'isThere', target: 'set', actions: embodies('SCHED-021') },
      },
    },
    set: { on: { setDeadline: { guard: 'isThere', actions: embodies('SCHED-021') } } },
  },
});

const FORBIDS: Lifecycle['forbids'] = {
  init: ['SCHED-003'],
  setParent: ['SCHED-016'],
  clearParent: ['SCHED-025'],
  setDeadline: ['SCHED-021'],
  scheduled: ['SCHED-016', 'SCHED-019'],
  finished: ['SCHED-019'],
  free: ['SCHED-019'],
};

const PROGRESS = ['pending', 'scheduled', 'finished'] as const;

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const state = PROGRESS.find((name) => snapshot.matches({ progress: name })) ?? 'pending';
  return { state, context: { hasParent: snapshot.matches({ parent: 'there' }) } };
}

const machine = fence.createMachine({
  id: 'schedFence',
  type: 'parallel',
  states: { life, progress, parent, deadline },
});

/** The fence of a job, with two faces. It has no counters, hence no bounds. */
export function schedFenceMachine(): Lifecycle {
  return {
    kind: 'schedFence',
    scope: {},
    machine,
    alphabet: EVENTS.schedFence.map((type) => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
