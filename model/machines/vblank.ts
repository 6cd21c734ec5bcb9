import { and, assign, setup } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import { EINVAL } from '../errno.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies, returns } from '../returns.ts';

/** The bounds of the vertical blanks of a CRTC. */
export interface VblankScope {
  /** Those who want interrupts; events that are armed are among them. */
  readonly referencesMax: number;
  readonly eventsMax: number;
}

interface VblankContext {
  readonly references: number;
  /** Armed, and not sent. */
  readonly events: number;
  /** Those of them whose vertical blank has come. */
  readonly due: number;
}

function setUp({ referencesMax, eventsMax }: VblankScope) {
  return setup({
    types: { context: {} as VblankContext, events: {} as EventFor<'vblank'> },
    actions: {
      ...answers,
      get: assign({ references: ({ context }) => context.references + 1 }),
      put: assign({ references: ({ context }) => context.references - 1 }),
      arm: assign({ events: ({ context }) => context.events + 1 }),
      send: assign({
        events: ({ context }) => context.events - 1,
        due: ({ context }) => context.due - 1,
      }),
      ripen: assign({ due: ({ context }) => context.events }),
    },
    guards: {
      mayGet: ({ context }) => context.references < referencesMax,
      /** An event that is armed has a reference of its own, until it is taken off the list. */
      mayPut: ({ context }) => context.references > context.events,
      /** While it is off, one reference is nobody's. */
      mayPutOff: ({ context }) => context.references > context.events + 1,
      mayArm: ({ context }) =>
        context.events < eventsMax && context.events < context.references && context.due === 0,
      isDue: ({ context }) => context.due > 0,
      /** Who comes late has seen what is there; nobody is missed. */
      isQuiet: ({ context }) => context.due === 0,
      isUnused: ({ context }) => context.references === 0,
      isLast: ({ context }) => context.references === 1,
      isWanted: ({ context }) => context.references > 1,
    },
  });
}

type VblankSetup = ReturnType<typeof setUp>;

const PUT = { guard: 'mayPut', actions: ['put', embodies('KMS-013')] } as const;
const SEND = { guard: 'isDue', actions: ['send', embodies('KMS-013', 'KMS-017')] } as const;
const OFF = {
  guard: and(['isQuiet', 'mayGet']),
  target: 'off',
  actions: ['get', 'ripen', embodies('KMS-017')],
} as const;

/** Interrupts come while somebody wants them; nobody can want them while it is off. */
function states(vblank: VblankSetup) {
  const get = { guard: 'mayGet', actions: ['get', returns(0, 'KMS-013')] } as const;
  return vblank.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: { on: { init: { target: 'off', actions: ['get', embodies('KMS-017')] } } },
      off: {
        on: {
          'get.refused': { actions: returns(-EINVAL, 'KMS-017') },
          put: { ...PUT, guard: 'mayPutOff' },
          send: SEND,
          // Who turns it off twice has turned it off.
          off: { guard: 'isQuiet', actions: embodies('KMS-017') },
          on: [
            {
              guard: and(['isQuiet', 'isLast']),
              target: 'resting',
              actions: ['put', embodies('KMS-013')],
            },
            {
              guard: and(['isQuiet', 'isWanted']),
              target: 'counting',
              actions: ['put', embodies('KMS-013')],
            },
          ],
        },
      },
      resting: {
        on: {
          get: { ...get, target: 'counting' },
          on: { actions: embodies('KMS-013') },
          off: OFF,
        },
      },
      counting: {
        on: {
          get,
          put: PUT,
          arm: { guard: 'mayArm', actions: ['arm', embodies('KMS-015')] },
          tick: { guard: 'isQuiet', actions: ['ripen', embodies('KMS-013', 'KMS-015')] },
          send: SEND,
          rest: {
            guard: and(['isQuiet', 'isUnused']),
            target: 'resting',
            actions: embodies('KMS-013'),
          },
          on: { actions: embodies('KMS-013') },
          off: OFF,
        },
      },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  init: ['KMS-017'],
  'get.refused': ['KMS-017'],
  get: ['KMS-017'],
  put: ['KMS-013'],
  arm: ['KMS-015'],
  tick: ['KMS-013', 'KMS-015'],
  send: ['KMS-013', 'KMS-015'],
  rest: ['KMS-013'],
  on: ['KMS-017'],
  off: ['KMS-017'],
};

const NAMES = ['off', 'resting', 'counting'] as const;

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { references, events }: VblankContext = snapshot.context;
  return {
    state: NAMES.find((name) => snapshot.matches(name)) ?? 'off',
    context: { references, events },
  };
}

/** The vertical blanks of a CRTC, and what waits for one. */
export function vblankMachine(scope: VblankScope): Lifecycle {
  const vblank = setUp(scope);
  const machine = vblank.createMachine({
    id: 'vblank',
    context: { references: 0, events: 0, due: 0 },
    ...states(vblank),
  });
  return {
    kind: 'vblank',
    scope: { referencesMax: scope.referencesMax, eventsMax: scope.eventsMax },
    machine,
    alphabet: EVENTS.vblank.map((type): ModelEvent => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
