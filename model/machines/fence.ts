import { and, assign, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EDEADLK, EINVAL, ENOENT, ERESTARTSYS } from '../errno.ts';
import { EVENTS } from '../events.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent, ObservedEvent } from '../lifecycle.ts';
import { answers, embodies, returns, returnsOf } from '../returns.ts';

/** The bounds of a fence. Unit: pieces. */
export interface FenceScope {
  readonly referencesMax: number;
  /** Linked nodes, sleepers included. */
  readonly callbacksMax: number;
  /** The errors that an issuer stores. */
  readonly errors: readonly number[];
}

interface FenceContext {
  readonly references: number;
  readonly callbacks: number;
  readonly error: number;
}

type Taken = { context: FenceContext; event: EventFor<'fence'> };

const status = ({ context }: Taken): number => (context.error === 0 ? 1 : context.error);
const detail = ({ event }: Taken): number => event.detail ?? 0;

function setUp(scope: FenceScope) {
  return setup({
    types: { context: {} as FenceContext, events: {} as EventFor<'fence'> },
    actions: {
      ...answers,
      reference: assign({ references: ({ context }) => context.references + 1 }),
      drop: assign({ references: ({ context }) => context.references - 1 }),
      link: assign({ callbacks: ({ context }) => context.callbacks + 1 }),
      unlink: assign({ callbacks: ({ context }) => context.callbacks - 1 }),
      detach: assign({ callbacks: 0 }),
      store: assign({ error: detail }),
    },
    guards: {
      isAlive: stateIn({ life: 'alive' }),
      isPending: stateIn({ completion: 'pending' }),
      /**
       * A signaller holds the lock, or the core does because it is about to signal what could not
       * be armed: whoever needs the lock has to wait, and nobody's reference is the last one.
       */
      isLocked: or([
        stateIn({ completion: 'signaling' }),
        and([stateIn({ arming: 'refused' }), stateIn({ completion: 'pending' })]),
      ]),
      isSignaling: stateIn({ completion: 'signaling' }),
      /** Callbacks enable before they are added: only sleepers are linked, each with a reference. */
      isSleptOn: and([
        stateIn({ arming: 'idle' }),
        stateIn({ completion: 'pending' }),
        ({ context }) => context.callbacks > 0,
      ]),
      isSignaled: stateIn({ completion: 'signaled' }),
      isWanted: ({ context }) => context.references < scope.referencesMax,
      hasOthers: ({ context }) => context.references > 1,
      isLast: ({ context }) => context.references === 1,
      hasRoom: ({ context }) => context.callbacks < scope.callbacksMax,
      isLinked: ({ context }) => context.callbacks > 0,
      isDying: stateIn({ life: 'dying' }),
      isRefused: stateIn({ arming: 'refused' }),
      /** The core has asked the issuer, or there is nobody to ask. */
      isArmed: or([stateIn({ arming: 'enabled' }), stateIn({ arming: 'armed' })]),
      isRemoval: ({ event }) => event.detail === 1,
      isDeadlock: ({ event }) => event.detail === -EDEADLK,
      isDeadlockStored: ({ context }) => context.error === -EDEADLK,
    },
  });
}
type FenceSetup = ReturnType<typeof setUp>;

/** Who holds the fence. Memory is readable until the grace period after `free` has ended. */
function life(fence: FenceSetup) {
  const missed = { actions: embodies('FENCE-010') };
  return fence.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: { on: { init: { target: 'alive', actions: ['reference', embodies('FENCE-001')] } } },
      alive: {
        on: {
          get: { guard: 'isWanted', actions: ['reference', embodies('FENCE-012')] },
          'getRcu.taken': { guard: 'isWanted', actions: ['reference', embodies('FENCE-010')] },
          put: { guard: 'hasOthers', actions: ['drop', embodies('FENCE-006')] },
          'put.last': {
            guard: and(['isLast', not('isLocked'), not('isSleptOn')]),
            target: 'dying',
            actions: ['drop', embodies('FENCE-006')],
          },
        },
      },
      dying: {
        on: {
          'getRcu.missed': missed,
          free: {
            // The release itself signals what has callbacks, and goes on behind that.
            guard: and([not(and(['isPending', 'isLinked'])), not('isSignaling')]),
            target: 'freed',
            actions: embodies('FENCE-007', 'FENCE-008'),
          },
        },
      },
      freed: { on: { 'getRcu.missed': missed } },
    },
  });
}

