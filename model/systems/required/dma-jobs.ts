import { ETIME } from '../../errno.ts';
import { dmaEngineMachine } from '../../machines/dma-engine.ts';
import { fenceMachine } from '../../machines/fence.ts';
import { claim, claimOfEach, strong, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Move, Take } from '../network.ts';
import {
  clientMachine,
  handlerMachine,
  jobMachine,
  lineMachine,
  watchdogMachine,
} from './engine-tasks.ts';
import { JOB_FENCE } from './gpu-jobs.ts';
import { at, isIn, lockMachine, many, objectOf, only } from './parts.ts';
import type { System } from './system.ts';

/** Clients of one engine, with one job each. */
export interface DmaJobsScope {
  readonly tasks: number;
}

interface FenceContext {
  readonly error: number;
}

interface EngineContext {
  readonly acknowledged: boolean;
}

const BURSTS = 1;

/** All machines. Who has the lock has a job on the engine. */
class Parts {
  readonly tasks;
  readonly fences;
  readonly jobs;
  readonly engine;
  readonly lock;
  readonly line;
  readonly handler;
  readonly watchdog;
  readonly t: readonly number[];

  constructor({ tasks }: DmaJobsScope) {
    const bounds = { referencesMax: 1, callbacksMax: 0, errors: [-ETIME] };
    const fence = only(objectOf<FenceContext>(fenceMachine(bounds)), JOB_FENCE);
    const steps = ['start', `latch(${BURSTS})`, 'read', 'write', 'drain', 'publish', 'raise'];
    const ends = ['partial.error', 'hang', 'ack', 'reset'];
    const engine = objectOf<EngineContext>(dmaEngineMachine({ burstsMax: BURSTS }));
    this.t = range(tasks);
    this.tasks = many(tasks, 'task', clientMachine());
    this.fences = many(tasks, 'fence', fence);
    this.jobs = many(tasks, 'job', jobMachine());
    this.engine = { name: 'engine', machine: only(engine, [...steps, ...ends]) };
    this.lock = { name: 'lock', machine: lockMachine(tasks) };
    this.line = { name: 'line', machine: lineMachine() };
    this.handler = { name: 'handler', machine: handlerMachine(tasks) };
    this.watchdog = { name: 'watchdog', machine: watchdogMachine(tasks) };
  }

  get all() {
    const { tasks, fences, jobs, engine, lock, line, handler, watchdog } = this;
    return [...tasks, ...fences, ...jobs, engine, lock, line, handler, watchdog];
  }
}

function clients({ tasks, fences, jobs, engine, lock, watchdog, t }: Parts): readonly Move[] {
  return [
    ...family('submit', { t }, ({ t }) => [
      [at(tasks, t), 'submit'],
      [lock, `acquire(${t})`],
      [watchdog, 'isAway'],
      [engine, 'start'],
      [at(jobs, t), 'queue'],
      [at(fences, t), 'init'],
    ]),
    ...family('done', { t }, ({ t }) => [
      [at(tasks, t), 'done'],
      [at(fences, t), 'wait.done'],
    ]),
  ];
}

/** The job on the engine is the only one that is queued. */
function copying({ engine, line, jobs, t }: Parts): readonly Move[] {
  const steps = (...events: readonly string[]): readonly Move[] =>
    events.flatMap((event) => family(`engine.${event}`, {}, () => [[engine, event]]));
  const ends = (event: string, how: string): readonly Move[] =>
    family(`engine.${event}`, { t }, ({ t }) => [
      [at(jobs, t), how],
      [engine, event],
    ]);
  return [
    ...steps(`latch(${BURSTS})`, 'read', 'write', 'publish', 'hang'),
    ...ends('drain', 'finish'),
    ...ends('partial.error', 'fail'),
    ...family('engine.raise', {}, () => [
      [engine, 'raise'],
      [line, 'raise'],
    ]),
    ...family('engine.lostInterrupt', {}, () => [[engine, 'raise']]),
  ];
}

