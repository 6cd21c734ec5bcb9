import { fenceMachine } from '../../machines/fence.ts';
import { claim, claimOfEach, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import {
  deviceJobMachine,
  dynamicAttachment,
  importerMachine,
  moverMachine,
  placeMachine,
  viewMachine,
} from './attachment-parts.ts';
import { at, isIn, lockMachine, many, objectOf } from './parts.ts';
import type { System } from './system.ts';

/** Devices that use one buffer, which moves once. */
export interface BufferMovesScope {
  readonly importers: number;
}

/** All machines; importer t has attachment t, job t with fence t, and a view of its own. */
class Parts {
  readonly t: readonly number[];
  readonly tasks;
  readonly attachments;
  readonly jobs;
  readonly fences;
  readonly views;
  readonly mover: Component;
  readonly place: Component;
  readonly lock;

  constructor({ importers }: BufferMovesScope) {
    const fence = fenceMachine({ referencesMax: 1, callbacksMax: 0, errors: [] });
    this.t = range(importers);
    this.tasks = many(importers, 'task', importerMachine());
    this.attachments = many(importers, 'attachment', dynamicAttachment());
    this.jobs = many(importers, 'job', deviceJobMachine());
    this.fences = many(importers, 'fence', objectOf<unknown>(fence));
    this.views = many(importers, 'view', viewMachine());
    this.mover = { name: `task ${importers}`, machine: moverMachine() };
    this.place = { name: 'place', machine: placeMachine() };
    this.lock = { name: 'lock', machine: lockMachine(importers + 1) };
  }

  get all(): readonly Component[] {
    const { tasks, attachments, jobs, fences, views, mover, place, lock } = this;
    return [...tasks, ...attachments, ...jobs, ...fences, ...views, mover, place, lock];
  }

  /** The user of the lock that moves the storage. */
  get moverUser(): number {
    return this.t.length;
  }
}

/** Every choice of who is on the list, as one bit for each importer. */
function lists({ t }: Parts): readonly number[] {
  return range(2 ** t.length);
}

/** On the list they take `event`; the others are away. */
function listed({ t, tasks, attachments }: Parts, list: number, event: string): readonly Take[] {
  return t.map((t): Take =>
    ((list >> t) & 1) === 1 ? [at(attachments, t), event] : [at(tasks, t), 'isAway'],
  );
}

function moves(parts: Parts): readonly Move[] {
  const { t, tasks, attachments, jobs, fences, views, mover, place, lock, moverUser } = parts;
  const steps = (name: string, others: (t: number) => readonly Take[]): readonly Move[] =>
    family(name, { t }, ({ t }) => [[at(tasks, t), name], ...others(t)]);
  const bits = lists(parts);
  return [
    ...steps('enter', (t) => [[lock, `acquire(${t})`]]),
    ...steps('leave', (t) => [[lock, `release(${t})`]]),
    ...steps('attach', (t) => [[at(attachments, t), 'attach.dynamic']]),
    ...family('map', { t, isNew: [0, 1] }, ({ t, isNew }) => [
      [at(tasks, t), 'map'],
      [at(attachments, t), 'map'],
      [place, isNew === 1 ? 'isNew' : 'isOld'],
      [at(views, t), isNew === 1 ? 'mapNew' : 'mapOld'],
    ]),
    ...steps('submit', (t) => [
      [at(fences, t), 'init'],
      [at(jobs, t), 'submit'],
    ]),
    ...steps('finish', (t) => [
      [at(jobs, t), 'isDone'],
      [lock, `acquire(${t})`],
    ]),
    ...steps('unmap', (t) => [
      [at(attachments, t), 'unmap'],
      [at(views, t), 'unmap'],
    ]),
    ...steps('detach', (t) => [[at(attachments, t), 'detach']]),
    ...family('access', { t }, ({ t }) => [
      [at(jobs, t), 'access'],
      [at(attachments, t), 'access'],
    ]),
    ...family('signal', { t }, ({ t }) => [
      [at(jobs, t), 'signal'],
      [at(fences, t), 'signal=0'],
    ]),
    ...family('stamp', { t }, ({ t }) => [
      [at(jobs, t), 'stamp'],
      [at(fences, t), 'stamp'],
    ]),
    ...family('mover.enter', {}, () => [
      [mover, 'enter'],
      [lock, `acquire(${moverUser})`],
    ]),
    ...family('mover.notify', { list: bits }, ({ list }) => [
      [mover, 'notify'],
      ...listed(parts, list, 'notify'),
      ...t.filter((t) => ((list >> t) & 1) === 1).map((t): Take => [at(views, t), 'notify']),
    ]),
    ...family('mover.relocate', { list: bits }, ({ list }) => [
      [mover, 'relocate'],
      [place, 'relocate'],
      ...listed(parts, list, 'relocate'),
      ...jobs.map((job): Take => [job, 'relocate']),
    ]),
    ...family('mover.leave', {}, () => [
      [mover, 'leave'],
      [lock, `release(${moverUser})`],
    ]),
    ...family('mover.reuse', {}, () => [
      [mover, 'reuse'],
      ...jobs.map((job): Take => [job, 'mayReuse']),
    ]),
  ];
}

const INSIDE = ['attaching', 'attached', 'mapping', 'mapped', 'submitted'];
const LEAVING = ['unmapping', 'unmapped', 'detached'];
const MOVING = ['inside', 'told', 'moved'];
const isInside = (value: unknown): boolean =>
  [...INSIDE, ...LEAVING].some((name) => name === value);
const isMoving = (value: unknown): boolean => MOVING.some((name) => name === value);
const hasMoved = (value: unknown): boolean =>
  ['moved', 'waiting', 'finished'].some((name) => name === value);

function always({ t, tasks, attachments, jobs, fences, views, mover }: Parts): readonly Claim[] {
  return [
    ...tasks.map((task) =>
      claim('ATTACH-032 nobody maps while a move is going on', [task, mover], (one, other) =>
        isInside(one.value) ? !isMoving(other.value) : true,
      ),
    ),
    ...t.flatMap((t) => [
      claim(
        'ATTACH-031 no device reaches a place that was given away',
        [at(jobs, t), at(views, t), mover],
        (job, view, { value }) =>
          job.value !== 'queued' || view.value !== 'told' || value !== 'finished',
      ),
      claim(
        'ATTACH-028 who has mapped the old place has heard of the move',
        [at(views, t), mover],
        (view, { value }) => !hasMoved(value) || view.value !== 'old',
      ),
      claim(
        'ATTACH-009 nothing is mapped when it is detached',
        [at(tasks, t), at(views, t)],
        (task, view) => task.value !== 'detached' || view.value === 'none',
      ),
      claim(
        'ATTACH-007 who has left is on no list',
        [at(tasks, t), at(attachments, t)],
        (task, { value }) => task.value !== 'finished' || value === 'unlisted',
      ),
      claim(
        'ATTACH-031 a job that is not done has a pending fence',
        [at(jobs, t), at(fences, t)],
        (job, { value }) =>
          (job.value !== 'queued' && job.value !== 'accessed') ||
          isIn(value, 'completion', 'pending'),
      ),
    ]),
  ];
}

function sometimes({ tasks, jobs, views, mover }: Parts): readonly Claim[] {
  const [job] = jobs;
  const [view, other] = views;
  const [task] = tasks;
  if (job === undefined || view === undefined || task === undefined) return [];
  return [
    claim(
      'ATTACH-031 a device works on the old place behind the move',
      [job, view, mover],
      (one, two, { value }) =>
        one.value === 'queued' && two.value === 'told' && value === 'waiting',
    ),
    claim('ATTACH-033 the storage moves before it is mapped', [task, mover], (one, { value }) =>
      one.value === 'ready' ? value === 'finished' : false,
    ),
    ...(other === undefined
      ? []
      : [
          claim('ATTACH-030 one sees the old place, one the new', [view, other], (one, two) =>
            one.value === 'told' ? two.value === 'new' : false,
          ),
        ]),
  ];
}

function eventually({ tasks, jobs, mover }: Parts): readonly Liveness[] {
  const fair = weak(...[...tasks, ...jobs, mover].map(({ name }) => name));
  return [
    ...tasks.map((task): Liveness => ({
      name: `ATTACH-029 ${task.name} comes through`,
      eventually: claim('it is done', [task], ({ value }) => value === 'finished'),
      fair,
    })),
    {
      name: 'ATTACH-031 the old place is given away',
      eventually: claim('it is', [mover], ({ value }) => value === 'finished'),
      fair,
    },
  ];
}

/** Importers that follow moves, and an exporter that moves the storage below them. */
export function bufferMoves(scope: BufferMovesScope): System {
  const parts = new Parts(scope);
  return {
    network: network(`buffer that moves (${scope.importers} importers)`, parts.all, moves(parts)),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach(
        'all tasks are done',
        [...parts.tasks, parts.mover],
        ({ value }) => value === 'finished',
      ),
    },
  };
}
