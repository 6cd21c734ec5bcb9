import { and, assign, not, setup } from 'xstate';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

const each = (types: readonly string[], jobs: number): readonly SystemEvent[] =>
  types.flatMap((type) => range(jobs).map((job): SystemEvent => ({ type, job })));

const plain = (...types: readonly string[]): readonly SystemEvent[] =>
  types.map((type) => ({ type }));

/** Whoever makes a job, pushes it, and waits for its end. */
export function clientMachine(): SystemMachine {
  const task = setup({ types: { events: {} as { type: string } } });
  const machine = task.createMachine({
    id: 'client',
    initial: 'idle',
    states: {
      idle: { on: { init: 'made' } },
      made: { on: { arm: 'armed' } },
      armed: { on: { push: 'pushed' } },
      // The entity may be on its run queue by then, and the job at its end.
      pushed: { on: { add: 'waiting', wake: 'early' } },
      early: { on: { add: 'finished' } },
      waiting: { on: { wake: 'finished' } },
      finished: {},
    },
  });
  return systemMachine(machine, plain('init', 'arm', 'push', 'add', 'wake'));
}

/** The job that somebody is at. */
interface About {
  readonly job: number;
}

function about() {
  return setup({
    types: { context: {} as About, events: {} as { type: string; job: number } },
    actions: { ...questions, take: assign({ job: ({ event }) => event.job }) },
    guards: { isIt: ({ context, event }) => context.job === event.job },
  });
}

const it = <Target extends string>(target: Target) => ({ guard: 'isIt', target }) as const;

/** Gives jobs to the ring one by one, and frees what is done. */
export function workerMachine(jobs: number): SystemMachine<About> {
  const machine = about().createMachine({
    id: 'worker',
    initial: 'idle',
    context: { job: -1 },
    states: {
      idle: {
        on: {
          isIdle: ASK,
          select: { target: 'selected', actions: 'take' },
          unlist: { target: 'freeing', actions: 'take' },
        },
      },
      selected: { on: { pop: it('popped') } },
      popped: { on: { charge: it('charged') } },
      charged: { on: { begin: it('begun') } },
      begun: { on: { run: it('ran') } },
      ran: { on: { letGo: it('letGo') } },
      letGo: { on: { setParent: it('stored') } },
      stored: { on: { tell: it('told') } },
      told: { on: { attach: it('idle') } },
      freeing: { on: { free: it('idle') } },
    },
  });
  const steps = ['select', 'pop', 'charge', 'begin', 'run', 'letGo', 'setParent', 'tell', 'attach'];
  return systemMachine(machine, [...plain('isIdle'), ...each([...steps, 'unlist', 'free'], jobs)]);
}

/** An interrupt: the job is done, then its fence signals. */
export function interruptMachine(jobs: number): SystemMachine<About> {
  const machine = about().createMachine({
    id: 'interrupt',
    initial: 'quiet',
    context: { job: -1 },
    states: {
      quiet: { on: { isQuiet: ASK, complete: { target: 'done', actions: 'take' } } },
      done: { on: { signal: it('quiet') } },
    },
  });
  return systemMachine(machine, [...plain('isQuiet'), ...each(['complete', 'signal'], jobs)]);
}

/** What the hardware has of a job. */
export function hardwareMachine(): SystemMachine {
  const machine = setup({
    types: { events: {} as { type: string } },
    actions: questions,
  }).createMachine({
    id: 'hardware',
    initial: 'idle',
    states: {
      idle: { on: { start: 'busy' } },
      busy: { on: { finish: 'done', hang: 'hung', reset: 'over', isOpen: ASK } },
      hung: { on: { reset: 'over', isOpen: ASK } },
      // A recovery has taken it away; so it is done, one way or the other.
      over: { on: { isDone: ASK } },
      done: { on: { isDone: ASK } },
    },
  });
  return systemMachine(machine, plain('start', 'finish', 'hang', 'reset', 'isOpen', 'isDone'));
}

/** It hangs once. */
export function natureMachine(): SystemMachine {
  const machine = setup({ types: { events: {} as { type: string } } }).createMachine({
    id: 'nature',
    initial: 'calm',
    states: { calm: { on: { hang: 'spent' } }, spent: {} },
  });
  return systemMachine(machine, plain('hang'));
}

/** The worker was told to run nothing. */
export function pauseMachine(): SystemMachine {
  const machine = setup({
    types: { events: {} as { type: string } },
    actions: questions,
  }).createMachine({
    id: 'pause',
    initial: 'open',
    states: { open: { on: { isOpen: ASK, close: 'closed' } }, closed: { on: { open: 'open' } } },
  });
  return systemMachine(machine, plain('isOpen', 'close', 'open'));
}

