import { type AnyMachineSnapshot, and, assign, not, or, setup, stateIn } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

/** The bounds of a scheduler. */
export interface SchedulerScope {
  /** Jobs that it has from being charged until they are off its list; each has one credit. */
  readonly jobsMax: number;
  /** Unit: credits. Of one without bounds, its birth says it. */
  readonly limit: number;
  /** It loses jobs whose time-out was none, as Linux 6.12 does. */
  readonly canLose: boolean;
}

interface SchedulerContext {
  readonly limit: number;
  /** In use. */
  readonly credits: number;
  /** Those of the job that the worker has taken, and not listed yet. */
  readonly inHand: number;
  /** On the list of pending jobs. */
  readonly pending: number;
}

function setUp({ jobsMax, canLose }: SchedulerScope) {
  return setup({
    types: { context: {} as SchedulerContext, events: {} as EventFor<'scheduler'> },
    actions: {
      ...answers,
      limit: assign({ limit: ({ event }) => event.detail ?? 0 }),
      charge: assign({ credits: ({ context, event }) => context.credits + (event.detail ?? 0) }),
      take: assign({ inHand: ({ event }) => event.detail ?? 0 }),
      giveBack: assign({ credits: ({ context, event }) => context.credits - (event.detail ?? 0) }),
      list: assign({ pending: ({ context }) => context.pending + 1 }),
      begin: assign({ pending: ({ context }) => context.pending + 1, inHand: 0 }),
      unlist: assign({ pending: ({ context }) => context.pending - 1 }),
    },
    guards: {
      isThere: stateIn({ life: 'alive' }),
      isRunning: stateIn({ worker: 'running' }),
      isParked: stateIn({ worker: 'parked' }),
      isStopping: stateIn({ worker: 'stopping' }),
      isQuiet: stateIn({ timer: 'quiet' }),
      isExpired: stateIn({ timer: 'handling' }),
      isKept: stateIn({ timer: 'kept' }),
      canLose: () => canLose,
      hasTaken: ({ context }) => context.inHand > 0,
      hasRoom: ({ context }) => context.pending < jobsMax,
      hasMoreRoom: ({ context }) => context.pending + 1 < jobsMax,
      isListed: ({ context }) => context.pending > 0,
      isLast: ({ context }) => context.pending === 1,
      fits: ({ context, event }) => context.credits + (event.detail ?? 0) <= context.limit,
      isCharged: ({ context, event }) => context.credits - context.inHand >= (event.detail ?? 0),
      isFree: ({ context }) => context.credits === context.inHand,
      isUnused: ({ context }) => context.pending === 0 && context.credits === 0,
    },
  });
}

type SchedulerSetup = ReturnType<typeof setUp>;

/** Credits and the list. The worker takes one job after the other; a start takes those that are listed. */
function life(sched: SchedulerSetup) {
  const charge = [
    {
      guard: and(['isParked', 'fits', 'isListed']),
      actions: ['charge', embodies('SCHED-015', 'SCHED-026')],
    },
    {
      guard: and([
        not('isParked'),
        'fits',
        not('hasTaken'),
        // The one whose time is up comes back.
        or([and([not('isExpired'), 'hasRoom']), 'hasMoreRoom']),
      ]),
      actions: ['charge', 'take', embodies('SCHED-015')],
    },
  ] as const;
  return sched.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: { on: { init: { target: 'alive', actions: ['limit', embodies('SCHED-015')] } } },
      alive: {
        on: {
          charge,
          return: {
            // A stop by the handler puts the job back as soon as the worker is at rest.
            guard: and(['isCharged', or(['canLose', not('isExpired'), not('isParked')])]),
            actions: ['giveBack', embodies('SCHED-015')],
          },
          begin: {
            guard: and(['hasTaken', 'hasRoom']),
            actions: ['begin', embodies('SCHED-016')],
          },
          unlist: {
            // The only one that is listed is done, and so has no credits.
            guard: and(['isListed', or([not('isLast'), 'isExpired', 'isFree', 'canLose'])]),
            actions: ['unlist', embodies('SCHED-020')],
          },
          fini: {
            guard: and(['isParked', 'isQuiet', 'isUnused']),
            target: 'gone',
            actions: embodies('SCHED-025'),
          },
        },
      },
      gone: {},
    },
  });
}

