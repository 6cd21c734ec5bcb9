import { setup } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { ERESTARTSYS } from '../errno.ts';
import { EVENTS } from '../events.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies, returns } from '../returns.ts';

const interrupted = returns(-ERESTARTSYS, 'FENCE-065', 'FENCE-070');
const timedOut = returns(0, 'FENCE-069');

const waiter = setup({
  types: { events: {} as EventFor<'waiter'> },
  actions: answers,
  guards: { isPoll: ({ event }) => event.detail === 0 },
});

/** The node is on the fence's list, or the signal has taken it off. */
const linked = waiter.createStateConfig({
  initial: 'ready',
  states: {
    /** Still in the lock hold that linked the node: the fence is pending, and time is left. */
    ready: { on: { sleep: { target: 'asleep', actions: embodies('FENCE-072') } } },
    awake: {
      on: {
        sleep: { target: 'asleep', actions: embodies('FENCE-072') },
        unlink: { target: '#waiter.unlinked', actions: embodies('FENCE-071') },
        'end.done': { target: '#waiter.ended', actions: returns('positive', 'FENCE-068') },
        // The fence signaled after the time was up: its signal has unlinked the node.
        'end.timedOut': { target: '#waiter.ended', actions: timedOut },
        'end.interrupted': { target: '#waiter.ended', actions: interrupted },
      },
    },
    asleep: { on: { wake: { target: 'awake', actions: embodies('FENCE-068', 'FENCE-072') } } },
  },
});

const machine = waiter.createMachine({
  id: 'waiter',
  initial: 'idle',
  states: {
    idle: {
      on: {
        begin: [
          { guard: 'isPoll', target: 'looking.once', actions: embodies('FENCE-063') },
          { target: 'looking.patient', actions: embodies('FENCE-063') },
        ],
      },
    },
    looking: {
      initial: 'patient',
      on: {
        'end.done': { target: 'ended', actions: returns('positive', 'FENCE-064') },
        'end.interrupted': { target: 'ended', actions: interrupted },
      },
      states: {
        once: {
          on: { 'end.timedOut': { target: '#waiter.ended', actions: returns(0, 'FENCE-066') } },
        },
        patient: { on: { link: { target: '#waiter.linked', actions: embodies('FENCE-034') } } },
      },
    },
    linked,
    // The node was still linked, so the fence was pending under its lock: this wait has failed.
    unlinked: {
      on: {
        'end.timedOut': { target: 'ended', actions: timedOut },
        'end.interrupted': { target: 'ended', actions: interrupted },
      },
    },
    ended: {},
  },
});

const FORBIDS: Lifecycle['forbids'] = {
  begin: ['FENCE-063'],
  link: ['FENCE-066'],
  sleep: ['FENCE-072'],
  wake: ['FENCE-072'],
  unlink: ['FENCE-071'],
  'end.done': ['FENCE-068', 'FENCE-071'],
  'end.timedOut': ['FENCE-068', 'FENCE-071'],
  'end.interrupted': ['FENCE-071'],
};

const NAMES = ['idle', 'looking', 'linked', 'unlinked'];

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const state = NAMES.find((name) => snapshot.matches(name)) ?? 'ended';
  return { state, context: { asleep: snapshot.matches({ linked: 'asleep' }) } };
}

/**
 * One default wait on a fence, from the entry to its result. `detail` of `begin` is the time-out;
 * only whether it is zero matters. The machine has no counters, hence no bounds.
 */
export function waiterMachine(): Lifecycle {
  return {
    kind: 'waiter',
    scope: {},
    machine,
    alphabet: EVENTS.waiter.flatMap((type): ModelEvent[] =>
      type === 'begin' ? [0, 1].map((detail) => ({ type, detail })) : [{ type }],
    ),
    forbids: FORBIDS,
    view,
    take: ({ name, detail }) =>
      name === 'begin' ? { type: name, detail: Math.min(detail, 1) } : { type: name },
  };
}
