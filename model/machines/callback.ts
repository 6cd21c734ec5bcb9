import { and, assign, not, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EVENTS } from '../events.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

/** The bounds of a callback. */
export interface CallbackScope {
  /** How often its function is called, on one fence after the other. Unit: calls. */
  readonly callsMax: number;
}

interface CallbackContext {
  readonly calls: number;
  /** Calls that have not returned; more than one when the function added its node again. */
  readonly running: number;
}

function setUp({ callsMax }: CallbackScope) {
  return setup({
    types: { context: {} as CallbackContext, events: {} as EventFor<'callback'> },
    actions: {
      ...answers,
      call: assign({
        calls: ({ context }) => context.calls + 1,
        running: ({ context }) => context.running + 1,
      }),
      return: assign({ running: ({ context }) => context.running - 1 }),
    },
    guards: {
      isCallable: ({ context }) => context.calls < callsMax,
      isLast: ({ context }) => context.running === 1,
      isLinked: stateIn({ linkage: 'linked' }),
      isRunning: stateIn({ execution: 'running' }),
    },
  });
}
type CallbackSetup = ReturnType<typeof setUp>;

/** The node itself: on the list of one fence, or of none. */
function linkage(callback: CallbackSetup) {
  const off = {
    add: { target: 'linked', actions: embodies('FENCE-043') },
    refuse: { target: 'unlinked', actions: embodies('FENCE-042', 'FENCE-046') },
  } as const;
  return callback.createStateConfig({
    initial: 'fresh',
    states: {
      // Removing a node that was never passed to add is undefined.
      fresh: { on: off },
      linked: {
        on: {
          run: { guard: 'isCallable', target: 'unlinked', actions: embodies('FENCE-032') },
          remove: { target: 'unlinked', actions: embodies('FENCE-047') },
        },
      },
      unlinked: {
        on: {
          ...off,
          miss: { guard: not('isRunning'), actions: embodies('FENCE-048', 'FENCE-049') },
        },
      },
    },
  });
}

/**
 * The function of the node. Once it has added its node again, the core knows nothing of the call
 * that goes on; only a call that the node is not away from makes a remover wait.
 */
function execution(callback: CallbackSetup) {
  const run = { guard: and(['isLinked', 'isCallable']), actions: 'call' } as const;
  const returned = { actions: ['return', embodies('FENCE-033')] } as const;
  return callback.createStateConfig({
    initial: 'idle',
    states: {
      idle: { on: { run: { ...run, target: 'running' } } },
      running: {
        on: {
          // The node has left the call that began it: it may be linked, run and removed elsewhere.
          add: { target: 'reused' },
          ran: { ...returned, target: 'idle' },
        },
      },
      reused: {
        on: {
          run,
          ran: [
            { ...returned, guard: 'isLast', target: 'idle' },
            { ...returned, guard: not('isLast') },
          ],
        },
      },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  add: ['FENCE-043'],
  refuse: ['FENCE-042'],
  run: ['FENCE-032', 'FENCE-047'],
  ran: ['FENCE-032'],
  remove: ['FENCE-047', 'FENCE-049'],
  miss: ['FENCE-047', 'FENCE-048', 'FENCE-049'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { calls }: CallbackContext = snapshot.context;
  const isLinked = snapshot.matches({ linkage: 'linked' });
  return { state: isLinked ? 'linked' : 'unlinked', context: { calls } };
}

/** One request to be called: where its node is, and whether its function runs. */
export function callbackMachine(scope: CallbackScope): Lifecycle {
  const callback = setUp(scope);
  const machine = callback.createMachine({
    id: 'callback',
    type: 'parallel',
    context: { calls: 0, running: 0 },
    states: { linkage: linkage(callback), execution: execution(callback) },
  });
  return {
    kind: 'callback',
    scope: { callsMax: scope.callsMax },
    machine,
    alphabet: EVENTS.callback.map((type) => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