/** The handler asks the engine how the job ended before it takes note of that. */
function handling({ handler, line, engine, lock, jobs, fences, t }: Parts): readonly Move[] {
  const alone = (name: string, ...others: readonly Take[]): readonly Move[] =>
    family(`handler.${name}`, {}, () => [[handler, name], ...others]);
  const each = (name: string, others: (t: number) => readonly Take[]): readonly Move[] =>
    family(`handler.${name}`, { t }, ({ t }) => [[handler, `${name}(${t})`], ...others(t)]);
  return [
    ...alone('take', [line, 'take']),
    ...alone('poll'),
    ...alone('leave'),
    ...each('signal', (t) => [
      [at(jobs, t), 'isFinished'],
      [engine, 'ack'],
      [lock, `release(${t})`],
      [at(fences, t), 'signal=0'],
    ]),
    ...each('fail', (t) => [
      [at(jobs, t), 'isFailed'],
      [engine, 'ack'],
      [lock, `release(${t})`],
      [at(fences, t), `setError(${-ETIME})`],
    ]),
    ...each('signalFailed', (t) => [[at(fences, t), 'signal=0']]),
    ...each('stamp', (t) => [[at(fences, t), 'stamp']]),
  ];
}

function watching({ watchdog, handler, engine, lock, jobs, fences, t }: Parts): readonly Move[] {
  const each = (name: string, event: string, others: (t: number) => readonly Take[]) =>
    family(`watchdog.${name}`, { t }, ({ t }) => [[watchdog, `${event}(${t})`], ...others(t)]);
  return [
    ...each('expire', 'expire', (t) => [[at(jobs, t), 'isQueued']]),
    ...each('found', 'found', (t) => [[at(jobs, t), 'isFinished']]),
    ...each('foundFailed', 'found', (t) => [[at(jobs, t), 'isFailed']]),
    ...each('reset', 'reset', (t) => [
      [handler, 'isAway'],
      [at(jobs, t), 'fail'],
      [engine, 'reset'],
      [lock, `release(${t})`],
    ]),
    ...each('fail', 'fail', (t) => [[at(fences, t), `setError(${-ETIME})`]]),
    ...each('signal', 'signal', (t) => [[at(fences, t), 'signal=0']]),
    ...each('stamp', 'stamp', (t) => [[at(fences, t), 'stamp']]),
  ];
}

const isOver = (value: unknown): boolean => !isIn(value, 'completion', 'pending');

function always({ fences, jobs, engine, lock, t }: Parts): readonly Claim[] {
  return [
    ...t.map((job) =>
      claim(
        'HW-DMA-005 a fence without an error is that of a job that was copied',
        [at(fences, job), at(jobs, job)],
        (fence, { value }) =>
          !isOver(fence.value) || value === (fence.context.error === 0 ? 'finished' : 'failed'),
      ),
    ),
    claim(
      'HW-DMA-004 an engine that nobody has is idle, or has nothing but its last steps to do',
      [engine, lock],
      (seen, { value: held }) =>
        held === 'held' || seen.value === 'idle' || seen.context.acknowledged,
    ),
  ];
}

function sometimes({ engine, line, handler, jobs }: Parts): readonly Claim[] {
  return [
    claim('HW-DMA-006 the engine hangs', [engine], ({ value }) => value === 'hung'),
    claim(
      'HW-DMA-003 a job is done, and nobody hears of it',
      [engine, line, handler],
      (seen, { value }, { value: where }) =>
        isIn(seen.value, 'done', 'settled') && value === 'low' && where === 'away',
    ),
    claim('HW-DMA-005 a job fails', jobs.slice(0, 1), ({ value }) => value === 'failed'),
  ];
}

function eventually({ tasks, fences, jobs, handler, watchdog }: Parts): readonly Liveness[] {
  return fences.flatMap((fence, index): readonly Liveness[] => {
    const over = claim('its fence is signaled', [fence], ({ value }) => isOver(value));
    return [
      {
        name: `HW-DMA-006 the job of task ${index} ends`,
        whenever: claim('it waits', [at(tasks, index)], ({ value }) => value === 'waiting'),
        eventually: over,
        // Who resets waits for the handler, which comes again and again.
        fair: [...weak(handler.name), ...strong('handler.signal', 'handler.fail', watchdog.name)],
      },
      {
        name: `HW-DMA-003 task ${index} hears that its job is done`,
        whenever: claim('it is', [at(jobs, index)], ({ value }) => value === 'finished'),
        eventually: over,
        // It may leave without a look, but not for ever.
        fair: [...weak(handler.name), ...strong('handler.signal')],
      },
    ];
  });
}

/** Clients that take turns on an engine, and a driver that resets it when a job takes too long. */
export function dmaJobs(scope: DmaJobsScope): System {
  const parts = new Parts(scope);
  return {
    network: network(
      `copies by an engine, with hangs and resets (${scope.tasks} tasks)`,
      parts.all,
      [...clients(parts), ...copying(parts), ...handling(parts), ...watching(parts)],
    ),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach('all jobs are over', parts.tasks, ({ value }) => value === 'finished'),
    },
  };
}
