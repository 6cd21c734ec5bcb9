import { ENOENT } from '../../errno.ts';
import { fenceMachine } from '../../machines/fence.ts';
import { timelineMachine } from '../../machines/timeline.ts';
import { claim, claimOfEach, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { at, isIn, lockMachine, many, objectOf } from './parts.ts';
import type { System } from './system.ts';
import { clientMachine, nodeMachine, ownerMachine } from './timeline-tasks.ts';

/** Tasks that make a point each, and how far the counter goes. */
export interface TimelineCallersScope {
  readonly tasks: number;
  readonly valueMax: number;
}

interface TimelineContext {
  readonly value: number;
  readonly listed: readonly number[];
}

interface PointContext {
  readonly references: number;
  readonly error: number;
}

/** All machines. Point v has index v - 1; the owner uses the lock as user `tasks`. */
class Parts {
  readonly tasks;
  readonly owner;
  readonly timeline;
  readonly lock;
  readonly points;
  readonly nodes;
  readonly t: readonly number[];
  readonly v: readonly number[];

  constructor({ tasks, valueMax }: TimelineCallersScope) {
    const bounds = { valueMax, pointsMax: valueMax };
    const point = { referencesMax: tasks + 1, callbacksMax: 0, errors: [-ENOENT] };
    this.t = range(tasks);
    this.v = range(valueMax).map((value) => value + 1);
    this.tasks = many(tasks, 'task', clientMachine(valueMax));
    this.owner = { name: 'owner', machine: ownerMachine(valueMax) };
    this.timeline = {
      name: 'timeline',
      machine: objectOf<TimelineContext>(timelineMachine(bounds)),
    };
    this.lock = { name: 'lock', machine: lockMachine(tasks + 1) };
    this.points = many(valueMax, 'point', objectOf<PointContext>(fenceMachine(point)));
    this.nodes = many(valueMax, 'node', nodeMachine());
  }

  get all(): readonly Component[] {
    const { tasks, owner, timeline, lock, points, nodes } = this;
    return [...tasks, owner, timeline, lock, ...points, ...nodes];
  }

  point(value: number, event: string): Take {
    return [at(this.points, value - 1), event];
  }

  node(value: number, event: string): Take {
    return [at(this.nodes, value - 1), event];
  }
}

/** The owner: one hold of the lock per advance, and one for the close. */
function owning(parts: Parts): readonly Move[] {
  const { owner, timeline, lock, t, v } = parts;
  const plain = (name: string, ...others: readonly Take[]): readonly Move[] =>
    family(`owner.${name}`, {}, () => [[owner, name], ...others]);
  const walks = (name: string, event: string, others: (v: number) => readonly Take[]) =>
    family(`owner.${name}`, { v }, ({ v }) => [[owner, `${event}(${v})`], ...others(v)]);
  return [
    ...plain('open', [timeline, 'open']),
    ...plain('acquire', [lock, `acquire(${t.length})`]),
    ...plain('release', [lock, `release(${t.length})`]),
    ...plain('close', [timeline, 'close']),
    ...plain('free', [timeline, 'free']),
    ...walks('advance', 'advance', (v) => [[timeline, `advance(${v})`]]),
    ...walks('takeOff', 'takeOff', (v) => [
      parts.node(v, 'unlist'),
      parts.point(v, 'getRcu.taken'),
      [timeline, `unlist(${v})`],
    ]),
    ...walks('signal', 'signal', (v) => [
      parts.point(v, 'signal=0'),
      [timeline, `signalPoint(${v})`],
    ]),
    ...walks('stamp', 'stamp', (v) => [parts.point(v, 'stamp')]),
    ...walks('skip', 'skip', (v) => [parts.node(v, 'isOff')]),
    // Nobody holds a dead one any more; whoever dropped it last waits for the lock.
    ...walks('takeDead', 'takeDead', (v) => [
      parts.node(v, 'unlist'),
      parts.point(v, 'getRcu.missed'),
      [timeline, `unlist(${v})`],
    ]),
    ...walks('skipDead', 'skipDead', (v) => [
      parts.node(v, 'isOn'),
      parts.point(v, 'getRcu.missed'),
    ]),
    ...walks('fail', 'fail', (v) => [
      parts.node(v, 'isOn'),
      parts.point(v, 'getRcu.taken'),
      [timeline, `failPoint(${v})`],
    ]),
    ...walks('setError', 'setError', (v) => [parts.point(v, `setError(${-ENOENT})`)]),
    ...walks('signalError', 'signalError', (v) => [parts.point(v, 'signal=0')]),
    ...walks('put', 'put', (v) => [parts.point(v, 'put')]),
    ...walks('putLast', 'putLast', (v) => [parts.point(v, 'put.last')]),
    ...walks('unlist', 'unlist', (v) => [parts.node(v, 'unlist'), [timeline, `unlist(${v})`]]),
    ...walks('isOff', 'isOff', (v) => [parts.node(v, 'isOff')]),
    ...walks('freePoint', 'freePoint', (v) => [parts.point(v, 'free')]),
  ];
}

/** The tasks: a point is made, waited for, and let go. */
function using(parts: Parts): readonly Move[] {
  const { tasks, owner, timeline, lock, t, v } = parts;
  const plain = (name: string, others: (t: number) => readonly Take[]): readonly Move[] =>
    family(name, { t }, ({ t }) => [[at(tasks, t), name], ...others(t)]);
  const steps = (name: string, others: (v: number) => readonly Take[]): readonly Move[] =>
    family(name, { t, v }, ({ t, v }) => [[at(tasks, t), `${name}(${v})`], ...others(v)]);
  return [
    // Requests come only while the file is open.
    ...plain('acquire', (t) => [
      [lock, `acquire(${t})`],
      [owner, 'isOpen'],
    ]),
    ...plain('reacquire', (t) => [[lock, `acquire(${t})`]]),
    ...plain('release', (t) => [[lock, `release(${t})`]]),
    ...together(
      'request',
      steps('create', (v) => [
        parts.point(v, 'init'),
        [timeline, `create.pending(${v})`],
        parts.node(v, 'list'),
      ]),
      steps('share', (v) => [parts.point(v, 'getRcu.taken'), [timeline, `create.shared(${v})`]]),
      steps('createSignaled', (v) => [[timeline, `create.signaled(${v})`]]),
      steps('giveUp', (v) => [parts.point(v, 'getRcu.missed')]),
    ),
    ...steps('done', (v) => [parts.point(v, 'wait.done')]),
    ...steps('timedOut', (v) => [parts.point(v, 'wait.timedOut')]),
    ...steps('put', (v) => [parts.point(v, 'put')]),
    ...steps('putLast', (v) => [parts.point(v, 'put.last')]),
    ...together(
      'unlink',
      steps('unlist', (v) => [parts.node(v, 'unlist'), [timeline, `unlist(${v})`]]),
      steps('isOff', (v) => [parts.node(v, 'isOff')]),
    ),
    ...steps('free', (v) => [parts.point(v, 'free')]),
  ];
}

function always({ timeline, lock, points, nodes, v }: Parts): readonly Claim[] {
  return v.flatMap((value, index) => {
    const point = at(points, index);
    return [
      claim(
        'the timeline lists what is on the list',
        [timeline, at(nodes, index)],
        (seen, node) => seen.context.listed.includes(value) === (node.value === 'on'),
      ),
      claim(
        'SWSYNC-008 a point signals when it is due, or fails',
        [timeline, point],
        (seen, fence) => {
          const isOver = !isIn(fence.value, 'completion', 'pending');
          return !isOver || seen.context.value >= value || fence.context.error === -ENOENT;
        },
      ),
      claim(
        'SWSYNC-010 no due point that somebody holds is pending while the lock is free',
        [timeline, lock, point],
        (seen, held, fence) => {
          const isWanted = isIn(fence.value, 'life', 'alive');
          const isPending = isIn(fence.value, 'completion', 'pending');
          const isDue = seen.context.value >= value;
          return held.value === 'held' || !(isWanted && isPending && isDue);
        },
      ),
      claim(
        'SWSYNC-014 a freed timeline has no points',
        [timeline, at(nodes, index)],
        (seen, node) => (seen.value === 'freed' ? node.value === 'off' : true),
      ),
    ];
  });
}

function sometimes({ tasks, timeline, points }: Parts): readonly Claim[] {
  const [first] = points;
  const shared = tasks.length > 1 && first !== undefined;
  return [
    claim('SWSYNC-014 the timeline is freed', [timeline], ({ value }) => value === 'freed'),
    ...(first === undefined
      ? []
      : [claim('SWSYNC-012 a point fails', [first], ({ context }) => context.error === -ENOENT)]),
    ...(shared
      ? [claim('SWSYNC-006 two share a point', [first], ({ context }) => context.references > 1)]
      : []),
  ];
}

/** What a task does under the lock. */
const HOLDS = ['request', 'unlink', 'release'];

/** Moves that are one family to those who wait for them: one of them is always possible. */
function together(name: string, ...moves: readonly (readonly Move[])[]): readonly Move[] {
  return moves.flat().map((move) => ({ ...move, family: name }));
}

function eventually({ tasks, owner, points, nodes }: Parts): readonly Liveness[] {
  const names = tasks.map(({ name }) => name);
  const everybody = weak(owner.name, ...names);
  const isLife = (value: unknown, name: string): boolean => isIn(value, 'life', name);
  return [
    ...points.flatMap((point, index): readonly Liveness[] => [
      {
        name: `SWSYNC-008 ${point.name} signals, fails, or is let go`,
        whenever: claim('it is on the list', [at(nodes, index)], ({ value }) => value === 'on'),
        eventually: claim(
          'it is done or dying',
          [point],
          ({ value }) => !isIn(value, 'completion', 'pending') || !isLife(value, 'alive'),
        ),
        // Not because a time-out ends all waits: of the tasks, only who holds the lock goes on.
        fair: weak(owner.name, ...HOLDS),
      },
      {
        name: `SWSYNC-016 ${point.name} is freed when nobody holds it`,
        whenever: claim('it is dying', [point], ({ value }) => isLife(value, 'dying')),
        eventually: claim('it is freed', [point], ({ value }) => isLife(value, 'freed')),
        fair: everybody,
      },
    ]),
    ...tasks.map((task): Liveness => ({
      name: `SWSYNC-008 ${task.name} ends its wait`,
      whenever: claim('it waits', [task], ({ value }) => value === 'waiting'),
      eventually: claim('it has ended', [task], ({ value }) => value !== 'waiting'),
      // Not by its own time-out.
      fair: weak(owner.name, ...names.filter((name) => name !== task.name), 'done'),
    })),
  ];
}

/** Tasks with points of one timeline, and the owner that moves its counter and closes it. */
export function timelineCallers(scope: TimelineCallersScope): System {
  const parts = new Parts(scope);
  const { tasks, valueMax } = scope;
  const name = `sync timeline with points and callers (${tasks} tasks, values to ${valueMax})`;
  return {
    network: network(name, parts.all, [...owning(parts), ...using(parts)]),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      // Whoever comes after the close comes never.
      mayEnd: claimOfEach('all is over', [parts.owner, ...parts.tasks], ({ value }) =>
        ['freed', 'finished', 'idle'].some((name) => name === value),
      ),
    },
  };
}
