import { eventName } from '../../unfold.ts';
import { fenceMachine } from '../../machines/fence.ts';
import { claim, claimOfEach, strong, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { at, isIn, many, objectOf } from './parts.ts';
import { adderMachine, hardwareMachine, jobMachine, resvOf, watcherMachine } from './resv-parts.ts';
import type { AddedFence } from './resv-parts.ts';
import type { System } from './system.ts';

/** Tasks that add fences to one reservation object. */
export interface ResvTasksScope {
  /** By task: the fence that it adds. */
  readonly tasks: readonly AddedFence[];
  /** Somebody else takes the lock again and again, for ever. */
  readonly isWatched: boolean;
}

const USAGES = ['kernel', 'write', 'read', 'bookkeep'];

interface Slot {
  readonly fence: number;
  readonly isSignaled: boolean;
}

interface ResvContext {
  readonly slots: readonly Slot[];
  readonly max: number;
}

/** All machines; task t has fence t. */
class Parts {
  readonly added: readonly AddedFence[];
  readonly tasks;
  readonly watchers;
  readonly fences;
  readonly jobs;
  readonly resv;
  readonly hardware;
  readonly t: readonly number[];
  /** By task: the event of the reservation object that adds its fence. */
  readonly adds: readonly string[];

  constructor({ tasks, isWatched }: ResvTasksScope) {
    const lifecycle = resvOf(tasks);
    const bounds = { referencesMax: 1, callbacksMax: 0, errors: [] };
    const count = tasks.length;
    this.added = tasks;
    this.t = range(count);
    this.adds = lifecycle.alphabet.filter(({ type }) => type === 'add').map(eventName);
    this.tasks = many(count, 'task', adderMachine());
    this.watchers = isWatched ? many(1, 'watcher', watcherMachine()) : [];
    this.fences = many(count, 'fence', objectOf<unknown>(fenceMachine(bounds)));
    this.jobs = many(count, 'job', jobMachine());
    this.resv = { name: 'resv', machine: objectOf<ResvContext>(lifecycle) };
    this.hardware = { name: 'hardware', machine: hardwareMachine(count) };
  }

  get all(): readonly Component[] {
    const { tasks, watchers, fences, jobs, resv, hardware } = this;
    return [...tasks, ...watchers, ...fences, ...jobs, resv, hardware];
  }

  /** Fences of the same context that come earlier in it. */
  before(fence: number): readonly number[] {
    const { context, seqno } = at(this.added, fence);
    return this.t.filter((other) => {
      const one = at(this.added, other);
      return one.context === context && one.seqno < seqno;
    });
  }
}

function moves(parts: Parts): readonly Move[] {
  const { t, tasks, watchers, fences, jobs, resv, hardware } = parts;
  const steps = (name: string, others: (t: number) => readonly Take[]): readonly Move[] =>
    family(name, { t }, ({ t }) => [[at(tasks, t), name], ...others(t)]);
  const watches = (name: string, event: string): readonly Move[] =>
    watchers.flatMap((watcher) =>
      family(`watcher.${name}`, {}, () => [
        [watcher, name],
        [resv, event],
      ]),
    );
  return [
    ...family('open', {}, () => [[resv, 'init']]),
    ...steps('init', (t) => [[at(fences, t), 'init']]),
    ...steps('lock', () => [[resv, 'lock=0']]),
    ...steps('reserve', () => [[resv, 'reserve(1)=0']]),
    ...steps('noMemory', () => [[resv, 'reserve.failed(1)']]),
    ...steps('add', (t) => [
      [resv, at(parts.adds, t)],
      [at(jobs, t), 'submit'],
    ]),
    ...steps('unlock', () => [[resv, 'unlock']]),
    ...steps('done', (t) => [
      [at(fences, t), 'wait.done'],
      [resv, 'wait.done'],
    ]),
    ...steps('timedOut', () => [[resv, 'wait.timedOut']]),
    ...steps('interrupted', () => [[resv, 'wait.interrupted']]),
    ...watches('lock', 'lock=0'),
    ...watches('test', 'test'),
    ...watches('unlock', 'unlock'),
    ...family('signal', { t }, ({ t }) => [
      [hardware, `signal(${t})`],
      [at(jobs, t), 'signal'],
      [at(fences, t), 'signal=0'],
      ...parts.before(t).map((other): Take => [at(jobs, other), 'isNotQueued']),
    ]),
    ...family('stamp', { t }, ({ t }) => [
      [hardware, `stamp(${t})`],
      [at(fences, t), 'stamp'],
      [resv, `fenceSignaled(fence ${t})`],
    ]),
  ];
}

const INSIDE = ['locked', 'reserved', 'added', 'failing', 'watching'];
const isInside = (value: unknown): boolean => INSIDE.some((name) => name === value);

function always({ tasks, watchers, added, t, fences, jobs, resv }: Parts): readonly Claim[] {
  const users = [...tasks, ...watchers];
  return [
    ...users.flatMap((one, index) =>
      users
        .slice(0, index)
        .map((other) =>
          claim('WW-005 one task holds the lock', [one, other], (first, second) =>
            [first, second].some(({ value }) => !isInside(value)),
          ),
        ),
    ),
    ...users.map((user) =>
      claim('RESV-003 the lock is held by who is inside', [user, resv], ({ value }, seen) =>
        isInside(value) ? isIn(seen.value, 'lock', 'locked') : true,
      ),
    ),
    ...tasks.map((task) =>
      claim('RESV-020 who has reserved finds room', [task, resv], ({ value }, { context }) =>
        value === 'reserved' ? context.slots.length < context.max : true,
      ),
    ),
    ...t.flatMap((fence) => {
      const { context: line, seqno } = at(added, fence);
      const covers = (slot: Slot): boolean => {
        const other = at(added, slot.fence);
        return other.context === line && other.seqno >= seqno && !slot.isSignaled;
      };
      return [
        claim(
          'RESV-024 a job that runs is covered by a pending fence of its context',
          [at(jobs, fence), resv],
          (job, { context }) => job.value !== 'queued' || context.slots.some(covers),
        ),
        claim(
          'RESV-018 what is found signaled in a slot has signaled',
          [at(fences, fence), resv],
          ({ value }, { context }) =>
            isIn(value, 'completion', 'signaled') ||
            context.slots.every((slot) => slot.fence !== fence || !slot.isSignaled),
        ),
      ];
    }),
  ];
}

function sometimes({ added, tasks, jobs, resv }: Parts): readonly Claim[] {
  const lines = new Set(added.map(({ context }) => context)).size;
  const [first] = jobs;
  const [task] = tasks;
  if (first === undefined || task === undefined) return [];
  const holds = (slots: readonly Slot[], fence: number): boolean =>
    slots.some((slot) => slot.fence === fence && !slot.isSignaled);
  return [
    claim('RESV-019 there is no memory', [task], ({ value }) => value === 'failing'),
    claim('RESV-024 a fence takes the slot of another one', [resv, ...jobs], (seen, ...all) => {
      const submitted = all.filter(({ value }) => value !== 'none').length;
      return seen.context.slots.length < submitted;
    }),
    ...(lines === added.length
      ? [
          claim(
            'RESV-029 all fences are in slots, pending',
            [resv],
            ({ context }) =>
              context.slots.length === added.length &&
              context.slots.every(({ isSignaled }) => !isSignaled),
          ),
        ]
      : [
          claim(
            'RESV-024 a later fence takes the place of a pending one',
            [resv, first],
            (seen, job) => job.value === 'queued' && !holds(seen.context.slots, 0),
          ),
          claim(
            'RESV-026 an earlier fence stays beside a later one',
            [resv],
            ({ context }) => holds(context.slots, 0) && holds(context.slots, 1),
          ),
        ]),
  ];
}

function eventually(parts: Parts): readonly Liveness[] {
  const { tasks, watchers, hardware, jobs } = parts;
  const names = tasks.map(({ name }) => name);
  const releases = watchers.length === 0 ? [] : ['watcher.unlock'];
  return [
    ...tasks.map((task): Liveness => {
      const others = names.filter((name) => name !== task.name);
      return {
        name: `RESV-003 ${task.name} gets the lock that it asks for`,
        whenever: claim('it asks', [task], ({ value }) => value === 'locking'),
        eventually: claim('it has it', [task], ({ value }) => value === 'locked'),
        // Who comes again and again can be faster every time: the lock itself must be fair then.
        fair:
          watchers.length === 0
            ? weak(...names, 'open')
            : [...strong(task.name), ...weak(...others, ...releases, 'open')],
      };
    }),
    ...jobs.map((job, fence): Liveness => ({
      name: `RESV-024 fence ${fence} signals`,
      whenever: claim('its job is queued', [job], ({ value }) => value === 'queued'),
      eventually: claim('it has signaled', [at(parts.fences, fence)], ({ value }) =>
        isIn(value, 'completion', 'signaled'),
      ),
      fair: weak(hardware.name),
    })),
  ];
}

/** Tasks that reserve slots of one reservation object under its plain lock, and add fences. */
export function resvTasks(scope: ResvTasksScope): System {
  const parts = new Parts(scope);
  const tasks = scope.tasks
    .map(({ context, seqno, usage }) => `${context}:${seqno} for ${USAGES[usage]}`)
    .join(', ');
  const watched = scope.isWatched ? '; watched' : '';
  return {
    network: network(`reservation, plain lock (${tasks}${watched})`, parts.all, moves(parts)),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach('all tasks are done', parts.tasks, ({ value }) => value === 'finished'),
    },
  };
}
