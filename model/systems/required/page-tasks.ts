import { assign, setup } from 'xstate';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

/** The page that somebody is about; -1: none. */
export interface AtPage {
  readonly page: number;
}

function atPage() {
  return setup({
    types: { context: {} as AtPage, events: {} as { type: string; page: number } },
    actions: {
      ...questions,
      hold: assign({ page: ({ event }) => event.page }),
      forget: assign({ page: -1 }),
    },
    guards: { isIt: ({ context, event }) => context.page === event.page },
  });
}

const to = <Target extends string>(target: Target) => ({ guard: 'isIt', target }) as const;

const each = (pages: number, ...types: readonly string[]): readonly SystemEvent[] =>
  types.flatMap((type) => range(pages).map((page): SystemEvent => ({ type, page })));

/** A task that has a page for one job of a device. A state is named after what was done last. */
export function ownerMachine(pages: number): SystemMachine<AtPage> {
  const machine = atPage().createMachine({
    id: 'owner',
    initial: 'new',
    context: { page: -1 },
    states: {
      /** Whoever gets a page clears it. */
      new: { on: { give: { target: 'stored', actions: 'hold' } } },
      stored: { on: { syncForDevice: to('synced') } },
      synced: { on: { map: to('mapped') } },
      mapped: { on: { start: to('started') } },
      started: { on: { done: to('done') } },
      done: { on: { clear: to('cleared') } },
      cleared: { on: { invalidate: to('invalidating') } },
      invalidating: { on: { flushed: to('flushed') } },
      flushed: { on: { syncForCpu: to('reading') } },
      reading: { on: { unmap: to('unmapped') } },
      unmapped: { on: { free: { ...to('finished'), actions: 'forget' } } },
      finished: {},
    },
  });
  return systemMachine(machine, [
    ...each(pages, 'give', 'syncForDevice', 'map', 'start', 'done'),
    ...each(pages, 'clear', 'invalidate', 'flushed', 'syncForCpu', 'unmap', 'free'),
  ]);
}

/** A device that reads and writes one page for each job, and may read ahead when it is done. */
export function masterMachine(pages: number): SystemMachine<AtPage> {
  const machine = atPage().createMachine({
    id: 'master',
    initial: 'idle',
    context: { page: -1 },
    states: {
      idle: { on: { isQuiet: ASK, start: 'started' } },
      started: { on: { isLooking: ASK, read: { target: 'reading', actions: 'hold' } } },
      reading: { on: { write: { ...to('ahead'), actions: 'forget' } } },
      ahead: {
        on: {
          isAhead: ASK,
          isQuiet: ASK,
          readAhead: { target: 'readingAhead', actions: 'hold' },
          rest: 'idle',
        },
      },
      readingAhead: { on: { end: { ...to('idle'), actions: 'forget' } } },
    },
  });
  return systemMachine(machine, [
    ...['isQuiet', 'isLooking', 'isAhead', 'start', 'rest'].map((type) => ({ type })),
    ...each(pages, 'read', 'write', 'readAhead', 'end'),
  ]);
}

/** The queue of an IOMMU, which has room for one order, and its marker. */
export function invalidatorMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'invalidator',
    initial: 'idle',
    states: {
      idle: { on: { queue: 'queued' } },
      queued: { on: { complete: 'completed' } },
      completed: { on: { see: 'idle' } },
    },
  });
  return systemMachine(
    machine,
    ['queue', 'complete', 'see'].map((type) => ({ type })),
  );
}
