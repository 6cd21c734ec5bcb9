import { assign, setup } from 'xstate';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

/** A client: it hands one job to a device, and waits for the fence of the job. */
export function clientMachine(): SystemMachine {
  const machine = setup({}).createMachine({
    id: 'client',
    initial: 'new',
    states: {
      new: { on: { submit: 'waiting' } },
      waiting: { on: { done: 'finished' } },
      finished: {},
    },
  });
  return systemMachine(machine, [{ type: 'submit' }, { type: 'done' }]);
}

/** How far a device has come with a job. */
export function jobMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'job',
    initial: 'new',
    states: {
      new: { on: { queue: 'queued' } },
      queued: { on: { isQueued: ASK, finish: 'finished', fail: 'failed' } },
      finished: { on: { isFinished: ASK } },
      failed: { on: { isFailed: ASK } },
    },
  });
  return systemMachine(
    machine,
    ['queue', 'isQueued', 'finish', 'fail', 'isFinished', 'isFailed'].map((type) => ({ type })),
  );
}

/** An interrupt line: a second interrupt before the first one is taken is the same one. */
export function lineMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'line',
    initial: 'low',
    states: {
      low: { on: { raise: 'high' } },
      high: { on: { raise: ASK, take: 'low' } },
    },
  });
  return systemMachine(machine, [{ type: 'raise' }, { type: 'take' }]);
}

interface Ring {
  /** Jobs between both pointers, the first one is being executed. */
  readonly jobs: readonly number[];
}

/** What a driver knows of a ring. `submit` and `ring` come with the number of jobs in it. */
export function ringMachine(jobs: number): SystemMachine<Ring> {
  const ring = setup({
    types: {
      context: {} as Ring,
      events: {} as { type: string; job: number; count: number },
    },
    actions: {
      ...questions,
      append: assign({ jobs: ({ context, event }) => [...context.jobs, event.job] }),
      remove: assign({
        jobs: ({ context, event }) => context.jobs.filter((job) => job !== event.job),
      }),
    },
    guards: {
      makes: ({ context, event }) => context.jobs.length + 1 === event.count,
      has: ({ context, event }) => context.jobs.length === event.count,
      isFirst: ({ context, event }) => context.jobs[0] === event.job,
      isEmpty: ({ context }) => context.jobs.length === 0,
    },
  });
  const machine = ring.createMachine({
    id: 'ring',
    initial: 'cold',
    context: { jobs: [] },
    states: {
      cold: { on: { start: 'there' } },
      there: {
        on: {
          submit: { guard: 'makes', actions: 'append' },
          ring: { guard: 'has', ...ASK },
          isFirst: { guard: 'isFirst', ...ASK },
          shift: { guard: 'isFirst', actions: 'remove' },
          isEmpty: { guard: 'isEmpty', ...ASK },
        },
      },
    },
  });
  const counts = range(jobs).map((job) => job + 1);
  return systemMachine(machine, [
    { type: 'start' },
    { type: 'isEmpty' },
    ...counts.map((count): SystemEvent => ({ type: 'ring', count })),
    ...range(jobs).flatMap((job): readonly SystemEvent[] => [
      { type: 'isFirst', job },
      { type: 'shift', job },
      ...counts.map((count): SystemEvent => ({ type: 'submit', job, count })),
    ]),
  ]);
}

interface Signaller {
  /** The job whose fence is being signaled; -1: none. */
  readonly job: number;
}