/** The bit ENABLE_SIGNAL, and what the issuer answered when it was asked to arm. */
function arming(fence: FenceSetup) {
  const again = {
    enable: { guard: and(['isAlive', not('isLocked')]), actions: embodies('FENCE-050') },
  } as const;
  return fence.createStateConfig({
    initial: 'idle',
    states: {
      idle: {
        on: {
          enable: [
            {
              guard: and(['isAlive', 'isPending']),
              target: 'enabled',
              actions: embodies('FENCE-051'),
            },
            {
              guard: and(['isAlive', 'isSignaled']),
              target: 'late',
              actions: embodies('FENCE-051', 'FENCE-052'),
            },
          ],
        },
      },
      enabled: {
        on: {
          ...again,
          'enableSignaling.armed': {
            guard: and(['isAlive', 'isPending']),
            target: 'armed',
            actions: embodies('FENCE-017', 'FENCE-018'),
          },
          'enableSignaling.refused': {
            guard: and(['isAlive', not('isSignaling')]),
            target: 'refused',
            actions: embodies('FENCE-017', 'FENCE-018'),
          },
        },
      },
      armed: { on: again },
      refused: { on: again },
      /** Enabled after the signal: the issuer is never asked any more. */
      late: { on: again },
    },
  });
}

/** What every task that holds a reference may do while the fence is pending. */
function pending(fence: FenceSetup) {
  const isFree = and(['isAlive', not('isLocked')]);
  return fence.createStateConfig({
    on: {
      signal: [
        { guard: 'isAlive', target: 'signaling', actions: ['detach', returns(0, 'FENCE-027')] },
        {
          // Released with callbacks: the core itself has stored the error and signals.
          guard: and(['isDying', 'isLinked', 'isDeadlockStored']),
          target: 'signaling',
          actions: ['detach', returns(0, 'FENCE-009')],
        },
      ],
      setError: [
        { guard: 'isAlive', actions: ['store', embodies('FENCE-059')] },
        {
          guard: and(['isDying', 'isLinked', 'isDeadlock']),
          actions: ['store', embodies('FENCE-009')],
        },
      ],
      addCallback: {
        guard: and(['isAlive', 'isArmed', 'hasRoom']),
        actions: ['link', returns(0, 'FENCE-043', 'FENCE-045', 'FENCE-046')],
      },
      removeCallback: [
        {
          guard: and([isFree, not('isSleptOn'), 'isRemoval', 'isLinked']),
          actions: ['unlink', returns(1, 'FENCE-047')],
        },
        {
          guard: and([isFree, not('isRemoval')]),
          actions: returns(0, 'FENCE-049'),
        },
      ],
      'wait.link': {
        guard: and(['isAlive', not('isRefused'), 'hasRoom']),
        actions: ['link', embodies('FENCE-034')],
      },
      'wait.unlink': {
        guard: and([isFree, 'isLinked']),
        actions: ['unlink', embodies('FENCE-071')],
      },
      'wait.timedOut': { guard: isFree, actions: returns(0, 'FENCE-066', 'FENCE-069') },
      'wait.interrupted': {
        guard: isFree,
        actions: returns(-ERESTARTSYS, 'FENCE-065', 'FENCE-070'),
      },
      poll: { guard: 'isAlive', actions: returns(0, 'FENCE-053', 'FENCE-054') },
      status: { guard: isFree, actions: returns(0, 'FENCE-056', 'FENCE-059') },
      setDeadline: { guard: 'isAlive', actions: embodies('FENCE-087') },
    },
  });
}

/** The flag is set, the callbacks are detached, the time is not stored: the lock is still held. */
function signaling(fence: FenceSetup) {
  return fence.createStateConfig({
    on: {
      stamp: { target: 'signaled', actions: embodies('FENCE-029') },
      // Only what takes no lock can come here.
      addCallback: { guard: 'isAlive', actions: returns(-ENOENT, 'FENCE-031', 'FENCE-042') },
      poll: { guard: 'isAlive', actions: returns(1, 'FENCE-031', 'FENCE-053') },
      setError: { guard: 'isAlive', actions: ['store', embodies('FENCE-058')] },
      setDeadline: { guard: 'isAlive', actions: embodies('FENCE-088') },
    },
  });
}

