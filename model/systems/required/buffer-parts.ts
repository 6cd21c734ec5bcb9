import { and, assign, not, setup } from 'xstate';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

/** What a task does with its buffer before it lets go of it. */
export type HolderKind = 'maps' | 'shows';

const holder = setup({
  types: { context: {} as { isShowing: boolean } },
  actions: {
    ...questions,
    show: assign({ isShowing: true }),
    hide: assign({ isShowing: false }),
  },
  guards: { isShowing: ({ context }) => context.isShowing },
});

/** Holds the kernel's mapping for a while, each time under the lock. */
const mapping = {
  locked: holder.createStateConfig({ on: { ask: 'asking', share: 'sharing' } }),
  asking: holder.createStateConfig({ on: { made: 'sharing', refused: 'unmapped' } }),
  sharing: holder.createStateConfig({ on: { unlock: 'mapped' } }),
  mapped: holder.createStateConfig({ on: { lock: 'leaving' } }),
  leaving: holder.createStateConfig({ on: { unshare: 'unmapped', tell: 'telling' } }),
  telling: holder.createStateConfig({ on: { clear: 'unmapped' } }),
  unmapped: holder.createStateConfig({ on: { unlock: 'dropping' } }),
};

/** The last reference on the file, and then perhaps the last one on its name. */
const releasing = {
  dropping: holder.createStateConfig({
    on: {
      put: [{ guard: 'isShowing', target: 'reading' }, { target: 'finished' }],
      putLast: 'releasing',
    },
  }),
  releasing: holder.createStateConfig({ on: { acquireList: 'unlisting' } }),
  unlisting: holder.createStateConfig({ on: { unlist: 'unlisted' } }),
  unlisted: holder.createStateConfig({ on: { releaseList: 'closing' } }),
  closing: holder.createStateConfig({
    on: {
      hide: [{ guard: 'isShowing', target: 'reading' }, { target: 'finished' }],
      // It shows the name itself, so that this is not the last reference.
      hideLast: { guard: not('isShowing'), target: 'destroying' },
    },
  }),
  reading: holder.createStateConfig({
    on: {
      hide: { target: 'finished', actions: 'hide' },
      hideLast: { target: 'destroying', actions: 'hide' },
    },
  }),
  destroying: holder.createStateConfig({ on: { tellRelease: 'freeing' } }),
  freeing: holder.createStateConfig({ on: { free: 'finished' } }),
  finished: holder.createStateConfig({}),
};

const EVENTS = [
  ...['begin', 'lock', 'unlock', 'ask', 'made', 'refused', 'share', 'unshare', 'tell', 'clear'],
  ...['show', 'put', 'putLast', 'acquireList', 'unlist', 'releaseList', 'hide', 'hideLast'],
  ...['tellRelease', 'free'],
];

/** A task with a reference on a buffer. */
export function holderMachine(kind: HolderKind): SystemMachine<{ readonly isShowing: boolean }> {
  const machine = holder.createMachine({
    id: kind,
    initial: 'waiting',
    context: { isShowing: false },
    states: {
      waiting: { on: { begin: 'holding' } },
      holding: {
        on:
          kind === 'maps' ? { lock: 'locked' } : { show: { target: 'dropping', actions: 'show' } },
      },
      ...mapping,
      ...releasing,
    },
  });
  return systemMachine(
    machine,
    EVENTS.map((type) => ({ type })),
  );
}

/** The count of a file. */
export function fileMachine(users: number): SystemMachine<{ readonly count: number }> {
  const file = setup({
    types: { context: {} as { count: number } },
    actions: {
      ...questions,
      drop: assign({ count: ({ context }) => context.count - 1 }),
    },
    guards: { isLast: ({ context }) => context.count === 1 },
  });
  const machine = file.createMachine({
    id: 'file',
    initial: 'none',
    context: { count: users },
    states: {
      none: { on: { create: 'open' } },
      open: {
        on: {
          isOpen: ASK,
          put: { guard: not('isLast'), actions: 'drop' },
          putLast: { guard: and(['isLast']), target: 'released', actions: 'drop' },
        },
      },
      released: {},
    },
  });
  return systemMachine(
    machine,
    ['create', 'isOpen', 'put', 'putLast'].map((type) => ({ type })),
  );
}

/** Whether a buffer is on the list, as whoever has the list's lock sees it. */
export function listedMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'listed',
    initial: 'off',
    states: {
      off: { on: { add: 'on', isOff: ASK } },
      on: { on: { remove: 'off', isOn: ASK } },
    },
  });
  return systemMachine(
    machine,
    ['add', 'remove', 'isOn', 'isOff'].map((type) => ({ type })),
  );
}

/** Who prints the list: goes over all buffers once, and locks the reservation of each. */
export function listerMachine(buffers: number): SystemMachine<{ readonly at: number }> {
  const lister = setup({
    types: { context: {} as { at: number }, events: {} as { type: string; buffer: number } },
    actions: { next: assign({ at: ({ context }) => context.at + 1 }) },
    guards: {
      isAt: ({ context, event }) => context.at === event.buffer,
      isDone: ({ context }) => context.at === buffers,
    },
  });
  const machine = lister.createMachine({
    id: 'lister',
    initial: 'away',
    context: { at: 0 },
    states: {
      away: { on: { acquireList: 'walking' } },
      walking: {
        on: {
          sees: { guard: 'isAt', target: 'looking' },
          passes: { guard: 'isAt', actions: 'next' },
          releaseList: { guard: 'isDone', target: 'finished' },
        },
      },
      looking: { on: { lock: { guard: 'isAt', target: 'printing' } } },
      printing: { on: { unlock: { guard: 'isAt', target: 'walking', actions: 'next' } } },
      finished: {},
    },
  });
  const each = ['sees', 'passes', 'lock', 'unlock'];
  return systemMachine(machine, [
    { type: 'acquireList' },
    { type: 'releaseList' },
    ...range(buffers).flatMap((buffer): readonly SystemEvent[] =>
      each.map((type) => ({ type, buffer })),
    ),
  ]);
}
