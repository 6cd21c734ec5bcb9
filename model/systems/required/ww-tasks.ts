import { claim, claimOfEach, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import type { MachineState } from '../machine.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { at } from './parts.ts';
import type { System } from './system.ts';
import { olderSets, wwContextPart, wwMutexPart } from './ww-parts.ts';
import type { Algorithm } from './ww-parts.ts';
import { orders, overMachine, wwTaskMachine } from './ww-task.ts';
import type { WwTask } from './ww-task.ts';

/** Transactions that take all of some mutexes, each in an order of its own. */
export interface WwTasksScope {
  readonly algorithm: Algorithm;
  readonly tasks: number;
  readonly mutexes: number;
}

/** What else happens when a task takes a mutex that others wait for. */
interface Check {
  /** As events of the mutex write it. */
  readonly name: string;
  readonly takes: readonly Take[];
  readonly isWounded: boolean;
}

class Parts {
  readonly scope: WwTasksScope;
  readonly tasks;
  readonly mutexes;
  readonly contexts;
  readonly ends;
  readonly t: readonly number[];
  readonly m: readonly number[];

  constructor(scope: WwTasksScope) {
    const { algorithm } = scope;
    this.scope = scope;
    this.t = range(scope.tasks);
    this.m = range(scope.mutexes);
    // Whatever the order of the oldest one is: mutexes are numbered by it.
    this.tasks = this.t.map((t) => ({
      name: `task ${t}`,
      machine: wwTaskMachine(t, scope.tasks, scope.mutexes, t === 0),
    }));
    const mutex = wwMutexPart(algorithm, scope.tasks);
    this.mutexes = this.m.map((m) => ({ name: `mutex ${m}`, machine: mutex }));
    const context = wwContextPart(algorithm, scope.mutexes);
    this.contexts = this.t.map((t) => ({ name: `context ${t}`, machine: context }));
    this.ends = this.t.map((t) => ({ name: `end ${t}`, machine: overMachine() }));
  }

  get isWaitDie(): boolean {
    return this.scope.algorithm === 'waitDie';
  }

  get all(): readonly Component[] {
    return [...this.tasks, ...this.mutexes, ...this.contexts, ...this.ends];
  }

  task(t: number, event: string): Take {
    return [at(this.tasks, t), event];
  }

  mutex(m: number, event: string): Take {
    return [at(this.mutexes, m), event];
  }

  context(t: number, event: string): Take {
    return [at(this.contexts, t), event];
  }

  /** Wait-die: the first waiter looks again. Wound-wait: an older one with mutexes wounds. */
  checks(t: number, m: number): readonly Check[] {
    if (!this.isWaitDie) return this.wounds(t);
    return [-1, ...this.t.filter((other) => other !== t)].map((first) => ({
      name: String(first),
      takes: first < 0 ? [] : [this.task(first, `dieFor(${m}, ${t})`)],
      isWounded: false,
    }));
  }

  wounds(t: number): readonly Check[] {
    return olderSets(t).flatMap((older) =>
      range(2 ** older.length).map((holding): Check => ({
        name: older.join(),
        takes: older.map((other, index) =>
          this.task(other, ((holding >> index) & 1) === 1 ? 'holds' : 'holdsNone'),
        ),
        isWounded: holding > 0,
      })),
    );
  }

  /** Who had waited before: in wait-die that does not matter any more. */
  thefts(t: number): readonly Check[] {
    return this.isWaitDie ? [{ name: '', takes: [], isWounded: false }] : this.wounds(t);
  }
}

/** Moves of one task and one mutex, for each pair of them. */
function pairs(
  parts: Parts,
  name: string,
  takes: (t: number, m: number) => readonly (readonly Take[])[],
): readonly Move[] {
  return parts.t.flatMap((t) =>
    parts.m.flatMap((m) =>
      takes(t, m).map((vector, index): Move => ({
        name: `${name}(t ${t}, m ${m}, way ${index})`,
        family: name,
        takes: vector,
      })),
    ),
  );
}

function entries(parts: Parts): readonly Move[] {
  const fresh = ['clear', 'isWhole'];
  const calls = (t: number, m: number, name: string): readonly Take[] => [
    parts.task(t, `${name}(${m})`),
    parts.mutex(m, `${name.replace('First', '')}(${t})`),
  ];
  const simple = (name: string): readonly Move[] =>
    pairs(parts, name, (t, m) => [calls(t, m, name)]);
  const first = (name: string): readonly Move[] =>
    pairs(parts, name, (t, m) =>
      fresh.map((event) => [...calls(t, m, name), parts.context(t, event)]),
    );
  const acquire = (isWounded: boolean): string => (isWounded ? 'wound acquire' : 'acquire');
  return [
    ...simple('take'),
    ...first('takeFirst'),
    ...simple('miss'),
    ...first('missFirst'),
    ...pairs(parts, 'publish', (t, m) => [
      [...calls(t, m, 'publish'), parts.context(t, 'acquire')],
    ]),
    ...simple('quiet'),
    ...simple('busy'),
    ...pairs(parts, 'check', (t, m) =>
      parts
        .checks(t, m)
        .map(({ name, takes, isWounded }) => [
          parts.task(t, `check(${m})`),
          parts.mutex(m, `check|${name}(${t})`),
          ...takes,
          ...(isWounded ? [parts.context(t, 'wound')] : []),
        ]),
    ),
    ...pairs(parts, 'slow', (t, m) =>
      parts
        .checks(t, m)
        .map(({ name, takes, isWounded }) => [
          parts.task(t, `slow(${m})`),
          parts.mutex(m, `slow|${name}(${t})`),
          ...takes,
          parts.context(t, acquire(isWounded)),
        ]),
    ),
    ...pairs(parts, 'early', (t, m) => [[...calls(t, m, 'early'), parts.context(t, 'kill')]]),
    ...insertions(parts),
    ...wakeUps(parts),
  ];
}

/** A task comes to wait: younger ones look again, or it wounds the holder. */
function insertions(parts: Parts): readonly Move[] {
  const { isWaitDie } = parts;
  const younger = (t: number, m: number): readonly Take[] =>
    isWaitDie ? parts.t.slice(t + 1).map((other) => parts.task(other, `dieFor(${m}, ${t})`)) : [];
  const holders = (t: number): readonly number[] =>
    isWaitDie ? [-1] : [-1, ...parts.t.slice(t + 1)];
  const wounding = (holder: number): readonly Take[] =>
    holder < 0 ? [] : [parts.context(holder, 'wound'), parts.task(holder, 'rouse')];
  const whole = (t: number): readonly Take[] => (isWaitDie ? [] : [parts.context(t, 'isWhole')]);
  return [
    ...pairs(parts, 'insertEmpty', (t, m) => [
      [parts.task(t, `insertEmpty(${m})`), parts.mutex(m, `insertEmpty(${t})`), ...younger(t, m)],
    ]),
    ...pairs(parts, 'insert', (t, m) =>
      holders(t).map((holder) => [
        parts.task(t, `insert(${m})`),
        parts.mutex(m, `insert|${holder}(${t})`),
        ...younger(t, m),
        ...wounding(holder),
        ...whole(t),
      ]),
    ),
    ...pairs(parts, 'insertDie', (t, m) =>
      holders(t).map((holder) => [
        parts.task(t, `insertDie(${m})`),
        parts.mutex(m, `insertDie|${holder}(${t})`),
        ...younger(t, m),
        ...wounding(holder),
        parts.context(t, 'kill'),
      ]),
    ),
  ];
}

function wakeUps(parts: Parts): readonly Move[] {
  const { isWaitDie } = parts;
  const whole = (t: number): readonly Take[] => (isWaitDie ? [] : [parts.context(t, 'isWhole')]);
  const both = (t: number, m: number, task: string, mutex: string): readonly Take[] => [
    parts.task(t, `${task}(${m})`),
    parts.mutex(m, `${mutex}(${t})`),
  ];
  const got = (t: number, isWounded: boolean): Take =>
    parts.context(t, isWounded ? 'wound acquire' : 'acquire');
  return [
    ...pairs(parts, 'win', (t, m) => [both(t, m, 'win', 'win'), both(t, m, 'win', 'pickUp')]),
    ...pairs(parts, 'ask', (t, m) => [both(t, m, 'ask', 'ask')]),
    ...pairs(parts, 'lose', (t, m) => [both(t, m, 'lose', 'lose')]),
    ...pairs(parts, 'settle', (t, m) =>
      parts
        .thefts(t)
        .map(({ name, takes, isWounded }) => [
          ...both(t, m, 'settle', `settle|${name}`),
          ...takes,
          got(t, isWounded),
        ]),
    ),
    ...pairs(parts, 'lateWin', (t, m) =>
      parts
        .thefts(t)
        .flatMap(({ name, takes, isWounded }) =>
          ['lateTake', 'latePickUp'].map((how) => [
            ...both(t, m, 'lateWin', `${how}|${name}`),
            ...takes,
            got(t, isWounded),
          ]),
        ),
    ),
    ...pairs(parts, 'lateDie', (t, m) => [
      [...both(t, m, 'lateDie', 'lateDie'), parts.context(t, 'kill')],
    ]),
    ...pairs(parts, 'lateSleep', (t, m) => [
      [...both(t, m, 'lateSleep', 'lateSleep'), ...whole(t)],
    ]),
    ...pairs(parts, 'lateSleepEmpty', (t, m) => [both(t, m, 'lateSleepEmpty', 'lateSleepEmpty')]),
  ];
}

function exits(parts: Parts): readonly Move[] {
  const both = (t: number, m: number, name: string): readonly Take[] => [
    parts.task(t, `${name}(${m})`),
    parts.mutex(m, `${name}(${t})`),
  ];
  const others = (t: number): readonly number[] => parts.t.filter((other) => other !== t);
  return [
    ...family('finish', { t: parts.t }, ({ t }) => [parts.task(t, 'finish')]),
    ...family('end', { t: parts.t }, ({ t }) => [parts.task(t, 'end'), [at(parts.ends, t), 'end']]),
    ...pairs(parts, 'retract', (t, m) => [[...both(t, m, 'retract'), parts.context(t, 'drop')]]),
    ...pairs(parts, 'release', (t, m) => [both(t, m, 'release')]),
    ...pairs(parts, 'releaseSlow', (t, m) => [both(t, m, 'releaseSlow')]),
    ...pairs(parts, 'handOn', (t, m) => [both(t, m, 'handOn')]),
    ...pairs(parts, 'passOn', (t, m) => [
      [parts.task(t, `passOn(${m})`), parts.mutex(m, `handToNobody(${t})`)],
      ...others(t).map((next): readonly Take[] => [
        parts.task(t, `passOn(${m})`),
        parts.mutex(m, `handOff(${next})`),
        parts.task(next, `wake(${m})`),
      ]),
    ]),
    ...pairs(parts, 'wakeHead', (t, m) => [
      [parts.task(t, `wakeHead(${m})`), parts.mutex(m, 'nobody')],
      ...others(t).map((head): readonly Take[] => [
        parts.task(t, `wakeHead(${m})`),
        parts.mutex(m, `first(${head})`),
        parts.task(head, `wake(${m})`),
      ]),
    ]),
  ];
}

function choices({ scope, t, tasks }: Parts): readonly Move[] {
  return t.flatMap((number) =>
    orders(range(scope.mutexes)).flatMap((_order, choice) =>
      number === 0 && choice > 0
        ? []
        : family(`choose.${choice}`, { t: [number] }, () => [
            [at(tasks, number), `choose(${choice}, ${scope.mutexes})`],
          ]),
    ),
  );
}

type TaskState = MachineState<WwTask>;

/** Phases in which the mutex that the call is about is the caller's already. */
const OWNING: ReadonlySet<unknown> = new Set(['claimed', 'won']);

function owns({ value, context }: TaskState, mutex: number): boolean {
  return context.held.includes(mutex) || (OWNING.has(value) && context.target === mutex);
}

/** It is giving back what it has, to wait for what it could not get. */
const backsOff = ({ context }: TaskState): boolean => context.goal === 'undo';

function sleepsBeside(one: TaskState, other: TaskState): boolean {
  const sleep = [one, other].every(({ value }) => value === 'asleep');
  return sleep && one.context.target === other.context.target;
}

function always(parts: Parts): readonly Claim[] {
  const { tasks, mutexes, isWaitDie } = parts;
  return [
    ...mutexes.flatMap((mutex, m) =>
      tasks.map((task, t) =>
        claim('WW-005 who has a mutex is its owner', [task, mutex], (state, { context }) =>
          owns(state, m) ? context.owner === t : true,
        ),
      ),
    ),
    ...(isWaitDie ? tasks : []).flatMap((older, t) =>
      tasks
        .slice(t + 1)
        .map((younger) =>
          claim(
            'WW-021 nobody with mutexes sleeps behind an older one',
            [older, younger],
            (first, second) => !sleepsBeside(first, second) || second.context.held.length === 0,
          ),
        ),
    ),
    ...tasks.map((task) =>
      claim('WW-010 who backs off has something to give back', [task], (state) =>
        backsOff(state) && state.value === 'unlocking' ? state.context.held.length > 0 : true,
      ),
    ),
    ...tasks
      .slice(0, 1)
      .map((oldest) =>
        claim('WW-051 the oldest one never backs off', [oldest], (state) => !backsOff(state)),
      ),
  ];
}

function sometimes({ tasks, contexts, isWaitDie }: Parts): readonly Claim[] {
  return [
    ...tasks.slice(1).map((task) => claim(`WW-050 ${task.name} backs off`, [task], backsOff)),
    ...(isWaitDie
      ? []
      : contexts
          .slice(1)
          .map((context) =>
            claim(`WW-022 ${context.name} is wounded`, [context], ({ value }) =>
              JSON.stringify(value).includes('"wounded"'),
            ),
          )),
  ];
}

/** Transactions over wound/wait mutexes, retried with the same contexts until they have all. */
export function wwTasks(scope: WwTasksScope): System {
  const parts = new Parts(scope);
  const { algorithm, tasks, mutexes } = scope;
  const fair = weak(...parts.tasks.map(({ name }) => name));
  const eventually = parts.tasks.map((task): Liveness => ({
    name: `WW-052 ${task.name} ends`,
    whenever: claim('it has begun', [task], ({ value }) => value === 'trying'),
    eventually: claim('it has ended', [task], ({ value }) =>
      ['finished', 'gone'].some((name) => name === value),
    ),
    fair,
  }));
  const name = `${algorithm}: ${tasks} transactions, ${mutexes} mutexes, every order`;
  return {
    network: network(name, parts.all, [...choices(parts), ...entries(parts), ...exits(parts)]),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually,
      mayEnd: claimOfEach('all are done', parts.ends, ({ value }) => value === 'over'),
    },
  };
}
