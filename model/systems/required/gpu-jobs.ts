import { ETIME } from '../../errno.ts';
import { fenceMachine } from '../../machines/fence.ts';
import { gpuMachine } from '../../machines/gpu.ts';
import { claim, claimOfEach, strong, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Move, Take } from '../network.ts';
import {
  clientMachine,
  handlerMachine,
  jobMachine,
  lineMachine,
  recoveryMachine,
  ringMachine,
} from './engine-tasks.ts';
import { at, isIn, listMachine, many, objectOf, only } from './parts.ts';
import { slotMachine } from './syncobj-tasks.ts';
import type { System } from './system.ts';

/** Clients of one ring, with one job each. */
export interface GpuJobsScope {
  readonly tasks: number;
}

interface FenceContext {
  readonly error: number;
}

/** What a fence goes through here; nobody counts references. */
export const JOB_FENCE: readonly string[] = [
  'init',
  `setError(${-ETIME})`,
  'signal=0',
  'stamp',
  'wait.done',
];

const FENCE_FLAGS = 3;

/** All machines. */
class Parts {
  readonly tasks;
  readonly fences;
  readonly jobs;
  readonly gpu;
  readonly ring;
  readonly line;
  /** The last doorbell was lost: the write pointer is not what the driver wrote. */
  readonly lost;
  /** Jobs whose number was written, and whose fence is to be signaled. */
  readonly written;
  readonly handler;
  readonly recovery;
  readonly t: readonly number[];

  constructor({ tasks }: GpuJobsScope) {
    const bounds = { referencesMax: 1, callbacksMax: 0, errors: [-ETIME] };
    const fence = only(objectOf<FenceContext>(fenceMachine(bounds)), JOB_FENCE);
    const gpu = objectOf(gpuMachine({ pendingMax: tasks, batchMax: 0 }));
    const doorbells = range(tasks).map((count) => `doorbell(${count + 1})`);
    const steps = ['fetch', `decode.fence(${FENCE_FLAGS})`, 'fence.flush', 'fence.write'];
    const rest = ['fence.status', 'fence.raise', 'finish', 'hang', 'reset', 'resetDone'];
    this.t = range(tasks);
    this.tasks = many(tasks, 'task', clientMachine());
    this.fences = many(tasks, 'fence', fence);
    this.jobs = many(tasks, 'job', jobMachine());
    this.gpu = {
      name: 'gpu',
      machine: only(gpu, ['powerOn', ...doorbells, 'doorbell.dropped', ...steps, ...rest]),
    };
    this.ring = { name: 'ring', machine: ringMachine(tasks) };
    this.line = { name: 'line', machine: lineMachine() };
    this.lost = { name: 'lost', machine: slotMachine() };
    this.written = { name: 'written', machine: listMachine(tasks) };
    this.handler = { name: 'handler', machine: handlerMachine(tasks) };
    this.recovery = { name: 'recovery', machine: recoveryMachine(tasks) };
  }

  get all() {
    const { tasks, fences, jobs, gpu, ring, line, lost, written, handler, recovery } = this;
    return [...tasks, ...fences, ...jobs, gpu, ring, line, lost, written, handler, recovery];
  }
}

/** Clients submit while nobody resets the device, and wait. */
function clients(parts: Parts): readonly Move[] {
  const { tasks, fences, jobs, gpu, ring, lost, recovery, t } = parts;
  const counts = t.map((job) => job + 1);
  const submit = (name: string, doorbell: (n: number) => string, before: string): readonly Move[] =>
    family(name, { t, n: counts }, ({ t, n }) => [
      [at(tasks, t), 'submit'],
      [recovery, 'isAway'],
      [ring, `submit(${t}, ${n})`],
      [gpu, doorbell(n)],
      [lost, before],
      [at(jobs, t), 'queue'],
      [at(fences, t), 'init'],
    ]);
  return [
    ...family('powerOn', {}, () => [
      [gpu, 'powerOn'],
      [ring, 'start'],
    ]),
    ...submit('submit', (n) => `doorbell(${n})`, 'isEmpty'),
    // A later one covers for it.
    ...submit('submit.cover', (n) => `doorbell(${n})`, 'clear'),
    ...submit('submit.lost', () => 'doorbell.dropped', 'fill'),
    ...submit('submit.lostToo', () => 'doorbell.dropped', 'isFilled'),
    ...family('done', { t }, ({ t }) => [
      [at(tasks, t), 'done'],
      [at(fences, t), 'wait.done'],
    ]),
  ];
}

