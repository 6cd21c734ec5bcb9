import { and, assign, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EVENTS } from '../events.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies, returns } from '../returns.ts';

const EINTR = 4;
const ENOMEM = 12;
const EDEADLK = 35;
const EALREADY = 114;

const INTERRUPTIBLE = 1;
const IGNORE_DUPLICATES = 2;

/** The bounds of a transaction. */
export interface ExecScope {
  /** Objects that it has locked and tracks at the same time. */
  readonly lockedMax: number;
  /** The flags that it can have. */
  readonly flags: readonly number[];
}

interface ExecContext {
  readonly locked: number;
}

function setUp({ lockedMax }: ExecScope) {
  return setup({
    types: { context: {} as ExecContext, events: {} as EventFor<'exec'> },
    actions: {
      ...answers,
      add: assign({ locked: ({ context }) => context.locked + 1 }),
      remove: assign({ locked: ({ context }) => context.locked - 1 }),
    },
    guards: {
      isOpen: stateIn({ life: { open: 'naming' } }),
      isQuiet: stateIn({ contention: 'none' }),
      isNoted: stateIn({ contention: 'noted' }),
      isPatient: not(stateIn({ signals: 'heard' })),
      refusesDuplicates: stateIn({ duplicates: 'refused' }),
      hasPrelocked: stateIn({ ahead: 'held' }),
      hasRoom: ({ context }) => context.locked < lockedMax,
      isEmpty: ({ context }) => context.locked === 0,
      isLast: ({ context, event }) => event.detail === context.locked - 1,
      isThere: ({ context, event }) => (event.detail ?? 0) < context.locked,
      waits: ({ event }) => ((event.detail ?? 0) & INTERRUPTIBLE) === 0,
      ignores: ({ event }) => ((event.detail ?? 0) & IGNORE_DUPLICATES) !== 0,
    },
  });
}

type ExecSetup = ReturnType<typeof setUp>;

/** It holds something, so that somebody older can make it give way. */
const holds = or([not('isEmpty'), 'hasPrelocked']);
const isEmptyHanded = and(['isEmpty', not('hasPrelocked')]);
/** An object is named, and nothing that was in the way comes first. */
const names = and(['isOpen', 'isQuiet']);

const UNLOCK = { guard: 'isLast', actions: ['remove', embodies('EXEC-001')] } as const;
const FINI = {
  guard: isEmptyHanded,
  target: '#exec.life.ended',
  actions: embodies('EXEC-010'),
} as const;

/** How a lock call about an object comes out, when nothing has to come before it. */
const LOCK_CALLS = {
  lock: { guard: and([names, 'hasRoom']), actions: ['add', returns(0, 'EXEC-002')] },
  'lock.contended': { guard: and([names, holds]), actions: returns(-EDEADLK, 'EXEC-002') },
  'lock.already': [
    {
      guard: and([names, holds, 'refusesDuplicates']),
      actions: returns(-EALREADY, 'EXEC-004'),
    },
    { guard: and([names, holds]), actions: returns(0, 'EXEC-004') },
  ],
  'lock.interrupted': {
    guard: and([names, not('isPatient')]),
    actions: returns(-EINTR, 'EXEC-007'),
  },
  // An empty list is full only before anything was on it; then nothing was in the way, either.
  'lock.failed': {
    guard: and([names, or([not('isEmpty'), not('hasPrelocked')])]),
    actions: returns(-ENOMEM, 'EXEC-006'),
  },
  claim: {
    guard: and([names, 'hasPrelocked', 'hasRoom']),
    actions: ['add', returns(0, 'EXEC-002', 'EXEC-003')],
  },
  'claim.failed': {
    guard: and([names, 'hasPrelocked', not('isEmpty')]),
    actions: returns(-ENOMEM, 'EXEC-006'),
  },
  remove: { guard: and([names, 'isThere']), actions: ['remove', embodies('EXEC-006')] },
} as const;

/** The loop, from its head to the end of the transaction; what is locked in it. */
function life(exec: ExecSetup) {
  return exec.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: { on: { init: { target: 'ready', actions: embodies('EXEC-001') } } },
      ready: { on: { open: { target: 'open', actions: embodies('EXEC-001') }, fini: FINI } },
      open: {
        initial: 'naming',
        states: {
          naming: {
            on: {
              ...LOCK_CALLS,
              unlock: [
                { ...UNLOCK, guard: and(['isNoted', 'isLast']) },
                // Without contention the user has left the loop: nothing is named any more.
                { ...UNLOCK, target: 'leaving' },
              ],
              again: {
                guard: and(['isNoted', isEmptyHanded]),
                actions: embodies('EXEC-001', 'EXEC-003'),
              },
              close: {
                guard: and(['isQuiet', not('hasPrelocked')]),
                target: '#exec.life.closed',
                actions: embodies('EXEC-003', 'EXEC-010'),
              },
              fini: FINI,
            },
          },
          leaving: { on: { unlock: UNLOCK, fini: FINI } },
        },
      },
      closed: { on: { unlock: UNLOCK, fini: FINI } },
      ended: {},
    },
  });
}

