import { type AnyMachineSnapshot, setup } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

const slot = setup({ types: { events: {} as EventFor<'pollSlot'> }, actions: answers });

/** Free or in use; in use it is being armed, waits for a fence, or wakes whoever sleeps for it. */
const machine = slot.createMachine({
  id: 'pollSlot',
  initial: 'inactive',
  states: {
    inactive: {
      on: {
        claim: { target: 'claimed', actions: embodies('POLL-005') },
        free: { target: 'freed', actions: embodies('POLL-008', 'BUF-015') },
      },
    },
    // Under the reservation lock, so that no other poll comes in between.
    claimed: {
      on: {
        arm: { target: 'armed', actions: embodies('POLL-005') },
        idle: { target: 'waking', actions: embodies('POLL-009') },
      },
    },
    armed: {
      on: {
        busy: { actions: embodies('POLL-005') },
        signaled: { target: 'waking', actions: embodies('POLL-006') },
      },
    },
    // Under the lock of the wait queue.
    waking: {
      on: { release: { target: 'inactive', actions: embodies('POLL-006', 'POLL-009') } },
    },
    freed: {},
  },
});

const FORBIDS: Lifecycle['forbids'] = {
  claim: ['POLL-005'],
  busy: ['POLL-005'],
  arm: ['POLL-005'],
  idle: ['POLL-009'],
  signaled: ['POLL-006'],
  release: ['POLL-006', 'POLL-009'],
  free: ['POLL-008', 'BUF-015'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const isFree = snapshot.matches('inactive') || snapshot.matches('freed');
  return { state: isFree ? 'inactive' : 'active', context: {} };
}

/** A direction in which buffers are polled. It has no counters, hence no bounds. */
export function pollSlotMachine(): Lifecycle {
  return {
    kind: 'pollSlot',
    scope: {},
    machine,
    alphabet: EVENTS.pollSlot.map((type) => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
