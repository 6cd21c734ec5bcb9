import { and, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EVENTS } from '../events.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies, returns } from '../returns.ts';

/** The one bit that a poll of a sync_file ever reports. */
const POLLIN = 1;

const file = setup({
  types: { events: {} as EventFor<'syncFile'> },
  actions: answers,
  guards: {
    isOpen: stateIn({ life: 'open' }),
    isHeld: or([stateIn({ life: 'open' }), stateIn({ life: 'released' })]),
    isFresh: stateIn({ callback: 'fresh' }),
    isAttempting: stateIn({ callback: 'attempted' }),
    isNothing: ({ event }) => event.detail === 0,
    isReadable: ({ event }) => event.detail === POLLIN,
  },
});

/** The file: open until its last descriptor is closed, gone once its callback is taken back. */
const life = file.createStateConfig({
  initial: 'unborn',
  states: {
    unborn: { on: { create: { target: 'open', actions: embodies('SYNCFILE-001') } } },
    open: {
      on: {
        // Whoever polls has attempted the callback before, or has seen that it was attempted.
        poll: [
          {
            guard: and(['isNothing', not('isFresh')]),
            actions: returns(0, 'SYNCFILE-011', 'SYNCFILE-012'),
          },
          {
            guard: and(['isReadable', not('isFresh')]),
            actions: returns(POLLIN, 'SYNCFILE-011', 'SYNCFILE-012'),
          },
        ],
        // A poll that attempts the callback holds the file.
        release: {
          guard: not('isAttempting'),
          target: 'released',
          actions: embodies('SYNCFILE-015'),
        },
      },
    },
    released: { on: { free: { target: 'freed', actions: embodies('SYNCFILE-015') } } },
    freed: {},
  },
});

/** The file's only callback, tried at most once, on the first poll. */
const callback = file.createStateConfig({
  initial: 'fresh',
  states: {
    fresh: {
      on: { attempt: { guard: 'isOpen', target: 'attempted', actions: embodies('SYNCFILE-012') } },
    },
    attempted: {
      on: {
        watch: { guard: 'isOpen', target: 'watching', actions: embodies('SYNCFILE-012') },
        refused: { guard: 'isOpen', target: 'refused', actions: embodies('SYNCFILE-013') },
      },
    },
    watching: {
      on: {
        // A close waits for a callback that runs, so the file is still there.
        wake: {
          guard: 'isHeld',
          target: 'woken',
          actions: embodies('SYNCFILE-014', 'SYNCFILE-015'),
        },
        free: { guard: stateIn({ life: 'released' }), target: 'removed' },
      },
    },
    refused: {},
    woken: {},
    removed: {},
  },
});

const machine = file.createMachine({
  id: 'syncFile',
  type: 'parallel',
  states: { life, callback },
});

const FORBIDS: Lifecycle['forbids'] = {
  create: ['SYNCFILE-001'],
  attempt: ['SYNCFILE-012'],
  watch: ['SYNCFILE-012'],
  refused: ['SYNCFILE-012'],
  poll: ['SYNCFILE-011', 'SYNCFILE-012'],
  wake: ['SYNCFILE-014', 'SYNCFILE-015'],
  release: ['SYNCFILE-015'],
  free: ['SYNCFILE-015'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const state = snapshot.matches({ callback: 'fresh' }) ? 'fresh' : 'attempted';
  return { state, context: { watching: snapshot.matches({ callback: 'watching' }) } };
}

/** A file that carries one fence. It has no counters, hence no bounds. */
export function syncFileMachine(): Lifecycle {
  return {
    kind: 'syncFile',
    scope: {},
    machine,
    alphabet: EVENTS.syncFile.flatMap((type): ModelEvent[] =>
      type === 'poll' ? [0, POLLIN].map((detail) => ({ type, detail })) : [{ type }],
    ),
    forbids: FORBIDS,
    view,
    take: ({ name, result }) =>
      name === 'poll' ? { type: name, detail: result ?? 0 } : { type: name },
  };
}
