import { assign, not, setup } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

/** The bounds of a page. */
export interface PageScope {
  readonly pinsMax: number;
  readonly mapsMax: number;
}

interface PageContext {
  readonly pins: number;
  readonly maps: number;
}

function setUp({ pinsMax, mapsMax }: PageScope) {
  return setup({
    types: { context: {} as PageContext, events: {} as EventFor<'page'> },
    actions: {
      ...answers,
      pin: assign({ pins: ({ context }) => context.pins + 1 }),
      unpin: assign({ pins: ({ context }) => context.pins - 1 }),
      map: assign({ maps: ({ context }) => context.maps + 1 }),
      unmap: assign({ maps: ({ context }) => context.maps - 1 }),
    },
    guards: {
      isUsed: ({ context }) => context.pins + context.maps > 0,
      isPinned: ({ context }) => context.pins > 0,
      isMapped: ({ context }) => context.maps > 0,
      canPin: ({ context }) => context.pins < pinsMax,
      canMap: ({ context }) => context.maps < mapsMax,
    },
  });
}
type PageSetup = ReturnType<typeof setUp>;

/** Uses end also after the page was freed too early. */
function ends() {
  return {
    unpin: { guard: 'isPinned', actions: ['unpin', embodies('HW-MEM-002')] },
    unmap: { guard: 'isMapped', actions: ['unmap', embodies('HW-MEM-002')] },
  } as const;
}

function life(page: PageSetup) {
  return page.createStateConfig({
    initial: 'free',
    states: {
      free: {
        on: { ...ends(), give: { target: 'owned', actions: embodies('HW-MEM-002', 'HW-MEM-003') } },
      },
      owned: {
        on: {
          ...ends(),
          pin: { guard: 'canPin', actions: ['pin', embodies('HW-MEM-002', 'HW-MEM-004')] },
          map: { guard: 'canMap', actions: ['map', embodies('HW-MEM-002', 'HW-MEM-005')] },
          take: { guard: not('isUsed'), target: 'free', actions: embodies('HW-MEM-002') },
          'take.used': { guard: 'isUsed', target: 'free', actions: embodies('HW-MEM-005') },
        },
      },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  give: ['HW-MEM-002'],
  take: ['HW-MEM-005'],
  'take.used': ['HW-MEM-005'],
  pin: ['HW-MEM-002'],
  unpin: ['HW-MEM-002'],
  map: ['HW-MEM-002'],
  unmap: ['HW-MEM-002'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { pins, maps }: PageContext = snapshot.context;
  return { state: snapshot.matches({ life: 'owned' }) ? 'owned' : 'free', context: { pins, maps } };
}

/** A page of simulated memory: whether somebody has it, and who uses it. */
export function pageMachine(scope: PageScope): Lifecycle {
  const page = setUp(scope);
  const machine = page.createMachine({
    id: 'page',
    type: 'parallel',
    context: { pins: 0, maps: 0 },
    states: { life: life(page) },
  });
  return {
    kind: 'page',
    scope: { pinsMax: scope.pinsMax, mapsMax: scope.mapsMax },
    machine,
    alphabet: EVENTS.page.map((type) => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
