import { type AnyMachineSnapshot, and, assign, or, setup, stateIn } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

/** The bounds of an entity. */
export interface SchedEntityScope {
  readonly jobsMax: number;
}

interface SchedEntityContext {
  /** Queued. */
  readonly jobs: number;
}

function setUp({ jobsMax }: SchedEntityScope) {
  return setup({
    types: { context: {} as SchedEntityContext, events: {} as EventFor<'schedEntity'> },
    actions: {
      ...answers,
      queue: assign({ jobs: ({ context }) => context.jobs + 1 }),
      unqueue: assign({ jobs: ({ context }) => context.jobs - 1 }),
    },
    guards: {
      isAlive: stateIn({ life: 'alive' }),
      isStopped: or([stateIn({ life: 'stopped' }), stateIn({ life: 'destroyed' })]),
      isOff: stateIn({ place: 'off' }),
      isListed: stateIn({ place: 'listed' }),
      isIdle: stateIn({ worker: 'away' }),
      isUsed: stateIn({ worker: 'here' }),
      isFree: stateIn({ waiting: 'no' }),
      hasJobs: ({ context }) => context.jobs > 0,
      hasNone: ({ context }) => context.jobs === 0,
      mayQueue: ({ context }) => context.jobs < jobsMax,
    },
  });
}

type EntitySetup = ReturnType<typeof setUp>;

/** Its queue goes on to take jobs, whatever has become of it. */
function life(entity: EntitySetup) {
  const jobs = {
    push: { guard: 'mayQueue', actions: ['queue', embodies('SCHED-008')] },
    sweep: {
      guard: and(['isStopped', 'isIdle', 'isOff', 'hasJobs']),
      actions: ['unqueue', embodies('SCHED-029', 'SCHED-031')],
    },
  } as const;
  const pop = {
    guard: and(['isUsed', 'hasJobs', 'isFree']),
    actions: ['unqueue', embodies('SCHED-008')],
  } as const;
  const kill = { target: 'stopped', actions: embodies('SCHED-029') } as const;
  return entity.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: { on: { init: { target: 'alive', actions: embodies('SCHED-002') } } },
      alive: {
        on: {
          ...jobs,
          pop,
          kill,
          // One that never had a ring has nothing to be killed.
          destroy: {
            guard: and(['isOff', 'isIdle', 'isFree', 'hasNone']),
            target: 'destroyed',
            actions: embodies('SCHED-030'),
          },
        },
      },
      stopped: {
        on: {
          ...jobs,
          pop,
          kill,
          destroy: {
            guard: and(['isOff', 'isIdle', 'isFree']),
            target: 'destroyed',
            actions: embodies('SCHED-030'),
          },
        },
      },
      destroyed: { on: jobs },
    },
  });
}

/** The list of its run queue. */
function place(entity: EntitySetup) {
  return entity.createStateConfig({
    initial: 'off',
    states: {
      off: {
        on: {
          add: {
            guard: and(['isAlive', 'hasJobs']),
            target: 'listed',
            actions: embodies('SCHED-012'),
          },
        },
      },
      listed: {
        on: {
          // The end of the entity, or a move to another ring: then nothing of it is under way.
          remove: {
            guard: or(['isStopped', and(['isIdle', 'hasNone'])]),
            target: 'off',
            actions: embodies('SCHED-029', 'SCHED-032'),
          },
        },
      },
    },
  });
}

/** Whether the worker is at it. */
function worker(entity: EntitySetup) {
  return entity.createStateConfig({
    initial: 'away',
    states: {
      away: {
        on: {
          select: {
            guard: and(['isListed', 'isFree', 'hasJobs']),
            target: 'here',
            actions: embodies('SCHED-012'),
          },
        },
      },
      here: { on: { letGo: { target: 'away', actions: embodies('SCHED-029') } } },
    },
  });
}

/** Whether it waits for a dependency of its oldest job. */
function waiting(entity: EntitySetup) {
  const depend = {
    guard: and(['isUsed', 'hasJobs']),
    target: 'yes',
    actions: embodies('SCHED-008'),
  } as const;
  return entity.createStateConfig({
    initial: 'no',
    states: {
      no: {
        on: {
          depend,
          settle: { guard: and(['isUsed', 'hasJobs']), actions: embodies('SCHED-011') },
        },
      },
      yes: { on: { depend, settle: { target: 'no', actions: embodies('SCHED-011') } } },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  init: ['SCHED-002'],
  push: ['SCHED-001'],
  add: ['SCHED-029', 'SCHED-031'],
  remove: ['SCHED-029', 'SCHED-032'],
  select: ['SCHED-012', 'SCHED-029'],
  letGo: ['SCHED-029'],
  depend: ['SCHED-008'],
  settle: ['SCHED-011'],
  pop: ['SCHED-008'],
  sweep: ['SCHED-029'],
  kill: ['SCHED-029'],
  destroy: ['SCHED-030'],
};

const LIVES = ['stopped', 'destroyed'] as const;

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const state = LIVES.find((name) => snapshot.matches({ life: name })) ?? 'alive';
  return {
    state,
    context: {
      isListed: snapshot.matches({ place: 'listed' }),
      isIdle: snapshot.matches({ worker: 'away' }),
      isWaiting: snapshot.matches({ waiting: 'yes' }),
    },
  };
}

/** The jobs of one submitter. */
export function schedEntityMachine(scope: SchedEntityScope): Lifecycle {
  const entity = setUp(scope);
  const machine = entity.createMachine({
    id: 'schedEntity',
    type: 'parallel',
    context: { jobs: 0 },
    states: {
      life: life(entity),
      place: place(entity),
      worker: worker(entity),
      waiting: waiting(entity),
    },
  });
  return {
    kind: 'schedEntity',
    scope: { jobsMax: scope.jobsMax },
    machine,
    alphabet: EVENTS.schedEntity.map((type) => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