/** One head at a time is looked into. */
function timer(sched: SchedulerSetup) {
  return sched.createStateConfig({
    initial: 'quiet',
    states: {
      quiet: {
        on: {
          expire: {
            guard: and(['isListed', 'isRunning']),
            target: 'handling',
            actions: ['unlist', embodies('SCHED-023')],
          },
        },
      },
      handling: {
        on: {
          reinsert: {
            guard: not('isStopping'),
            target: 'kept',
            actions: ['list', embodies('SCHED-025', 'SCHED-035')],
          },
          handled: { guard: 'canLose', target: 'quiet', actions: embodies('SCHED-034') },
        },
      },
      kept: {
        on: {
          handled: {
            guard: 'isRunning',
            target: 'quiet',
            actions: embodies('SCHED-034'),
          },
        },
      },
    },
  });
}

/** Asked to run nothing, and then at rest. */
function worker(sched: SchedulerSetup) {
  const stop = {
    guard: and(['isThere', not('isKept')]),
    target: 'stopping',
    actions: embodies('SCHED-025'),
  } as const;
  return sched.createStateConfig({
    initial: 'running',
    states: {
      running: { on: { stop } },
      stopping: {
        on: {
          parked: {
            guard: not('hasTaken'),
            target: 'parked',
            actions: embodies('SCHED-025'),
          },
        },
      },
      parked: {
        on: {
          start: {
            guard: and(['isThere', not('isExpired')]),
            target: 'running',
            actions: embodies('SCHED-026'),
          },
          // The end of one that is at rest already.
          stop: { ...stop, guard: and(['isThere', 'isQuiet', 'isUnused']) },
        },
      },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  init: ['SCHED-015'],
  charge: ['SCHED-015'],
  return: ['SCHED-015'],
  begin: ['SCHED-016', 'SCHED-025'],
  unlist: ['SCHED-020'],
  expire: ['SCHED-023'],
  reinsert: ['SCHED-025', 'SCHED-035'],
  handled: ['SCHED-034'],
  stop: ['SCHED-025'],
  parked: ['SCHED-025'],
  start: ['SCHED-026'],
  fini: ['SCHED-025'],
};

/** Credits are counted, and said: the others say nothing of theirs. */
const OF_CREDITS: ReadonlySet<string> = new Set(['init', 'charge', 'return']);

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { credits, pending }: SchedulerContext = snapshot.context;
  return {
    state: snapshot.matches({ worker: 'running' }) ? 'running' : 'paused',
    context: { credits, pending },
  };
}

/** A ring. */
export function schedulerMachine(scope: SchedulerScope): Lifecycle {
  const sched = setUp(scope);
  const machine = sched.createMachine({
    id: 'scheduler',
    type: 'parallel',
    context: { limit: 0, credits: 0, inHand: 0, pending: 0 },
    states: { life: life(sched), timer: timer(sched), worker: worker(sched) },
  });
  return {
    kind: 'scheduler',
    scope: { jobsMax: scope.jobsMax, limit: scope.limit, canLose: scope.canLose ? 'yes' : 'no' },
    machine,
    alphabet: EVENTS.scheduler.flatMap((type): ModelEvent[] =>
      OF_CREDITS.has(type) ? [{ type, detail: type === 'init' ? scope.limit : 1 }] : [{ type }],
    ),
    forbids: FORBIDS,
    view,
    take: ({ name, detail }) => (OF_CREDITS.has(name) ? { type: name, detail } : { type: name }),
  };
}
