import { and, not, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle } from '../lifecycle.ts';
import { answers, embodies, returns } from '../returns.ts';

const timer = setup({
  types: { events: {} as EventFor<'timer'> },
  actions: answers,
  guards: { isArmed: stateIn({ arming: 'armed' }), isRunning: stateIn({ function: 'running' }) },
});

const arming = timer.createStateConfig({
  initial: 'idle',
  states: {
    idle: {
      on: {
        arm: { target: 'armed', actions: embodies('HW-TIME-004') },
        cancel: { actions: returns(0, 'HW-TIME-004') },
        free: { guard: not('isRunning'), target: 'freed', actions: embodies('HW-TIME-004') },
      },
    },
    armed: {
      on: {
        arm: { actions: embodies('HW-TIME-004') },
        cancel: { target: 'idle', actions: returns(1, 'HW-TIME-004') },
        expire: { guard: not('isRunning'), target: 'idle' },
      },
    },
    freed: {},
  },
});

/** It is one function at a time: timers of a machine fire one after the other. */
const running = timer.createStateConfig({
  initial: 'resting',
  states: {
    resting: {
      on: {
        expire: {
          guard: and(['isArmed', not('isRunning')]),
          target: 'running',
          actions: embodies('HW-TIME-004'),
        },
      },
    },
    running: { on: { done: { target: 'resting', actions: embodies('HW-TIME-004') } } },
  },
});

const machine = timer.createMachine({
  id: 'timer',
  type: 'parallel',
  states: { arming, function: running },
});

const FORBIDS: Lifecycle['forbids'] = {
  arm: ['HW-TIME-004'],
  cancel: ['HW-TIME-004'],
  expire: ['HW-TIME-004'],
  done: ['HW-TIME-004'],
  free: ['HW-TIME-004'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const isRunning = snapshot.matches({ function: 'running' });
  const state = snapshot.matches({ arming: 'armed' }) ? 'armed' : 'idle';
  return { state, context: { isRunning } };
}

/** A timer of a driver. It has no counters, hence no bounds. */
export function timerMachine(): Lifecycle {
  return {
    kind: 'timer',
    scope: {},
    machine,
    alphabet: EVENTS.timer.map((type) => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
