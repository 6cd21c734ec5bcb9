import { assign, setup } from 'xstate';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

/** What a device has done of a job, and whether somebody has taken note of it. */
export function noteMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'note',
    initial: 'new',
    states: {
      new: { on: { isNotDone: ASK, isNotOpen: ASK, queue: 'queued' } },
      queued: { on: { isNotDone: ASK, isQueued: ASK, finish: 'done' } },
      done: { on: { isDone: ASK, take: 'taken' } },
      taken: { on: { isNotDone: ASK, isNotOpen: ASK } },
    },
  });
  return systemMachine(
    machine,
    ['isNotOpen', 'isNotDone', 'isQueued', 'isDone', 'queue', 'finish', 'take'].map((type) => ({
      type,
    })),
  );
}

/** The job whose fence somebody is about; -1: none. */
export interface AtJob {
  readonly job: number;
}

/**
 * Who looks for jobs that are done: in the interrupt, or when the timer expires. The second one sees
 * to it that there is a next time while jobs are on the device.
 */
export function finderMachine(jobs: number): SystemMachine<AtJob> {
  const finder = setup({
    types: { context: {} as AtJob, events: {} as { type: string; job: number } },
    actions: {
      ...questions,
      hold: assign({ job: ({ event }) => event.job }),
      forget: assign({ job: -1 }),
    },
    guards: { isIt: ({ context, event }) => context.job === event.job },
  });
  const machine = finder.createMachine({
    id: 'finder',
    initial: 'away',
    context: { job: -1 },
    states: {
      away: { on: { begin: 'looking' } },
      looking: {
        on: { find: { target: 'found', actions: 'hold' }, again: 'leaving', rest: 'leaving' },
      },
      found: { on: { signal: { guard: 'isIt', target: 'signaling' } } },
      signaling: { on: { stamp: { guard: 'isIt', target: 'looking', actions: 'forget' } } },
      leaving: { on: { end: 'away' } },
    },
  });
  return systemMachine(machine, [
    ...['begin', 'again', 'rest', 'end'].map((type) => ({ type })),
    ...range(jobs).flatMap((job): readonly SystemEvent[] =>
      ['find', 'signal', 'stamp'].map((type) => ({ type, job })),
    ),
  ]);
}

/** Who takes a driver away; the name of a state is that of the step to come. */
export function removerMachine(): SystemMachine {
  const machine = setup({}).createMachine({
    id: 'remover',
    initial: 'wait',
    states: {
      wait: { on: { wait: 'mask' } },
      mask: { on: { mask: 'synchronise' } },
      synchronise: { on: { synchronise: 'cancel' } },
      cancel: { on: { cancel: 'waitForTimer' } },
      waitForTimer: { on: { waitForTimer: 'free' } },
      free: { on: { free: 'finished' } },
      finished: {},
    },
  });
  return systemMachine(
    machine,
    ['wait', 'mask', 'synchronise', 'cancel', 'waitForTimer', 'free'].map((type) => ({ type })),
  );
}
