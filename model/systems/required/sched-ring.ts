import { schedEntityMachine } from '../../machines/sched-entity.ts';
import { schedFenceMachine } from '../../machines/sched-fence.ts';
import { schedJobMachine } from '../../machines/sched-job.ts';
import { schedulerMachine } from '../../machines/scheduler.ts';
import { claim, claimOfEach, strong, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { at, isIn, many, objectOf, only } from './parts.ts';
import {
  clientMachine,
  hardwareMachine,
  interruptMachine,
  natureMachine,
  pauseMachine,
  pendingMachine,
  recoveryMachine,
  workerMachine,
} from './sched-tasks.ts';
import type { System } from './system.ts';

/** Clients with a job each, and how many jobs the ring takes at once. */
export interface SchedRingScope {
  readonly jobs: number;
  readonly credits: number;
}

interface RingContext {
  readonly credits: number;
}

const JOB_EVENTS = [
  ...['init', 'arm', 'push', 'pop', 'charge', 'begin', 'run', 'done', 'expire', 'reinsert'],
  ...['detach', 'unlist', 'free'],
];
const FENCE_EVENTS = ['init', 'setParent', 'clearParent', 'scheduled', 'finished'];
const ENTITY_EVENTS = ['init', 'push', 'add', 'select', 'pop', 'letGo'];

/** All machines. Job j is that of task j, in an entity of its own. */
class Parts {
  readonly tasks: readonly Component[];
  readonly jobs: readonly Component[];
  readonly fences: readonly Component[];
  readonly entities: readonly Component[];
  readonly hardware: readonly Component[];
  readonly ring: Component<RingContext>;
  readonly worker: Component;
  readonly interrupt: Component;
  readonly recovery: Component;
  readonly pending: Component;
  readonly pause: Component;
  readonly nature: Component;
  readonly j: readonly number[];

  constructor({ jobs, credits }: SchedRingScope) {
    this.j = range(jobs);
    this.tasks = many(jobs, 'task', clientMachine());
    this.jobs = many(jobs, 'job', only(objectOf(schedJobMachine()), JOB_EVENTS));
    this.fences = many(jobs, 'fence', only(objectOf(schedFenceMachine()), FENCE_EVENTS));
    const entity = schedEntityMachine({ jobsMax: 1 });
    this.entities = many(jobs, 'entity', only(objectOf(entity), ENTITY_EVENTS));
    this.hardware = many(jobs, 'hardware', hardwareMachine());
    const ring = schedulerMachine({ jobsMax: jobs, limit: credits, canLose: false });
    this.ring = { name: 'ring', machine: objectOf<RingContext>(ring) };
    this.worker = { name: 'worker', machine: workerMachine(jobs) };
    this.interrupt = { name: 'interrupt', machine: interruptMachine(jobs) };
    this.recovery = { name: 'recovery', machine: recoveryMachine(jobs) };
    this.pending = { name: 'pending', machine: pendingMachine(jobs) };
    this.pause = { name: 'pause', machine: pauseMachine() };
    this.nature = { name: 'nature', machine: natureMachine() };
  }

  get all(): readonly Component[] {
    const { tasks, jobs, fences, entities, hardware } = this;
    const { ring, worker, interrupt, recovery, pending, pause, nature } = this;
    const alone = [ring, worker, interrupt, recovery, pending, pause, nature];
    return [...alone, ...tasks, ...jobs, ...fences, ...entities, ...hardware];
  }
}

/** Moves that a component leads, for each job. */
function stepsOf({ j }: Parts, name: string, leader: Component) {
  return (step: string, others: (job: number) => readonly Take[]): readonly Move[] =>
    family(`${name}.${step}`, { j }, ({ j }) => [[leader, `${step}(${j})`], ...others(j)]);
}

function clientMoves(
  { j, tasks, jobs, fences, entities, ring }: Parts,
  credits: number,
): readonly Move[] {
  const steps = (step: string, others: (job: number) => readonly Take[]): readonly Move[] =>
    family(`client.${step}`, { j }, ({ j }) => [[at(tasks, j), step], ...others(j)]);
  return [
    ...family('boot', {}, () => [[ring, `init(${credits})`]]),
    ...steps('init', (j) => [
      [at(jobs, j), 'init'],
      [at(entities, j), 'init'],
    ]),
    ...steps('arm', (j) => [
      [at(jobs, j), 'arm'],
      [at(fences, j), 'init'],
    ]),
    ...steps('push', (j) => [
      [at(jobs, j), 'push'],
      [at(entities, j), 'push'],
    ]),
    ...steps('add', (j) => [[at(entities, j), 'add']]),
  ];
}

function workerMoves(parts: Parts): readonly Move[] {
  const { worker, jobs, fences, entities, hardware, ring, pending, pause } = parts;
  const steps = stepsOf(parts, 'worker', worker);
  return [
    ...steps('select', (j) => [
      [at(entities, j), 'select'],
      [pause, 'isOpen'],
    ]),
    ...steps('pop', (j) => [
      [at(entities, j), 'pop'],
      [at(jobs, j), 'pop'],
    ]),
    ...steps('charge', (j) => [
      [ring, 'charge(1)'],
      [at(jobs, j), 'charge'],
    ]),
    ...steps('begin', (j) => [
      [ring, 'begin'],
      [at(jobs, j), 'begin'],
    ]),
    // Nothing comes between the list and the call.
    ...steps('run', (j) => [
      [at(jobs, j), 'run'],
      [pending, `append(${j})`],
    ]),
    ...steps('letGo', (j) => [[at(entities, j), 'letGo']]),
    ...steps('setParent', (j) => [[at(fences, j), 'setParent']]),
    ...steps('tell', (j) => [[at(fences, j), 'scheduled']]),
    ...steps('attach', (j) => [[at(hardware, j), 'start']]),
    ...steps('unlist', (j) => [
      [pause, 'isOpen'],
      [pending, `shift(${j})`],
      [ring, 'unlist'],
      [at(jobs, j), 'unlist'],
    ]),
    ...steps('free', (j) => [[at(jobs, j), 'free']]),
  ];
}

function hardwareMoves(parts: Parts): readonly Move[] {
  const { j, interrupt, jobs, fences, hardware, ring, tasks, nature } = parts;
  const steps = stepsOf(parts, 'interrupt', interrupt);
  return [
    ...steps('complete', (j) => [
      [at(hardware, j), 'finish'],
      [ring, 'return(1)'],
      [at(jobs, j), 'done'],
    ]),
    ...steps('signal', (j) => [
      [at(fences, j), 'finished'],
      [at(tasks, j), 'wake'],
    ]),
    ...family('hang', { j }, ({ j }) => [
      [nature, 'hang'],
      [at(hardware, j), 'hang'],
    ]),
  ];
}

function recoveryMoves(parts: Parts): readonly Move[] {
  const { recovery, jobs, fences, hardware, ring, worker, interrupt, pending, pause, tasks } =
    parts;
  const steps = stepsOf(parts, 'recovery', recovery);
  const alone = (step: string, ...others: readonly Take[]): readonly Move[] =>
    family(`recovery.${step}`, {}, () => [[recovery, step], ...others]);
  const back = (j: number): readonly Take[] => [
    [pending, `prepend(${j})`],
    [ring, 'reinsert'],
    [at(jobs, j), 'reinsert'],
  ];
  return [
    ...steps('expire', (j) => [
      [pending, `shift(${j})`],
      [ring, 'expire'],
      [at(jobs, j), 'expire'],
    ]),
    ...steps('isSpurious', (j) => [[at(hardware, j), 'isDone']]),
    ...steps('hangs', (j) => [[at(hardware, j), 'isOpen']]),
    ...steps('putBack', back),
    ...alone('stop', [ring, 'stop'], [pause, 'close']),
    ...alone('park', [ring, 'parked'], [worker, 'isIdle']),
    ...steps('reinsert', back),
    ...steps('skip', (j) => [[pending, `isAway(${j})`]]),
    // The lock of the hardware's fence: no interrupt is in the middle of a job.
    ...steps('detach', (j) => [
      [pending, `isThere(${j})`],
      [interrupt, 'isQuiet'],
      [at(hardware, j), 'reset'],
      [at(fences, j), 'clearParent'],
    ]),
    ...steps('giveBack', (j) => [
      [ring, 'return(1)'],
      [at(jobs, j), 'detach'],
    ]),
    ...steps('drop', (j) => [
      [at(hardware, j), 'isDone'],
      [interrupt, 'isQuiet'],
      [pending, `remove(${j})`],
      [ring, 'unlist'],
      [at(jobs, j), 'unlist'],
    ]),
    ...steps('free', (j) => [[at(jobs, j), 'free']]),
    ...steps('charge', (j) => [
      [pending, `isThere(${j})`],
      [ring, 'charge(1)'],
      [at(jobs, j), 'charge'],
    ]),
    ...steps('cancel', (j) => [
      [ring, 'return(1)'],
      [at(jobs, j), 'done'],
    ]),
    ...steps('signal', (j) => [
      [at(fences, j), 'finished'],
      [at(tasks, j), 'wake'],
    ]),
    ...alone('start', [ring, 'start'], [pause, 'open']),
    ...alone('end', [ring, 'handled']),
  ];
}

const isFinished = (value: unknown): boolean => isIn(value, 'progress', 'finished');
const isQueued = (value: unknown): boolean =>
  !isIn(value, 'life', 'unborn') && !isIn(value, 'life', 'fresh') && !isIn(value, 'life', 'armed');

function always({ ring, jobs, fences, hardware, j }: Parts): readonly Claim[] {
  return [
    claim(
      'SCHED-015 the credits in use are those of the jobs',
      [ring, ...jobs],
      ({ context }, ...states) => {
        const charged = states.filter(({ value }) => isIn(value, 'credits', 'charged'));
        return context.credits === charged.length;
      },
    ),
    ...j.flatMap((job) => [
      claim(
        'SCHED-016 what the hardware has is on its way to its end',
        [at(hardware, job), at(fences, job)],
        (has, { value }) => has.value === 'idle' || !isIn(value, 'progress', 'pending'),
      ),
      claim(
        'SCHED-020 no job is freed that the hardware has',
        [at(hardware, job), at(jobs, job)],
        (has, { value }) =>
          (has.value !== 'busy' && has.value !== 'hung') || !isIn(value, 'life', 'freed'),
      ),
    ]),
  ];
}

function sometimes({ recovery, hardware, jobs, fences }: Parts): readonly Claim[] {
  const [first, second] = [at(hardware, 0), at(hardware, 1)];
  return [
    claim(
      'SCHED-035 a job is done after its time was up',
      [recovery, first, at(jobs, 0)],
      ({ value }, has, job) =>
        value === 'hanging' && has.value === 'done' && isIn(job.value, 'list', 'expired'),
    ),
    claim(
      'SCHED-026 a job is cancelled',
      [first, at(fences, 0)],
      (has, { value }) => has.value === 'over' && isFinished(value),
    ),
    claim(
      'SCHED-022 a job hangs, with another behind it',
      [first, second],
      (one, other) => one.value === 'hung' && other.value === 'busy',
    ),
    claim('SCHED-023 a time-out is spurious', [recovery], ({ value }) => value === 'spurious'),
  ];
}

function eventually(parts: Parts): readonly Liveness[] {
  const { j, jobs, fences, tasks, worker, interrupt, recovery } = parts;
  const fair = [
    ...weak('boot', interrupt.name, recovery.name, ...tasks.map(({ name }) => name)),
    ...strong(worker.name),
  ];
  return [
    ...j.map((job): Liveness => ({
      name: `SCHED-026 the fence of job ${job} signals`,
      whenever: claim('it is pushed', [at(jobs, job)], ({ value }) => isQueued(value)),
      eventually: claim('it has', [at(fences, job)], ({ value }) => isFinished(value)),
      fair,
    })),
    ...j.map((job): Liveness => ({
      name: `SCHED-020 job ${job} is freed`,
      whenever: claim('it is pushed', [at(jobs, job)], ({ value }) => isQueued(value)),
      eventually: claim('it is', [at(jobs, job)], ({ value }) => isIn(value, 'life', 'freed')),
      fair,
    })),
  ];
}

/** Clients with a job each, a ring that hangs once, and its recovery. */
export function schedRing(scope: SchedRingScope): System {
  const parts = new Parts(scope);
  const moves = [
    ...clientMoves(parts, scope.credits),
    ...workerMoves(parts),
    ...hardwareMoves(parts),
    ...recoveryMoves(parts),
  ];
  const { jobs, credits } = scope;
  return {
    network: network(`${jobs} jobs on a ring with ${credits} credits that hangs`, parts.all, moves),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach('all jobs are freed', parts.jobs, ({ value }) =>
        isIn(value, 'life', 'freed'),
      ),
    },
    notes: ['the hardware finishes a job only once its scheduler watches it'],
  };
}
