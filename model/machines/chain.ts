import { and, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EVENTS } from '../events.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent, ObservedEvent } from '../lifecycle.ts';
import { answers, embodies, returns } from '../returns.ts';

function setUp() {
  return setup({
    types: { events: {} as EventFor<'chain'> },
    actions: answers,
    guards: {
      isAlive: stateIn({ life: 'alive' }),
      isPending: stateIn({ completion: 'pending' }),
      isOpen: not(stateIn({ completion: 'done' })),
      /** A poll or a walk of its own has found everything done. */
      isFound: or([
        stateIn({ completion: 'found' }),
        stateIn({ arming: 'refused' }),
        stateIn({ arming: 'exhausted' }),
      ]),
      /** The walk of the first enabling holds the node's lock: nobody else can signal the node. */
      isLocked: or([stateIn({ arming: 'walking' }), stateIn({ arming: 'walked' })]),
      /** Nothing of the node's own holds a reference on it. */
      isUnheld: or([
        stateIn({ arming: 'idle' }),
        stateIn({ arming: 'refused' }),
        stateIn({ arming: 'exhausted' }),
      ]),
      saysPending: ({ event }) => event.detail === 0,
      saysDone: ({ event }) => event.detail === 1,
    },
  });
}
type ChainSetup = ReturnType<typeof setUp>;

/** The one callback of the node, and the interrupt work that shares its storage. */
function arming(chain: ChainSetup) {
  // Whoever has found everything done has seen the flag of every contained fence: all refuse.
  const watch = {
    guard: and(['isAlive', 'isPending']),
    target: 'watching',
    actions: embodies('CHAIN-018', 'CHAIN-020'),
  } as const;
  const refused = embodies('CHAIN-018');
  return chain.createStateConfig({
    initial: 'idle',
    states: {
      idle: {
        on: {
          arm: {
            guard: and(['isAlive', 'isOpen']),
            target: 'walking',
            actions: embodies('CHAIN-018'),
          },
        },
      },
      walking: { on: { watch, refuse: { target: 'walked', actions: refused } } },
      walked: {
        on: {
          watch,
          refuse: { actions: refused },
          exhaust: { target: 'refused', actions: embodies('CHAIN-018') },
        },
      },
      watching: { on: { fire: { target: 'fired', actions: embodies('CHAIN-020', 'CHAIN-021') } } },
      fired: { on: { queueWork: { target: 'queued', actions: embodies('CHAIN-021') } } },
      queued: { on: { work: { target: 'working', actions: embodies('CHAIN-018', 'CHAIN-019') } } },
      /**
       * The same walk, from the node itself, without its lock. What the node contains was done
       * before it watched anything older.
       */
      working: { on: { refuse: { target: 'worked', actions: refused } } },
      worked: {
        on: {
          watch,
          refuse: { actions: refused },
          exhaust: { target: 'exhausted', actions: embodies('CHAIN-018', 'CHAIN-019') },
        },
      },
      /** Every contained fence was done while signalling was being enabled. */
      refused: {},
      exhausted: {},
    },
  });
}

/** Whether the node's own fence has signaled; a poll may be faster than the work. */
function completion(chain: ChainSetup) {
  const poll = [
    // What a poll has seen may be outdated when it says so.
    { guard: and(['isAlive', 'saysPending']), actions: returns(0, 'CHAIN-005') },
    { guard: and(['isAlive', 'saysDone']), actions: returns(1, 'CHAIN-005', 'CHAIN-006') },
  ] as const;
  const complete = {
    guard: and(['isAlive', 'isFound', not('isLocked')]),
    target: 'done',
    actions: embodies('CHAIN-005', 'CHAIN-018'),
  } as const;
  return chain.createStateConfig({
    initial: 'pending',
    states: {
      pending: { on: { complete, poll: [poll[0], { ...poll[1], target: 'found' }] } },
      found: { on: { complete, poll } },
      done: { on: { poll } },
    },
  });
}

function life(chain: ChainSetup) {
  // Whoever has found the node done has a reference until it has signaled it.
  const isUnused = and(['isUnheld', or([not('isFound'), not('isOpen')])] as const);
  const free = {
    guard: isUnused,
    target: 'freed',
    actions: embodies('CHAIN-020', 'CHAIN-023'),
  } as const;
  return chain.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: { on: { init: { target: 'alive', actions: embodies('CHAIN-001') } } },
      alive: {
        on: {
          collect: { actions: embodies('CHAIN-008', 'CHAIN-010') },
          'collect.lost': { actions: embodies('CHAIN-010') },
          unlink: { guard: isUnused, target: 'dying', actions: embodies('CHAIN-023') },
          free,
        },
      },
      /** The last reference is gone, and predecessors go one by one. */
      dying: {
        on: { unlink: { actions: embodies('CHAIN-023') }, free },
      },
      freed: {},
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  init: ['CHAIN-001'],
  arm: ['CHAIN-018', 'FENCE-017'],
  watch: ['CHAIN-018', 'CHAIN-021'],
  refuse: ['CHAIN-018'],
  exhaust: ['CHAIN-018'],
  fire: ['CHAIN-020', 'CHAIN-021'],
  queueWork: ['CHAIN-021'],
  work: ['CHAIN-021'],
  complete: ['CHAIN-005', 'CHAIN-018'],
  poll: ['CHAIN-005'],
  collect: ['CHAIN-009', 'CHAIN-010'],
  'collect.lost': ['CHAIN-010'],
  unlink: ['CHAIN-023'],
  free: ['CHAIN-020', 'CHAIN-023'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const open = snapshot.matches({ arming: 'queued' }) ? 'working' : 'pending';
  const state = snapshot.matches({ completion: 'done' }) ? 'done' : open;
  return { state, context: { watches: snapshot.matches({ arming: 'watching' }) } };
}

function take({ name, result }: ObservedEvent): ModelEvent {
  return name === 'poll' ? { type: name, detail: result ?? 0 } : { type: name };
}

/** A node of a chain: what it watches, whether it is done, and how it ends. */
export function chainMachine(): Lifecycle {
  const chain = setUp();
  const machine = chain.createMachine({
    id: 'chain',
    type: 'parallel',
    states: { life: life(chain), arming: arming(chain), completion: completion(chain) },
  });
  return {
    kind: 'chain',
    scope: {},
    machine,
    alphabet: EVENTS.chain.flatMap((type): ModelEvent[] =>
      type === 'poll' ? [0, 1].map((detail) => ({ type, detail })) : [{ type }],
    ),
    forbids: FORBIDS,
    view,
    take,
  };
}