function engine({ gpu, ring, line, written, jobs, t }: Parts): readonly Move[] {
  const steps = (...events: readonly string[]): readonly Move[] =>
    events.flatMap((event) => family(`gpu.${event}`, {}, () => [[gpu, event]]));
  return [
    ...steps('fetch', `decode.fence(${FENCE_FLAGS})`, 'fence.flush', 'fence.status'),
    ...family('gpu.write', { t }, ({ t }) => [
      [ring, `isFirst(${t})`],
      [gpu, 'fence.write'],
      [at(jobs, t), 'finish'],
      [written, `append(${t})`],
    ]),
    ...family('gpu.raise', {}, () => [
      [gpu, 'fence.raise'],
      [line, 'raise'],
    ]),
    ...family('gpu.finish', { t }, ({ t }) => [
      [ring, `shift(${t})`],
      [gpu, 'finish'],
    ]),
    ...steps('hang'),
    ...family('gpu.lostInterrupt', {}, () => [[gpu, 'fence.raise']]),
  ];
}

/** The handler signals what is written, in the order of the ring. */
function handling({ handler, line, written, fences, t }: Parts): readonly Move[] {
  const alone = (name: string, ...others: readonly Take[]): readonly Move[] =>
    family(`handler.${name}`, {}, () => [[handler, name], ...others]);
  return [
    ...alone('take', [line, 'take']),
    ...alone('poll'),
    ...alone('leave', [written, 'isEmpty']),
    ...family('handler.signal', { t }, ({ t }) => [
      [handler, `signal(${t})`],
      [written, `shift(${t})`],
      [at(fences, t), 'signal=0'],
    ]),
    ...family('handler.stamp', { t }, ({ t }) => [
      [handler, `stamp(${t})`],
      [at(fences, t), 'stamp'],
    ]),
  ];
}

function recovering(parts: Parts): readonly Move[] {
  const { recovery, handler, gpu, ring, lost, written, jobs, fences, t } = parts;
  const alone = (name: string, ...others: readonly Take[]): readonly Move[] =>
    family(`recovery.${name}`, {}, () => [[recovery, name], ...others]);
  const each = (name: string, others: (t: number) => readonly Take[]): readonly Move[] =>
    family(`recovery.${name}`, { t }, ({ t }) => [[recovery, `${name}(${t})`], ...others(t)]);
  return [
    // Some job is on the ring for too long.
    ...family('recovery.expire', { t }, ({ t }) => [
      [recovery, 'expire'],
      [ring, `isFirst(${t})`],
    ]),
    ...alone('found', [ring, 'isEmpty']),
    ...family('recovery.ring', { n: t.map((job) => job + 1) }, ({ n }) => [
      [recovery, 'ring'],
      [ring, `ring(${n})`],
      [gpu, `doorbell(${n})`],
      [lost, 'clear'],
    ]),
    // What the handler knows already is no reason.
    ...alone('check', [handler, 'isAway'], [written, 'isEmpty']),
    ...alone('reset', [gpu, 'reset']),
    ...alone('resetDone', [gpu, 'resetDone']),
    ...each('skip', (t) => [
      [ring, `shift(${t})`],
      [at(jobs, t), 'isFinished'],
    ]),
    ...each('fail', (t) => [
      [ring, `shift(${t})`],
      [at(jobs, t), 'fail'],
      [at(fences, t), `setError(${-ETIME})`],
    ]),
    ...each('signal', (t) => [[at(fences, t), 'signal=0']]),
    ...each('stamp', (t) => [[at(fences, t), 'stamp']]),
    ...alone('leave', [ring, 'isEmpty']),
  ];
}

