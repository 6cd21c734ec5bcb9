import { and, not, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

const line = setup({
  types: { events: {} as EventFor<'interruptLine'> },
  actions: answers,
  guards: {
    isOpen: stateIn({ mask: 'open' }),
    isServed: stateIn({ service: 'running' }),
    isLatched: stateIn({ request: 'latched' }),
  },
});

/** What was asserted, and how far it has come. */
const request = line.createStateConfig({
  initial: 'idle',
  states: {
    idle: { on: { assert: { target: 'pending', actions: embodies('HW-IRQ-001') } } },
    pending: {
      on: {
        // Many are as good as one.
        coalesce: { actions: embodies('HW-IRQ-001') },
        withdraw: { target: 'idle', actions: embodies('HW-IRQ-001') },
        latch: {
          guard: and(['isOpen', not('isServed')]),
          target: 'latched',
          actions: embodies('HW-IRQ-002', 'HW-IRQ-004'),
        },
      },
    },
    latched: {
      on: {
        coalesce: { actions: embodies('HW-IRQ-001') },
        withdraw: { target: 'idle', actions: embodies('HW-IRQ-001') },
        deliver: { target: 'idle' },
        // The controller takes it back.
        mask: { target: 'pending' },
      },
    },
  },
});

const mask = line.createStateConfig({
  initial: 'open',
  states: {
    open: {
      on: {
        mask: { target: 'masked', actions: embodies('HW-IRQ-003') },
      },
    },
    masked: {
      on: {
        unmask: { target: 'open', actions: embodies('HW-IRQ-003') },
      },
    },
  },
});

/** Its handler: one at a time, whatever comes meanwhile. */
const service = line.createStateConfig({
  initial: 'idle',
  states: {
    idle: {
      on: {
        deliver: {
          guard: 'isLatched',
          target: 'running',
          actions: embodies('HW-IRQ-002', 'HW-IRQ-004'),
        },
      },
    },
    running: { on: { end: { target: 'idle', actions: embodies('HW-IRQ-004') } } },
  },
});

const machine = line.createMachine({
  id: 'interruptLine',
  type: 'parallel',
  states: { request, mask, service },
});

const FORBIDS: Lifecycle['forbids'] = {
  assert: ['HW-IRQ-001'],
  coalesce: ['HW-IRQ-001'],
  withdraw: ['HW-IRQ-001'],
  latch: ['HW-IRQ-002', 'HW-IRQ-003', 'HW-IRQ-004'],
  deliver: ['HW-IRQ-002', 'HW-IRQ-004'],
  end: ['HW-IRQ-004'],
  mask: ['HW-IRQ-003'],
  unmask: ['HW-IRQ-003'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const isLatched = snapshot.matches({ request: 'latched' });
  const isIdle = snapshot.matches({ request: 'idle' });
  const isMasked = snapshot.matches({ mask: 'masked' });
  const isRunning = snapshot.matches({ service: 'running' });
  const state = isIdle ? 'idle' : isLatched ? 'latched' : 'pending';
  return { state, context: { isMasked, isRunning } };
}

/** A line of the interrupt controller. It has no counters, hence no bounds. */
export function interruptLineMachine(): Lifecycle {
  return {
    kind: 'interruptLine',
    scope: {},
    machine,
    alphabet: EVENTS.interruptLine.map((type) => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
