import { execMachine } from '../../machines/exec.ts';
import { claim, claimOfEach, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { agedLockMachine, execTaskMachine } from './exec-task.ts';
import { at, isIn, many, objectOf, only } from './parts.ts';
import type { System } from './system.ts';

/** Transactions that lock all of some objects, each in an order of its own. */
export interface ExecTasksScope {
  readonly tasks: number;
  readonly objects: number;
}

/** What happens to a transaction here: no signal comes, and there is memory for everything. */
function usedEvents(objects: number): readonly string[] {
  return [
    ...['init(0)', 'open', 'again', 'close', 'lock', 'lock.contended', 'prelock', 'claim', 'drop'],
    ...range(objects).map((place) => `unlock(${place})`),
    'fini',
  ];
}

/** All machines. Task t is the t-th oldest; it has transaction t. */
class Parts {
  readonly t: readonly number[];
  readonly o: readonly number[];
  readonly tasks;
  readonly execs: readonly Component[];
  readonly locks;

  constructor({ objects, tasks }: ExecTasksScope) {
    this.t = range(tasks);
    this.o = range(objects);
    // Whatever the order of the oldest one is: objects are numbered by it.
    this.tasks = this.t.map((t) => ({
      name: `task ${t}`,
      machine: execTaskMachine(objects, t === 0),
    }));
    const exec = objectOf<unknown>(execMachine({ lockedMax: objects, flags: [0] }));
    // It has been made, before its task begins.
    this.execs = many(tasks, 'exec', only(exec, usedEvents(objects)));
    this.locks = many(objects, 'lock', agedLockMachine(tasks));
  }

  get all(): readonly Component[] {
    return [...this.tasks, ...this.execs, ...this.locks];
  }

  /** A step of a task about an object: with its transaction, and with the object's lock. */
  steps(name: string, exec: string | null, lock: string | null): readonly Move[] {
    const { t, o, tasks, execs, locks } = this;
    return family(name, { t, o }, ({ t, o }) => [
      [at(tasks, t), `${name}(${o})`],
      ...(exec === null ? [] : [[at(execs, t), exec] satisfies Take]),
      ...(lock === null ? [] : [[at(locks, o), `${lock}(${t})`] satisfies Take]),
    ]);
  }

  /** A step of a task with its transaction only. */
  alone(name: string, exec: string): readonly Move[] {
    const { t, tasks, execs } = this;
    return family(name, { t }, ({ t }) => [
      [at(tasks, t), name],
      [at(execs, t), exec],
    ]);
  }
}

function moves(parts: Parts): readonly Move[] {
  const { t, o, tasks, execs, locks } = parts;
  const unlocks = (name: string): readonly Move[] =>
    family(name, { t, o, k: o }, ({ t, o, k }) => [
      [at(tasks, t), `${name}(${o}, ${k})`],
      [at(execs, t), `unlock(${k})`],
      [at(locks, o), `release(${t})`],
    ]);
  return [
    ...family('init', { t }, ({ t }) => [[at(execs, t), 'init(0)']]),
    ...family('open', { t, order: range(factorial(o.length)) }, ({ t, order }) =>
      t === 0 && order > 0
        ? null
        : [
            [at(tasks, t), `open(${order})`],
            [at(execs, t), 'open'],
          ],
    ),
    ...parts.steps('take', 'lock', 'take'),
    ...parts.steps('queueBare', null, 'queueAny'),
    ...parts.steps('queue', null, 'queue'),
    ...parts.steps('deny', 'lock.contended', 'deny'),
    ...parts.steps('grant', 'lock', 'grant'),
    ...parts.steps('die', 'lock.contended', 'die'),
    ...parts.steps('claim', 'claim', 'isMine'),
    ...parts.steps('dropAhead', 'drop', 'release'),
    ...parts.alone('close', 'close'),
    ...unlocks('unlock'),
    ...parts.alone('again', 'again'),
    ...parts.alone('againShorter', 'again'),
    ...parts.steps('takeSlow', 'prelock', 'take'),
    ...parts.steps('queueSlow', null, 'queueAny'),
    ...parts.steps('grantSlow', 'prelock', 'grant'),
    ...unlocks('unlockClosed'),
    ...parts.alone('fini', 'fini'),
  ];
}

function factorial(count: number): number {
  return count < 2 ? 1 : count * factorial(count - 1);
}

function always({ t, o, tasks, execs, locks }: Parts): readonly Claim[] {
  const pairs = t.flatMap((t) => o.map((o) => ({ t, o })));
  return [
    ...pairs.flatMap(({ t, o }) => [
      claim(
        'EXEC-001 a pass begins with nothing locked',
        [at(tasks, t), at(locks, o)],
        ({ value }, { context: { holder } }) => value !== 'restarted' || holder !== t,
      ),
      claim(
        'EXEC-003 behind the loop those are locked that were named',
        [at(tasks, t), at(locks, o)],
        ({ value, context }, { context: { holder } }) =>
          value !== 'closed' || (holder === t) === context.order.includes(o),
      ),
      claim(
        'EXEC-010 nothing is locked when it is over',
        [at(tasks, t), at(locks, o)],
        ({ value }, { context: { holder } }) => value !== 'over' || holder !== t,
      ),
    ]),
    ...t.map((t) =>
      claim(
        'EXEC-002 what was in the way comes first',
        [at(tasks, t), at(execs, t)],
        ({ value, context }, exec) =>
          !isIn(exec.value, 'contention', 'restarted') ||
          (context.contended >= 0 && (value === 'restarted' || value === 'asleepSlow')),
      ),
    ),
    ...execs
      .slice(0, 1)
      .map((oldest) =>
        claim('EXEC-009 the oldest one never begins again', [oldest], ({ value }) =>
          isIn(value, 'contention', 'none'),
        ),
      ),
  ];
}

function sometimes({ execs, tasks }: Parts): readonly Claim[] {
  return [
    ...execs
      .slice(1)
      .map((exec) =>
        claim(`EXEC-002 ${exec.name} begins again`, [exec], ({ value }) =>
          isIn(value, 'contention', 'restarted'),
        ),
      ),
    ...tasks
      .slice(1)
      .map((task) =>
        claim(
          `EXEC-003 ${task.name} has one locked ahead that it never names`,
          [task],
          ({ value, context: { order, ahead } }) =>
            value === 'naming' && ahead >= 0 && !order.includes(ahead),
        ),
      ),
  ];
}

/** Transactions over objects, named pass by pass until all are locked. */
export function execTasks(scope: ExecTasksScope): System {
  const parts = new Parts(scope);
  const { tasks, objects } = scope;
  const fair = weak(...parts.tasks.map(({ name }) => name));
  return {
    network: network(`${tasks} transactions that name ${objects} objects`, parts.all, moves(parts)),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: parts.tasks.map((task): Liveness => ({
        name: `EXEC-009 ${task.name} comes through`,
        whenever: claim('it has begun', [task], ({ value }) => value === 'naming'),
        eventually: claim('it is over', [task], ({ value }) => value === 'over'),
        fair,
      })),
      mayEnd: claimOfEach('all are over', parts.tasks, ({ value }) => value === 'over'),
    },
  };
}