const isOver = (value: unknown): boolean => !isIn(value, 'completion', 'pending');

function always({ fences, jobs, gpu, ring, t }: Parts): readonly Claim[] {
  return [
    ...t.map((job) =>
      claim(
        'HW-GPU-014 a fence without an error is that of a finished job',
        [at(fences, job), at(jobs, job)],
        (fence, { value }) =>
          !isOver(fence.value) || value === (fence.context.error === 0 ? 'finished' : 'failed'),
      ),
    ),
    claim(
      'HW-GPU-003 the engine has no more to do than the driver knows',
      [gpu, ring],
      ({ context }, { context: { jobs: known } }) => pendingOf(context) <= known.length,
    ),
  ];
}

/** The number of commands that a graphics engine knows of. */
function pendingOf(context: unknown): number {
  const hasPending = typeof context === 'object' && context !== null && 'pending' in context;
  return hasPending ? Number(context.pending) : 0;
}

function sometimes({
  tasks,
  gpu,
  ring,
  line,
  written,
  handler,
  recovery,
}: Parts): readonly Claim[] {
  return [
    claim(
      'HW-GPU-008 one interrupt for two jobs',
      [line, written],
      ({ value }, { context }) => value === 'high' && context.nodes.length === 2,
    ),
    claim(
      'HW-GPU-009 a job is done, and nobody hears of it',
      [gpu, line, written, handler],
      (engine, { value }, { context }, { value: where }) =>
        engine.value === 'idle' && value === 'low' && context.nodes.length > 0 && where === 'away',
    ),
    claim(
      'HW-GPU-011 an idle engine has work to do',
      [gpu, ring, recovery],
      ({ value }, { context }, { value: where }) =>
        value === 'idle' && context.jobs.length > 0 && where === 'away',
    ),
    claim(
      'HW-GPU-012 all jobs are stuck behind one that hangs',
      [gpu, ring],
      ({ value }, { context }) => value === 'hung' && context.jobs.length === tasks.length,
    ),
  ];
}

function eventually({ tasks, fences, gpu, written, handler, recovery }: Parts): Liveness[] {
  return [
    ...fences.map((fence, index): Liveness => ({
      name: `HW-GPU-012 the job of task ${index} ends`,
      whenever: claim('it waits', [at(tasks, index)], ({ value }) => value === 'waiting'),
      eventually: claim('its fence is signaled', [fence], ({ value }) => isOver(value)),
      // Who checks waits for the handler, which comes again and again.
      fair: [...weak(handler.name), ...strong(recovery.name)],
    })),
    ...fences.map((fence, index): Liveness => ({
      name: `HW-GPU-009 task ${index} hears that its job is done`,
      whenever: claim('it is', [written], ({ context }) => context.nodes.includes(index)),
      eventually: claim('its fence is signaled', [fence], ({ value }) => isOver(value)),
      fair: weak(handler.name),
    })),
    {
      name: 'HW-GPU-013 a reset comes to its end',
      whenever: claim('it has begun', [gpu], ({ value }) => value === 'resetting'),
      eventually: claim('it is over', [gpu], ({ value }) => value === 'idle'),
      fair: weak(gpu.name),
    },
  ];
}

/** Clients, a ring, and a driver that resets the engine when something takes too long. */
export function gpuJobs(scope: GpuJobsScope): System {
  const parts = new Parts(scope);
  return {
    network: network(`jobs on a ring, with hangs and resets (${scope.tasks} tasks)`, parts.all, [
      ...clients(parts),
      ...engine(parts),
      ...handling(parts),
      ...recovering(parts),
    ]),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach('all jobs are over', parts.tasks, ({ value }) => value === 'finished'),
    },
  };
}