/** Who signals the fences of jobs that are done: in the interrupt, or when a timer looks. */
export function handlerMachine(jobs: number): SystemMachine<Signaller> {
  const handler = setup({
    types: { context: {} as Signaller, events: {} as { type: string; job: number } },
    actions: {
      ...questions,
      hold: assign({ job: ({ event }) => event.job }),
      forget: assign({ job: -1 }),
    },
    guards: { isIt: ({ context, event }) => context.job === event.job },
  });
  const machine = handler.createMachine({
    id: 'handler',
    initial: 'away',
    context: { job: -1 },
    states: {
      away: { on: { isAway: ASK, take: 'looking', poll: 'looking' } },
      looking: {
        on: {
          signal: { target: 'stamping', actions: 'hold' },
          fail: { target: 'failing', actions: 'hold' },
          leave: 'away',
        },
      },
      failing: { on: { signalFailed: { guard: 'isIt', target: 'stamping' } } },
      stamping: { on: { stamp: { guard: 'isIt', target: 'looking', actions: 'forget' } } },
    },
  });
  return systemMachine(machine, [
    ...['isAway', 'take', 'poll', 'leave'].map((type) => ({ type })),
    ...range(jobs).flatMap((job): readonly SystemEvent[] => [
      { type: 'signal', job },
      { type: 'fail', job },
      { type: 'signalFailed', job },
      { type: 'stamp', job },
    ]),
  ]);
}

/** Who resets a device whose jobs take too long, and fails the jobs that were on it. */
export function recoveryMachine(jobs: number): SystemMachine<Signaller> {
  const recovery = setup({
    types: { context: {} as Signaller, events: {} as { type: string; job: number } },
    actions: {
      ...questions,
      hold: assign({ job: ({ event }) => event.job }),
      forget: assign({ job: -1 }),
    },
    guards: { isIt: ({ context, event }) => context.job === event.job },
  });
  const machine = recovery.createMachine({
    id: 'recovery',
    initial: 'away',
    context: { job: -1 },
    states: {
      away: { on: { isAway: ASK, expire: 'checking' } },
      /** What is done is no reason for a reset, and neither is a doorbell that was lost. */
      checking: { on: { found: 'away', ring: 'away', check: 'checked' } },
      checked: { on: { reset: 'resetting' } },
      resetting: { on: { resetDone: 'failing' } },
      failing: {
        on: {
          skip: ASK,
          fail: { target: 'failed', actions: 'hold' },
          leave: 'away',
        },
      },
      failed: { on: { signal: { guard: 'isIt', target: 'signaled' } } },
      signaled: { on: { stamp: { guard: 'isIt', target: 'failing', actions: 'forget' } } },
    },
  });
  const plain = ['isAway', 'expire', 'found', 'ring', 'check', 'reset', 'resetDone', 'leave'];
  return systemMachine(machine, [
    ...plain.map((type) => ({ type })),
    ...range(jobs).flatMap((job): readonly SystemEvent[] =>
      ['skip', 'fail', 'signal', 'stamp'].map((type) => ({ type, job })),
    ),
  ]);
}

/** Who resets a device with one job when that takes too long, and fails the job. */
export function watchdogMachine(jobs: number): SystemMachine<Signaller> {
  const watchdog = setup({
    types: { context: {} as Signaller, events: {} as { type: string; job: number } },
    actions: {
      ...questions,
      hold: assign({ job: ({ event }) => event.job }),
      forget: assign({ job: -1 }),
    },
    guards: { isIt: ({ context, event }) => context.job === event.job },
  });
  const to = <Target extends string>(target: Target) => ({ guard: 'isIt', target }) as const;
  const home = { ...to('away'), actions: 'forget' } as const;
  const machine = watchdog.createMachine({
    id: 'watchdog',
    initial: 'away',
    context: { job: -1 },
    states: {
      away: { on: { isAway: ASK, expire: { target: 'checking', actions: 'hold' } } },
      /** A job that is over is left to the handler. */
      checking: { on: { found: home, reset: to('failing') } },
      failing: { on: { fail: to('failed') } },
      failed: { on: { signal: to('signaled') } },
      signaled: { on: { stamp: home } },
    },
  });
  const steps = ['expire', 'found', 'reset', 'fail', 'signal', 'stamp'];
  return systemMachine(machine, [
    { type: 'isAway' },
    ...range(jobs).flatMap((job): readonly SystemEvent[] => steps.map((type) => ({ type, job }))),
  ]);
}
