import { and, assign, not, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EBUSY, ENOMEM, ENOSPC } from '../errno.ts';
import { EVENTS } from '../events.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies, returns } from '../returns.ts';

/** The bounds of a place for objects. */
export interface TtmManagerScope {
  /** Ranges that are given out at the same time. */
  readonly rangesMax: number;
}

interface TtmManagerContext {
  readonly ranges: number;
}

function setUp({ rangesMax }: TtmManagerScope) {
  return setup({
    types: { context: {} as TtmManagerContext, events: {} as EventFor<'ttmManager'> },
    actions: {
      ...answers,
      give: assign({ ranges: ({ context }) => context.ranges + 1 }),
      take: assign({ ranges: ({ context }) => context.ranges - 1 }),
    },
    guards: {
      isOpen: stateIn({ life: 'open' }),
      mayGive: ({ context }) => context.ranges < rangesMax,
      isUsed: ({ context }) => context.ranges > 0,
    },
  });
}

type ManagerSetup = ReturnType<typeof setUp>;

/** Ranges come and go until the device goes. */
function life(manager: ManagerSetup) {
  return manager.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: { on: { init: { target: 'open', actions: embodies('EVICT-001') } } },
      open: {
        on: {
          alloc: { guard: 'mayGive', actions: ['give', returns(0, 'EVICT-001')] },
          'alloc.full': { actions: returns(-ENOSPC, 'EVICT-001') },
          'alloc.failed': { actions: returns(-ENOMEM, 'EVICT-003') },
          free: { guard: 'isUsed', actions: ['take', embodies('EVICT-003', 'EVICT-006')] },
          fini: { guard: not('isUsed'), target: 'closed', actions: embodies('EVICT-008') },
        },
      },
      closed: {},
    },
  });
}

/** The last copy that goes on out of a range that was given back. */
function move(manager: ManagerSetup) {
  const canPass = and(['isOpen', 'isUsed']);
  return manager.createStateConfig({
    initial: 'settled',
    states: {
      settled: {
        on: {
          // The range of the copy, or the one that it was to fill, is not given back yet.
          record: { guard: canPass, target: 'moving', actions: embodies('EVICT-005') },
          'pass.none': { guard: canPass, actions: returns(0, 'EVICT-005') },
        },
      },
      moving: {
        on: {
          record: { guard: canPass, actions: embodies('EVICT-005') },
          'record.older': { guard: canPass, actions: embodies('EVICT-005') },
          pass: { guard: canPass, actions: returns(0, 'EVICT-005') },
          'pass.done': { guard: canPass, actions: returns(0, 'EVICT-005') },
          'pass.busy': { guard: canPass, actions: returns(-EBUSY, 'EVICT-005') },
          fini: { guard: and(['isOpen', not('isUsed')]), target: 'settled' },
        },
      },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  init: ['EVICT-001'],
  alloc: ['EVICT-001'],
  'alloc.full': ['EVICT-001'],
  'alloc.failed': ['EVICT-003'],
  free: ['EVICT-003', 'EVICT-006'],
  record: ['EVICT-005'],
  'record.older': ['EVICT-005'],
  'pass.none': ['EVICT-005'],
  pass: ['EVICT-005'],
  'pass.done': ['EVICT-005'],
  'pass.busy': ['EVICT-005'],
  fini: ['EVICT-008'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  return { state: snapshot.matches({ move: 'moving' }) ? 'moving' : 'settled', context: {} };
}

/** A place for objects that move. */
export function ttmManagerMachine(scope: TtmManagerScope): Lifecycle {
  const manager = setUp(scope);
  const machine = manager.createMachine({
    id: 'ttmManager',
    type: 'parallel',
    context: { ranges: 0 },
    states: { life: life(manager), move: move(manager) },
  });
  return {
    kind: 'ttmManager',
    scope: { rangesMax: scope.rangesMax },
    machine,
    alphabet: EVENTS.ttmManager.map((type): ModelEvent => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