interface Pending {
  readonly jobs: readonly number[];
}

/** The list of what is with the hardware: the head is what time is measured for. */
export function pendingMachine(jobs: number): SystemMachine<Pending> {
  const list = setup({
    types: { context: {} as Pending, events: {} as { type: string; job: number } },
    actions: {
      ...questions,
      append: assign({ jobs: ({ context, event }) => [...context.jobs, event.job] }),
      prepend: assign({ jobs: ({ context, event }) => [event.job, ...context.jobs] }),
      remove: assign({
        jobs: ({ context, event }) => context.jobs.filter((job) => job !== event.job),
      }),
    },
    guards: {
      isHead: ({ context, event }) => context.jobs[0] === event.job,
      isThere: ({ context, event }) => context.jobs.includes(event.job),
    },
  });
  const machine = list.createMachine({
    id: 'pending',
    initial: 'list',
    context: { jobs: [] },
    states: {
      list: {
        on: {
          append: { guard: not('isThere'), actions: 'append' },
          prepend: { guard: not('isThere'), actions: 'prepend' },
          shift: { guard: 'isHead', actions: 'remove' },
          remove: { guard: 'isThere', actions: 'remove' },
          isThere: { guard: 'isThere', ...ASK },
          isAway: { guard: not('isThere'), ...ASK },
        },
      },
    },
  });
  const events = ['append', 'prepend', 'shift', 'remove', 'isThere', 'isAway'];
  return systemMachine(machine, each(events, jobs));
}

/** What a recovery is about: the job whose time is up, and the one that it looks at. */
interface Recovery {
  readonly bad: number;
  readonly at: number;
}

/** The handler of time-outs: it looks whether the job is done, and else stops, resets and starts. */
export function recoveryMachine(jobs: number): SystemMachine<Recovery> {
  const recovery = setup({
    types: { context: {} as Recovery, events: {} as { type: string; job: number } },
    actions: {
      expire: assign({ bad: ({ event }) => event.job }),
      next: assign({ at: ({ context }) => context.at + 1 }),
      rewind: assign({ at: 0 }),
      forget: assign({ bad: -1, at: 0 }),
    },
    guards: {
      isBad: ({ context, event }) => context.bad === event.job,
      isAt: ({ context, event }) => context.at === event.job,
      isLast: ({ context }) => context.at === jobs - 1,
    },
  });
  /** Behind the last job to `end`, else on to the next one. */
  const onward = <Next extends string, End extends string>(next: Next, end: End) =>
    [
      { guard: and(['isAt', 'isLast']), target: end, actions: 'rewind' },
      { guard: 'isAt', target: next, actions: 'next' },
    ] as const;
  const machine = recovery.createMachine({
    id: 'recovery',
    initial: 'idle',
    context: { bad: -1, at: 0 },
    states: {
      idle: { on: { expire: { target: 'expired', actions: 'expire' } } },
      expired: {
        on: {
          isSpurious: { guard: 'isBad', target: 'spurious' },
          hangs: { guard: 'isBad', target: 'hanging' },
        },
      },
      spurious: { on: { putBack: { guard: 'isBad', target: 'handled' } } },
      hanging: { on: { stop: 'stopping' } },
      stopping: { on: { park: 'parked' } },
      parked: { on: { reinsert: { guard: 'isBad', target: 'detaching' } } },
      detaching: {
        on: {
          skip: onward('detaching', 'starting'),
          detach: { guard: 'isAt', target: 'detached' },
          drop: { guard: 'isAt', target: 'dropped' },
        },
      },
      detached: { on: { giveBack: onward('detaching', 'starting') } },
      dropped: { on: { free: onward('detaching', 'starting') } },
      starting: {
        on: {
          skip: onward('starting', 'started'),
          charge: { guard: 'isAt', target: 'charged' },
        },
      },
      charged: { on: { cancel: { guard: 'isAt', target: 'cancelled' } } },
      cancelled: { on: { signal: onward('starting', 'started') } },
      started: { on: { start: 'handled' } },
      handled: { on: { end: { target: 'idle', actions: 'forget' } } },
    },
  });
  const events = [
    ...['expire', 'isSpurious', 'hangs', 'putBack', 'reinsert', 'skip', 'detach', 'giveBack'],
    ...['drop', 'free', 'charge', 'cancel', 'signal'],
  ];
  return systemMachine(machine, [...plain('stop', 'park', 'start', 'end'), ...each(events, jobs)]);
}
