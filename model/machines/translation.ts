import { setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

const translation = setup({
  types: { events: {} as EventFor<'translation'> },
  actions: answers,
  guards: {
    isMapped: stateIn({ table: 'mapped' }),
  },
});

/** The entry in the table, which software writes. */
const table = translation.createStateConfig({
  initial: 'empty',
  states: {
    empty: { on: { map: { target: 'mapped', actions: embodies('HW-IOMMU-001') } } },
    mapped: {
      on: {
        clear: { target: 'empty', actions: embodies('HW-IOMMU-004') },
      },
    },
  },
});

/** What the device has cached of it. It does not hear of what becomes of the entry. */
const cache = translation.createStateConfig({
  initial: 'empty',
  states: {
    empty: {
      on: {
        fill: { guard: 'isMapped', target: 'fresh', actions: embodies('HW-IOMMU-002') },
      },
    },
    fresh: {
      on: {
        clear: { target: 'stale' },
        hit: { actions: embodies('HW-IOMMU-002') },
        evict: { target: 'empty', actions: embodies('HW-IOMMU-002') },
        invalidate: { target: 'empty', actions: embodies('HW-IOMMU-004') },
      },
    },
    stale: {
      on: {
        'hit.stale': { actions: embodies('HW-IOMMU-005') },
        evict: { target: 'empty', actions: embodies('HW-IOMMU-002') },
        invalidate: { target: 'empty', actions: embodies('HW-IOMMU-004') },
      },
    },
  },
});

const machine = translation.createMachine({
  id: 'translation',
  type: 'parallel',
  states: { table, cache },
});

const FORBIDS: Lifecycle['forbids'] = {
  map: ['HW-IOMMU-001'],
  clear: ['HW-IOMMU-004'],
  fill: ['HW-IOMMU-002'],
  hit: ['HW-IOMMU-002', 'HW-IOMMU-005'],
  'hit.stale': ['HW-IOMMU-005'],
  evict: ['HW-IOMMU-002'],
  invalidate: ['HW-IOMMU-004'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const state = snapshot.matches({ table: 'mapped' }) ? 'mapped' : 'empty';
  const isFresh = snapshot.matches({ cache: 'fresh' });
  const isStale = snapshot.matches({ cache: 'stale' });
  return { state, context: { cache: isFresh ? 'fresh' : isStale ? 'stale' : 'empty' } };
}

/** Where a page of a device's addresses leads. It has no counters, hence no bounds. */
export function translationMachine(): Lifecycle {
  return {
    kind: 'translation',
    scope: {},
    machine,
    alphabet: EVENTS.translation.map((type) => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
