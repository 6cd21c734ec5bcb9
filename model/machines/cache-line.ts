import { type AnyMachineSnapshot, setup } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

const line = setup({ types: { events: {} as EventFor<'cacheLine'> }, actions: answers });

/** Absent, as memory has it, or newer than memory. */
const machine = line.createMachine({
  id: 'cacheLine',
  initial: 'absent',
  states: {
    absent: {
      on: {
        fetch: { target: 'clean', actions: embodies('HW-CACHE-001', 'HW-CACHE-002') },
        store: { target: 'dirty', actions: embodies('HW-CACHE-001') },
      },
    },
    clean: {
      on: {
        store: { target: 'dirty', actions: embodies('HW-CACHE-001') },
        invalidate: { target: 'absent', actions: embodies('HW-CACHE-002', 'HW-CACHE-005') },
      },
    },
    dirty: {
      on: {
        overwrite: { actions: embodies('HW-CACHE-001') },
        clean: { target: 'clean', actions: embodies('HW-CACHE-002', 'HW-CACHE-005') },
        'invalidate.lost': { target: 'absent', actions: embodies('HW-CACHE-005', 'HW-CACHE-007') },
      },
    },
  },
});

const FORBIDS: Lifecycle['forbids'] = {
  fetch: ['HW-CACHE-001'],
  store: ['HW-CACHE-001'],
  overwrite: ['HW-CACHE-001'],
  clean: ['HW-CACHE-005'],
  invalidate: ['HW-CACHE-005'],
  'invalidate.lost': ['HW-CACHE-005', 'HW-CACHE-007'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  return { state: String(snapshot.value), context: {} };
}

/** A line in a cache of the processors or of a device. It has no counters, hence no bounds. */
export function cacheLineMachine(): Lifecycle {
  return {
    kind: 'cacheLine',
    scope: {},
    machine,
    alphabet: EVENTS.cacheLine.map((type) => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