function signaled(fence: FenceSetup) {
  return fence.createStateConfig({
    on: {
      signal: { guard: 'isAlive', actions: returns(-EINVAL, 'FENCE-027') },
      setError: { guard: 'isAlive', actions: ['store', embodies('FENCE-058')] },
      addCallback: { guard: 'isAlive', actions: returns(-ENOENT, 'FENCE-042', 'FENCE-044') },
      removeCallback: {
        guard: and(['isAlive', not('isRemoval')]),
        actions: returns(0, 'FENCE-048', 'FENCE-049'),
      },
      'wait.done': {
        guard: 'isAlive',
        actions: returns('positive', 'FENCE-064', 'FENCE-068'),
      },
      'wait.timedOut': { guard: 'isAlive', actions: returns(0, 'FENCE-069') },
      'wait.interrupted': { guard: 'isAlive', actions: returns(-ERESTARTSYS, 'FENCE-070') },
      poll: { guard: 'isAlive', actions: returns(1, 'FENCE-053', 'FENCE-055') },
      status: { guard: 'isAlive', actions: returnsOf(status, 'FENCE-030', 'FENCE-056') },
      timestamp: { guard: 'isAlive', actions: returns('any', 'FENCE-060') },
      setDeadline: { guard: 'isAlive', actions: embodies('FENCE-088') },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  init: ['FENCE-001'],
  get: ['FENCE-012'],
  'getRcu.taken': ['FENCE-010'],
  'getRcu.missed': ['FENCE-010'],
  put: ['FENCE-006', 'FENCE-012'],
  'put.last': ['FENCE-006', 'FENCE-036'],
  free: ['FENCE-006', 'FENCE-009'],
  enable: ['FENCE-012', 'FENCE-029'],
  'enableSignaling.armed': ['FENCE-017', 'FENCE-018'],
  'enableSignaling.refused': ['FENCE-017', 'FENCE-029'],
  setError: ['FENCE-012'],
  signal: ['FENCE-008', 'FENCE-029', 'FENCE-036'],
  stamp: ['FENCE-029'],
  addCallback: ['FENCE-012', 'FENCE-043', 'FENCE-044'],
  removeCallback: ['FENCE-029', 'FENCE-048'],
  'wait.link': ['FENCE-018', 'FENCE-064'],
  'wait.unlink': ['FENCE-071'],
  'wait.done': ['FENCE-031', 'FENCE-068'],
  'wait.timedOut': ['FENCE-012'],
  'wait.interrupted': ['FENCE-012'],
  poll: ['FENCE-012'],
  status: ['FENCE-029'],
  timestamp: ['FENCE-060'],
  setDeadline: ['FENCE-012'],
};

/** What the fence shows of itself: its flags, its count, its list, its error. */
function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { references, callbacks, error }: FenceContext = snapshot.context;
  const state = ['pending', 'signaling'].find((name) => snapshot.matches({ completion: name }));
  const enabled = !snapshot.matches({ arming: 'idle' });
  return { state: state ?? 'signaled', context: { enabled, references, callbacks, error } };
}

/** Only errors and removals carry something that the lifecycle depends on. */
function take({ name, result, detail: number }: ObservedEvent): ModelEvent {
  if (name === 'setError') return { type: name, detail: number };
  if (name === 'removeCallback') return { type: name, detail: result ?? 0 };
  return { type: name };
}

function alphabet(errors: readonly number[]): readonly ModelEvent[] {
  return EVENTS.fence.flatMap((type): ModelEvent[] => {
    if (type === 'setError') return [...errors, -EDEADLK].map((error) => ({ type, detail: error }));
    if (type === 'removeCallback') return [0, 1].map((removed) => ({ type, detail: removed }));
    return [{ type }];
  });
}

/**
 * A fence: who holds it, whether it is done, whether its issuer was asked to arm. The three go
 * their own ways, because the kernel keeps them in words of their own.
 */
export function fenceMachine(scope: FenceScope): Lifecycle {
  const fence = setUp(scope);
  const machine = fence.createMachine({
    id: 'fence',
    type: 'parallel',
    context: { references: 0, callbacks: 0, error: 0 },
    states: {
      life: life(fence),
      completion: {
        initial: 'pending',
        states: { pending: pending(fence), signaling: signaling(fence), signaled: signaled(fence) },
      },
      arming: arming(fence),
    },
  });
  const { referencesMax, callbacksMax, errors } = scope;
  return {
    kind: 'fence',
    scope: { referencesMax, callbacksMax, errors: errors.join(' ') },
    machine,
    alphabet: alphabet(errors),
    forbids: FORBIDS,
    view,
    take,
  };
}