/** Somebody older was in the way: the object is noted, and waited for in the next pass. */
function contention(exec: ExecSetup) {
  return exec.createStateConfig({
    initial: 'none',
    states: {
      none: { on: { 'lock.contended': { guard: and([names, holds]), target: 'noted' } } },
      noted: {
        on: {
          again: { guard: isEmptyHanded, target: 'restarted' },
          fini: { guard: isEmptyHanded, target: 'none' },
        },
      },
      restarted: {
        on: {
          prelock: { target: 'none', actions: returns(0, 'EXEC-002', 'EXEC-003', 'EXEC-008') },
          'prelock.interrupted': {
            guard: not('isPatient'),
            target: 'none',
            actions: returns(-EINTR, 'EXEC-007'),
          },
          fini: { guard: isEmptyHanded, target: 'none' },
        },
      },
    },
  });
}

/** What was waited for is locked ahead, and no member before it is named. */
function ahead(exec: ExecSetup) {
  return exec.createStateConfig({
    initial: 'none',
    states: {
      none: {
        on: { prelock: { guard: stateIn({ contention: 'restarted' }), target: 'held' } },
      },
      held: {
        on: {
          claim: { guard: and([names, 'hasRoom']), target: 'none' },
          'claim.failed': { guard: and([names, not('isEmpty')]), target: 'none' },
          // Members are given back before it, but for the end of the loop, where they stay.
          drop: {
            guard: or(['isEmpty', names]),
            target: 'none',
            actions: embodies('EXEC-003'),
          },
        },
      },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  init: ['EXEC-001'],
  open: ['EXEC-001'],
  again: ['EXEC-001', 'EXEC-008'],
  close: ['EXEC-003', 'EXEC-010'],
  lock: ['EXEC-002', 'EXEC-010'],
  'lock.contended': ['EXEC-002', 'EXEC-009'],
  'lock.already': ['EXEC-004'],
  'lock.interrupted': ['EXEC-007'],
  'lock.failed': ['EXEC-006'],
  prelock: ['EXEC-002'],
  'prelock.interrupted': ['EXEC-007'],
  claim: ['EXEC-003'],
  'claim.failed': ['EXEC-003'],
  drop: ['EXEC-003'],
  remove: ['EXEC-006'],
  unlock: ['EXEC-001'],
  fini: ['EXEC-010'],
};

const PHASES = ['ready', 'open', 'closed'] as const;

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { locked }: ExecContext = snapshot.context;
  return {
    state: PHASES.find((phase) => snapshot.matches({ life: phase })) ?? 'ended',
    context: {
      locked,
      contended: !snapshot.matches({ contention: 'none' }),
      prelocked: snapshot.matches({ ahead: 'held' }),
    },
  };
}

/** Every payload of an event, within the bounds. */
function payloads(type: string, { flags, lockedMax }: ExecScope): readonly number[] | null {
  if (type === 'init') return flags;
  const hasPlaces = type === 'unlock' || type === 'remove';
  return hasPlaces ? Array.from({ length: lockedMax }, (_, place) => place) : null;
}

/** A transaction that locks objects in a loop. */
export function execMachine(scope: ExecScope): Lifecycle {
  const exec = setUp(scope);
  const machine = exec.createMachine({
    id: 'exec',
    type: 'parallel',
    context: { locked: 0 },
    states: {
      life: life(exec),
      contention: contention(exec),
      ahead: ahead(exec),
      signals: {
        initial: 'unknown',
        states: {
          unknown: { on: { init: [{ guard: 'waits', target: 'ignored' }, { target: 'heard' }] } },
          ignored: {},
          heard: {},
        },
      },
      duplicates: {
        initial: 'unknown',
        states: {
          unknown: {
            on: { init: [{ guard: 'ignores', target: 'allowed' }, { target: 'refused' }] },
          },
          allowed: {},
          refused: {},
        },
      },
    },
  });
  const isBounded = Number.isFinite(scope.lockedMax);
  return {
    kind: 'exec',
    scope: { lockedMax: scope.lockedMax, flags: scope.flags.join(' ') },
    machine,
    alphabet: EVENTS.exec.flatMap((type): ModelEvent[] => {
      const details = isBounded ? payloads(type, scope) : null;
      return details === null ? [{ type }] : details.map((detail) => ({ type, detail }));
    }),
    forbids: FORBIDS,
    view,
    take: ({ name, detail }) =>
      name === 'init' || name === 'unlock' || name === 'remove'
        ? { type: name, detail }
        : { type: name },
  };
}
