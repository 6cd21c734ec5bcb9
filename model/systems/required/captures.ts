import { writebackJobMachine } from '../../machines/writeback-job.ts';
import { claim, claimOfEach, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { askerMachine, capturerMachine } from './display-tasks.ts';
import { at, listMachine, many, objectOf } from './parts.ts';
import { slotMachine } from './syncobj-tasks.ts';
import type { System } from './system.ts';

/** Jobs of one connector, those who ask for them, and the worker that captures. */
class Parts {
  readonly j: readonly number[];
  readonly askers: readonly Component[];
  readonly capturer: Component;
  readonly jobs: readonly Component[];
  readonly queue: Component;
  readonly fences: readonly Component[];
  /** The job that the worker is at. */
  readonly current: readonly Component[];

  constructor(jobs: number) {
    this.j = range(jobs);
    this.askers = many(jobs, 'task', askerMachine());
    this.capturer = { name: 'capturer', machine: capturerMachine() };
    this.jobs = many(jobs, 'job', objectOf(writebackJobMachine()));
    this.queue = { name: 'queue', machine: listMachine(jobs) };
    this.fences = many(jobs, 'fence', slotMachine());
    this.current = many(jobs, 'current', slotMachine());
  }

  get all(): readonly Component[] {
    const { askers, capturer, jobs, queue, fences, current } = this;
    return [...askers, capturer, ...jobs, queue, ...fences, ...current];
  }
}

function moves({ j, askers, capturer, jobs, queue, fences, current }: Parts): readonly Move[] {
  const asks = (step: string, event: string, others: (j: number) => readonly Take[] = () => []) =>
    family(`asker.${step}`, { j }, ({ j }) => [
      [at(askers, j), step],
      [at(jobs, j), event],
      ...others(j),
    ]);
  const works = (step: string, event: string, others: (j: number) => readonly Take[]) =>
    family(`capturer.${step}`, { j }, ({ j }) => [
      [capturer, step],
      [at(jobs, j), event],
      ...others(j),
    ]);
  return [
    ...asks('make', 'make'),
    ...asks('promise', 'promise'),
    ...asks('prepare', 'prepare'),
    ...asks('queue', 'queue', (j) => [[queue, `append(${j})`]]),
    ...asks('giveUp', 'cleanUp'),
    ...works('complete', 'complete', (j) => [
      [queue, `shift(${j})`],
      [at(current, j), 'fill'],
    ]),
    ...works('signal', 'signal', (j) => [
      [at(current, j), 'isFilled'],
      [at(fences, j), 'fill'],
    ]),
    ...works('cleanUp', 'cleanUp', (j) => [[at(current, j), 'clear']]),
  ];
}

const isFilled = (value: unknown): boolean => value === 'filled';

function always({ j, jobs, fences }: Parts): readonly Claim[] {
  return j.map((job) =>
    claim(
      'KMS-021 a fence signals when its picture is there',
      [at(fences, job), at(jobs, job)],
      (fence, { value }) => !isFilled(fence.value) || value === 'done' || value === 'freed',
    ),
  );
}

function sometimes({ jobs, fences, askers }: Parts): readonly Claim[] {
  return [
    claim(
      'KMS-021 two jobs are queued',
      [at(jobs, 0), at(jobs, 1)],
      (one, other) => one.value === 'queued' && other.value === 'queued',
    ),
    claim(
      'KMS-024 a job is given up',
      [at(askers, 0), at(jobs, 0), at(fences, 0)],
      (task, job, fence) =>
        task.value === 'finished' && job.value === 'freed' && !isFilled(fence.value),
    ),
  ];
}

function eventually({ j, jobs, fences, capturer, askers }: Parts): readonly Liveness[] {
  return j.flatMap((job): Liveness[] => [
    {
      name: `KMS-021 what was queued is captured, job ${job}`,
      whenever: claim('queued', [at(jobs, job)], ({ value }) => value === 'queued'),
      eventually: claim('signaled', [at(fences, job)], ({ value }) => isFilled(value)),
      fair: weak(capturer.name),
    },
    {
      name: `KMS-021 job ${job} gives everything back`,
      eventually: claim('freed', [at(jobs, job)], ({ value }) => value === 'freed'),
      fair: weak(at(askers, job).name, capturer.name),
    },
  ]);
}

/** Captures of one connector, asked for by several tasks, and some given up in time. */
export function captures({ jobs }: { readonly jobs: number }): System {
  const parts = new Parts(jobs);
  return {
    network: network(`${jobs} captures of a connector`, parts.all, moves(parts)),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach('all is over', parts.askers, ({ value }) => value === 'finished'),
    },
  };
}
