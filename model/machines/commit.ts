import { and, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

const commit = setup({
  types: { events: {} as EventFor<'commit'> },
  actions: answers,
  guards: {
    isPrepared: stateIn({ progress: 'prepared' }),
    isLost: and([stateIn({ progress: 'clean' }), stateIn({ flip: 'pending' })]),
    isUnder: or([
      stateIn({ progress: 'swapped' }),
      stateIn({ progress: 'programmed' }),
      stateIn({ progress: 'clean' }),
    ]),
  },
});

/**
 * From the check that it passed to the end of its clean-up. It cannot fail any more once it is
 * swapped in; a clean-up waits for the flip, but not for ever.
 */
const progress = commit.createStateConfig({
  initial: 'unborn',
  states: {
    unborn: { on: { make: { target: 'prepared', actions: embodies('KMS-011') } } },
    prepared: {
      on: {
        swap: { target: 'swapped', actions: embodies('KMS-010', 'KMS-011') },
        free: { target: 'freed', actions: embodies('KMS-024') },
      },
    },
    swapped: { on: { programmed: { target: 'programmed', actions: embodies('KMS-012') } } },
    programmed: { on: { clean: { target: 'clean', actions: embodies('KMS-016') } } },
    clean: {
      on: {
        free: { guard: not('isLost'), target: 'freed', actions: embodies('KMS-016') },
      },
    },
    freed: {},
  },
});

/** Where nothing is lit and nothing will be, it has flipped before it has begun. */
const flip = commit.createStateConfig({
  initial: 'pending',
  states: {
    pending: {
      on: {
        flip: { guard: 'isUnder', target: 'flipped', actions: embodies('KMS-013', 'KMS-019') },
        'flip.nothing': { guard: 'isPrepared', target: 'flipped', actions: embodies('KMS-011') },
      },
    },
    flipped: {},
  },
});

const FORBIDS: Lifecycle['forbids'] = {
  make: ['KMS-011'],
  swap: ['KMS-011', 'KMS-012'],
  programmed: ['KMS-010', 'KMS-012'],
  flip: ['KMS-013', 'KMS-024'],
  'flip.nothing': ['KMS-011'],
  clean: ['KMS-016'],
  free: ['KMS-024', 'KMS-016'],
};

const STAGES = ['swapped', 'programmed', 'clean'] as const;

function view(snapshot: AnyMachineSnapshot): AbstractState {
  if (snapshot.matches({ progress: 'freed' })) return { state: 'freed', context: {} };
  const stage = STAGES.find((name) => snapshot.matches({ progress: name })) ?? 'prepared';
  return {
    state: `${stage}.${snapshot.matches({ flip: 'flipped' }) ? 'flipped' : 'pending'}`,
    context: {},
  };
}

/** What one commit does to one CRTC. */
export function commitMachine(): Lifecycle {
  const machine = commit.createMachine({
    id: 'commit',
    type: 'parallel',
    states: { progress, flip },
  });
  return {
    kind: 'commit',
    scope: {},
    machine,
    alphabet: EVENTS.commit.map((type): ModelEvent => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
