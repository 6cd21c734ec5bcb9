import { type AnyMachineSnapshot, and, or, setup, stateIn } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

const job = setup({
  types: { events: {} as EventFor<'schedJob'> },
  actions: answers,
  guards: {
    isTaken: stateIn({ life: 'taken' }),
    isRunning: stateIn({ life: 'running' }),
    isDone: stateIn({ life: 'done' }),
    isCharged: stateIn({ credits: 'charged' }),
    isListed: stateIn({ list: 'listed' }),
    isUnlisted: stateIn({ list: 'off' }),
  },
});

/** Whose it is: the submitter's, the scheduler's, the hardware's; then nobody's. */
const life = job.createStateConfig({
  initial: 'unborn',
  states: {
    unborn: { on: { init: { target: 'fresh', actions: embodies('SCHED-001') } } },
    fresh: {
      on: {
        addDependency: { actions: embodies('SCHED-001', 'SCHED-005') },
        arm: { target: 'armed', actions: embodies('SCHED-001', 'SCHED-003') },
        abort: { target: 'freed', actions: embodies('SCHED-001') },
      },
    },
    armed: { on: { push: { target: 'queued', actions: embodies('SCHED-001') } } },
    queued: {
      on: {
        pop: { target: 'taken', actions: embodies('SCHED-008') },
        sweep: { target: 'swept', actions: embodies('SCHED-029') },
      },
    },
    taken: {
      on: { begin: { guard: 'isCharged', target: 'running', actions: embodies('SCHED-016') } },
    },
    running: {
      on: {
        run: {
          // The second time after a stop, which leaves it on the list.
          guard: 'isListed',
          actions: embodies('SCHED-016'),
        },
        done: { guard: 'isCharged', target: 'done', actions: embodies('SCHED-017', 'SCHED-019') },
      },
    },
    done: {
      on: { free: { guard: 'isUnlisted', target: 'freed', actions: embodies('SCHED-020') } },
    },
    swept: { on: { fail: { target: 'failed', actions: embodies('SCHED-029') } } },
    failed: { on: { free: { target: 'freed', actions: embodies('SCHED-029') } } },
    freed: {},
  },
});

/** The list of what is with the hardware; the head may be taken off while its time-out is looked into. */
const list = job.createStateConfig({
  initial: 'off',
  states: {
    off: {
      on: {
        begin: { guard: and(['isTaken', 'isCharged']), target: 'listed' },
      },
    },
    listed: {
      on: {
        // What a stop has detached is charged again, or done, before time goes on.
        expire: {
          guard: or(['isDone', 'isCharged']),
          target: 'expired',
          actions: embodies('SCHED-023'),
        },
        unlist: { guard: 'isDone', target: 'off', actions: embodies('SCHED-020') },
      },
    },
    expired: {
      on: { reinsert: { target: 'listed', actions: embodies('SCHED-025', 'SCHED-035') } },
    },
  },
});

/** What it has of the ring's credits: each charge is given back once. */
const credits = job.createStateConfig({
  initial: 'free',
  states: {
    free: {
      on: {
        charge: {
          guard: or(['isTaken', and(['isRunning', 'isListed'])]),
          target: 'charged',
          actions: embodies('SCHED-015'),
        },
      },
    },
    charged: {
      on: {
        done: { guard: 'isRunning', target: 'free' },
        detach: {
          guard: and(['isRunning', 'isListed']),
          target: 'free',
          actions: embodies('SCHED-015', 'SCHED-025'),
        },
      },
    },
  },
});

const FORBIDS: Lifecycle['forbids'] = {
  init: ['SCHED-001'],
  addDependency: ['SCHED-001'],
  abort: ['SCHED-001'],
  arm: ['SCHED-001'],
  push: ['SCHED-001'],
  pop: ['SCHED-008'],
  sweep: ['SCHED-029'],
  charge: ['SCHED-015'],
  begin: ['SCHED-016'],
  run: ['SCHED-016'],
  done: ['SCHED-015', 'SCHED-019'],
  expire: ['SCHED-023'],
  reinsert: ['SCHED-025', 'SCHED-035'],
  detach: ['SCHED-015', 'SCHED-025'],
  unlist: ['SCHED-020'],
  fail: ['SCHED-029'],
  free: ['SCHED-001', 'SCHED-020'],
};

/** Its fence is there from arming to the end, and its entity until the worker takes it. */
function view(snapshot: AnyMachineSnapshot): AbstractState {
  const isIn = (...states: readonly string[]): boolean =>
    states.some((state) => snapshot.matches({ life: state }));
  return {
    state: isIn('unborn', 'fresh', 'freed') ? 'bare' : 'armed',
    context: {},
  };
}

const machine = job.createMachine({
  id: 'schedJob',
  type: 'parallel',
  states: { life, list, credits },
});

/** A job of a GPU scheduler. It has no counters, hence no bounds. */
export function schedJobMachine(): Lifecycle {
  return {
    kind: 'schedJob',
    scope: {},
    machine,
    alphabet: EVENTS.schedJob.map((type) => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
