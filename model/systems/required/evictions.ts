import { fenceMachine } from '../../machines/fence.ts';
import { claim, claimOfEach, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import {
  bootMachine,
  contentMachine,
  copyMachine,
  movingObject,
  onePlace,
  ownerJobMachine,
  ownerMachine,
  rangeMachine,
  recordMachine,
  triedLockMachine,
} from './eviction-parts.ts';
import { at, isIn, many, objectOf } from './parts.ts';
import type { System } from './system.ts';

/** Tasks, each with an object, that want the one range of a device's memory. */
export interface EvictionsScope {
  readonly owners: number;
}

/** All machines; task t has object t with a reservation, a job, and maybe a copy out of the range. */
class Parts {
  readonly t: readonly number[];
  readonly tasks;
  readonly locks;
  readonly objects;
  readonly jobs;
  readonly copies;
  readonly fences;
  readonly place: Component = { name: 'place', machine: onePlace() };
  readonly boot: Component = { name: 'boot', machine: bootMachine() };
  readonly record: Component;
  readonly range;
  readonly content;

  constructor({ owners }: EvictionsScope) {
    const fence = fenceMachine({ referencesMax: 1, callbacksMax: 0, errors: [] });
    this.t = range(owners);
    this.tasks = many(owners, 'task', ownerMachine(owners));
    this.locks = many(owners, 'lock', triedLockMachine(owners));
    this.objects = many(owners, 'object', movingObject());
    this.jobs = many(owners, 'job', ownerJobMachine(owners));
    this.copies = many(owners, 'copy', copyMachine());
    this.fences = many(owners, 'fence', objectOf<unknown>(fence));
    this.record = { name: 'record', machine: recordMachine(owners) };
    this.range = { name: 'range', machine: rangeMachine(owners) };
    this.content = { name: 'content', machine: contentMachine(owners) };
  }

  get all(): readonly Component[] {
    const { tasks, locks, objects, jobs, copies, fences } = this;
    const { place, boot, record, range: only, content } = this;
    return [
      ...[...tasks, ...locks, ...objects, ...jobs, ...copies, ...fences],
      ...[place, boot, record, only, content],
    ];
  }
}

/** What a task does with its own object. */
function ownMoves(parts: Parts): readonly Move[] {
  const { t, tasks, locks, objects, jobs, place, boot, record, range: memory } = parts;
  const steps = (name: string, others: (t: number) => readonly Take[]): readonly Move[] =>
    family(name, { t }, ({ t }) => [[at(tasks, t), name], ...others(t)]);
  return [
    ...family('boot', {}, () => [
      [boot, 'boot'],
      [place, 'init'],
    ]),
    ...steps('create', (t) => [
      [boot, 'isOn'],
      [at(objects, t), 'init'],
    ]),
    ...steps('lock', (t) => [[at(locks, t), `acquire(${t})`]]),
    ...steps('alloc', (t) => [
      [memory, `take(${t})`],
      [place, 'alloc=0'],
    ]),
    ...steps('passNone', () => [[place, 'pass.none=0']]),
    ...family('pass', { t, v: t }, ({ t, v }) => [
      [at(tasks, t), 'pass'],
      [record, `isCopy(${v})`],
      [place, 'pass=0'],
      [at(jobs, t), `hear(${v})`],
    ]),
    ...steps('begin', (t) => [[at(objects, t), 'move.begin']]),
    ...steps('end', (t) => [[at(objects, t), 'move.end']]),
    ...steps('submit', (t) => [[at(jobs, t), 'submit']]),
    ...steps('unlock', (t) => [[at(locks, t), `release(${t})`]]),
  ];
}

/** What it does with who has the range. */
function evictingMoves(parts: Parts): readonly Move[] {
  const { t, tasks, locks, objects, copies, fences, place, record, range: memory } = parts;
  const steps = (name: string, others: (t: number, v: number) => readonly Take[]) =>
    family(name, { t, v: t }, ({ t, v }): readonly Take[] | null =>
      t === v ? null : [[at(tasks, t), `${name}(${v})`], ...others(t, v)],
    );
  return [
    ...steps('tryVictim', (t, v) => [
      [memory, `isOf(${v})`],
      [place, 'alloc.full=-28'],
      [at(locks, v), `acquire(${t})`],
    ]),
    ...steps('miss', (_t, v) => [
      [memory, `isOf(${v})`],
      [at(locks, v), 'isHeld'],
    ]),
    ...steps('beginVictim', (_t, v) => [[at(objects, v), 'move.begin']]),
    ...steps('queueCopy', (_t, v) => [
      [at(copies, v), 'queue'],
      [at(fences, v), 'init'],
    ]),
    ...steps('record', (_t, v) => [
      [place, 'record'],
      [record, `record(${v})`],
    ]),
    ...steps('leave', (_t, v) => [[at(objects, v), 'leave']]),
    ...steps('free', (_t, v) => [
      [memory, `give(${v})`],
      [place, 'free'],
    ]),
    ...steps('endVictim', (_t, v) => [[at(objects, v), 'move.end']]),
    ...steps('unlockVictim', (t, v) => [[at(locks, v), `release(${t})`]]),
  ];
}

/** What the device does by itself. */
function deviceMoves({ t, jobs, copies, fences, content }: Parts): readonly Move[] {
  return [
    ...family('job.alone', { t }, ({ t }) => [
      [at(jobs, t), 'runAlone'],
      [content, `write(${t})`],
    ]),
    ...family('job.after', { t, v: t }, ({ t, v }) => [
      [at(jobs, t), `runAfter(${v})`],
      [at(copies, v), 'isDone'],
      [content, `write(${t})`],
    ]),
    ...(['good', 'bad'] as const).flatMap((outcome) =>
      family(`copy.${outcome}`, { v: t }, ({ v }) => [
        [at(copies, v), outcome],
        [at(jobs, v), 'isDone'],
        [content, `${outcome === 'good' ? 'readsOwn' : 'readsOther'}(${v})`],
      ]),
    ),
    ...family('copy.signal', { v: t }, ({ v }) => [
      [at(copies, v), 'signal'],
      [at(fences, v), 'signal=0'],
    ]),
    ...family('copy.stamp', { v: t }, ({ v }) => [
      [at(copies, v), 'stamp'],
      [at(fences, v), 'stamp'],
    ]),
  ];
}

const ENGAGED = ['signaling', 'stamping', 'done'];
const MOVING = ['filling', 'moving', 'between'];

function always(parts: Parts): readonly Claim[] {
  const { t, objects, locks, jobs, copies, fences } = parts;
  return t.flatMap((t) => [
    claim(
      'EVICT-005 a copy out finds what its object has written',
      [at(copies, t)],
      ({ value }) => value !== 'spoilt',
    ),
    claim(
      'EVICT-012 no copy comes before a job that uses what it copies',
      [at(copies, t), at(jobs, t)],
      (copy, job) => !ENGAGED.some((state) => copy.value === state) || job.value === 'done',
    ),
    claim(
      'EVICT-003 an object moves under its reservation',
      [at(objects, t), at(locks, t)],
      ({ value }, lock) =>
        !MOVING.some((state) => isIn(value, 'storage', state)) || lock.value === 'held',
    ),
    ...parts.t
      .filter((v) => v !== t)
      .map((v) =>
        claim(
          'EVICT-004 no job is done before the copy that it was told of',
          [at(jobs, t), at(fences, v)],
          (job, { value }) =>
            job.value !== 'done' || job.context.copy !== v || isIn(value, 'completion', 'signaled'),
        ),
      ),
  ]);
}

function sometimes({ tasks, copies, jobs, range: memory }: Parts): readonly Claim[] {
  const [task, second] = [at(tasks, 0), at(tasks, 1)];
  return [
    claim(
      'EVICT-005 the range is given out again while the copy out of it goes on',
      [at(copies, 1), memory],
      ({ value }, held) => value === 'queued' && held.context.holder === 0,
    ),
    claim(
      'EVICT-004 a job waits for a copy',
      [at(jobs, 0), at(copies, 1)],
      (job, copy) => job.value === 'queued' && job.context.copy === 1 && copy.value === 'queued',
    ),
    claim(
      'EVICT-001 a victim that is in use is passed over',
      [task, second],
      (one, other) => one.value === 'leaving' && other.value === 'moving',
    ),
    claim(
      'EVICT-012 a job goes on while its object moves',
      [at(jobs, 1), at(copies, 1)],
      (job, copy) => job.value === 'queued' && copy.value === 'queued',
    ),
  ];
}

function eventually({ tasks, jobs, copies, boot }: Parts): readonly Liveness[] {
  const fair = weak(...[...tasks, ...jobs, ...copies, boot].map(({ name }) => name));
  return [
    ...tasks.map((task): Liveness => ({
      name: `EVICT-001 ${task.name} comes to an end`,
      eventually: claim('it does', [task], ({ value }) => value === 'finished'),
      fair,
    })),
    ...copies.map((copy): Liveness => ({
      name: `EVICT-012 ${copy.name} is done once it is queued`,
      whenever: claim('queued', [copy], ({ value }) => value === 'queued'),
      eventually: claim('done', [copy], ({ value }) => value === 'done'),
      fair,
    })),
  ];
}

/** Objects that follow each other in one range, the content of which is still being copied out. */
export function evictions(scope: EvictionsScope): System {
  const parts = new Parts(scope);
  const moves = [...ownMoves(parts), ...evictingMoves(parts), ...deviceMoves(parts)];
  return {
    network: network(`one range for ${scope.owners} objects`, parts.all, moves),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach('all is over', parts.tasks, ({ value }) => value === 'finished'),
    },
  };
}
