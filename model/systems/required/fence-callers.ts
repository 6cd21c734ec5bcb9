import { callbackMachine } from '../../machines/callback.ts';
import { fenceMachine } from '../../machines/fence.ts';
import { waiterMachine } from '../../machines/waiter.ts';
import { claim, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { callerMachine, issuerMachine } from './caller.ts';
import type { Call } from './caller.ts';
import { at, isIn, listMachine, lockMachine, many, objectOf } from './parts.ts';
import type { System } from './system.ts';

/** The calls that each task may make, and how many fences there are. */
export interface FenceCallersScope {
  readonly tasks: readonly (readonly Call[])[];
  readonly fences: number;
}

interface FenceContext {
  readonly references: number;
  readonly callbacks: number;
}

/** All machines. The issuer of fence f uses its lock as user `tasks + f`. */
class Parts {
  readonly scope: FenceCallersScope;
  readonly tasks;
  readonly callbacks;
  readonly waiters;
  readonly fences;
  readonly locks;
  readonly lists;
  readonly issuers;
  readonly t: readonly number[];
  readonly f: readonly number[];

  constructor(scope: FenceCallersScope) {
    const { tasks, fences } = scope;
    const count = tasks.length;
    this.scope = scope;
    this.t = range(count);
    this.f = range(fences);
    const machines = new Map(tasks.map((calls) => [calls.join(), callerMachine(fences, calls)]));
    this.tasks = tasks.map((calls, index) => ({
      name: `task ${index}`,
      machine: machines.get(calls.join()) ?? callerMachine(fences, calls),
    }));
    // Two calls fit into the machine, so that one too many would be seen.
    this.callbacks = many(count, 'callback', objectOf<unknown>(callbackMachine({ callsMax: 2 })));
    this.waiters = many(count, 'waiter', objectOf<unknown>(waiterMachine()));
    const bounds = { referencesMax: 1, callbacksMax: count, errors: [] };
    this.fences = many(fences, 'fence', objectOf<FenceContext>(fenceMachine(bounds)));
    this.locks = many(fences, 'lock', lockMachine(count + fences));
    this.lists = many(fences, 'list', listMachine(count));
    this.issuers = many(fences, 'issuer', issuerMachine());
  }

  get all(): readonly Component[] {
    const { tasks, callbacks, waiters, fences, locks, lists, issuers } = this;
    return [...tasks, ...callbacks, ...waiters, ...fences, ...locks, ...lists, ...issuers];
  }

  can(task: number, call: Call): boolean {
    return at(this.scope.tasks, task).includes(call);
  }

  /** A family of moves that task t leads, for each fence f. */
  steps(
    name: string,
    call: Call | null,
    others: (t: number, f: number) => readonly Take[],
  ): readonly Move[] {
    return family(name, { t: this.t, f: this.f }, ({ t, f }) =>
      call !== null && !this.can(t, call)
        ? null
        : [[at(this.tasks, t), `${name}(${f})`], ...others(t, f)],
    );
  }
}

/** What both calls have in common. */
function shared(parts: Parts): readonly Move[] {
  const { fences, locks } = parts;
  return [
    ...parts.steps('seesPending', null, (_, f) => [[at(fences, f), 'poll=0']]),
    ...parts.steps('acquire', null, (t, f) => [[at(locks, f), `acquire(${t})`]]),
    ...parts.steps('enable', null, (_, f) => [[at(fences, f), 'enable']]),
    ...parts.steps('release', null, (t, f) => [[at(locks, f), `release(${t})`]]),
    ...parts.steps('poll', null, (_, f) => [[at(fences, f), 'poll']]),
  ];
}

function adding(parts: Parts): readonly Move[] {
  const { fences, callbacks, lists } = parts;
  const refuse = (t: number): Take => [at(callbacks, t), 'refuse'];
  return [
    ...parts.steps('begin.add', 'add', () => []),
    ...parts.steps('seesDone', 'add', (t, f) => [[at(fences, f), 'addCallback=-2'], refuse(t)]),
    ...parts.steps('add', 'add', (t, f) => [
      [at(fences, f), 'addCallback=0'],
      [at(lists, f), `append(${t})`],
      [at(callbacks, t), 'add'],
    ]),
    ...parts.steps('refuse', 'add', (t, f) => [[at(fences, f), 'addCallback=-2'], refuse(t)]),
    ...parts.steps('leave', 'add', () => []),
    ...parts.steps('beginRemove', 'add', () => []),
    ...parts.steps('remove', 'add', (t, f) => [
      [at(lists, f), `remove(${t})`],
      [at(fences, f), 'removeCallback(1)=1'],
      [at(callbacks, t), 'remove'],
    ]),
    ...parts.steps('miss', 'add', (t, f) => [
      [at(callbacks, t), 'miss'],
      [at(fences, f), 'removeCallback(0)=0'],
    ]),
  ];
}

function waiting(parts: Parts): readonly Move[] {
  const { fences, waiters, lists, locks } = parts;
  const waiter = (t: number, event: string): Take => [at(waiters, t), event];
  return [
    ...parts.steps('begin.wait', 'wait', (t) => [waiter(t, 'begin(1)')]),
    ...parts.steps('seesDone', 'wait', (t, f) => [
      waiter(t, 'end.done'),
      [at(fences, f), 'wait.done'],
    ]),
    ...parts.steps('link', 'wait', (t, f) => [
      [at(fences, f), 'wait.link'],
      [at(lists, f), `append(${t})`],
      waiter(t, 'link'),
    ]),
    ...parts.steps('missed', 'wait', (t, f) => [
      [at(fences, f), 'wait.done'],
      waiter(t, 'end.done'),
    ]),
    ...parts.steps('sleep', 'wait', (t, f) => [
      waiter(t, 'sleep'),
      [at(fences, f), 'poll=0'],
      [at(locks, f), `release(${t})`],
    ]),
    ...parts.steps('timeUp', 'wait', (t) => [waiter(t, 'wake')]),
    ...parts.steps('done', 'wait', (t, f) => [waiter(t, 'end.done'), [at(fences, f), 'wait.done']]),
    ...parts.steps('unlink', 'wait', (t, f) => [
      [at(lists, f), `remove(${t})`],
      [at(fences, f), 'wait.unlink'],
      waiter(t, 'unlink'),
    ]),
  ];
}

/** One issuer per fence: signals it and calls back whoever is on the list, in order. */
function issuing(parts: Parts): readonly Move[] {
  const { f, t, tasks, callbacks, waiters, fences, locks, lists, issuers } = parts;
  const issues = (name: string, others: (f: number) => readonly Take[]): readonly Move[] =>
    family(`issuer.${name}`, { f }, ({ f }) => [[at(issuers, f), name], ...others(f)]);
  const called = (name: string, event: string, others: (t: number, f: number) => readonly Take[]) =>
    family(`issuer.${name}`, { f, t }, ({ f, t }) => [
      [at(issuers, f), event],
      [at(lists, f), `shift(${t})`],
      ...others(t, f),
    ]);
  return [
    ...issues('init', (f) => [[at(fences, f), 'init']]),
    ...issues('acquire', (f) => [[at(locks, f), `acquire(${t.length + f})`]]),
    ...issues('signal', (f) => [[at(fences, f), 'signal=0']]),
    ...issues('stamp', (f) => [[at(fences, f), 'stamp']]),
    ...called('run', 'run', (t) => [[at(callbacks, t), 'run']]),
    ...family('issuer.ran', { f, t }, ({ f, t }) => [
      [at(issuers, f), 'ran'],
      [at(callbacks, t), 'ran'],
    ]),
    ...called('wake', 'pass', (t, f) => [
      [at(tasks, t), `wake(${f})`],
      [at(waiters, t), 'wake'],
    ]),
    // The time was up first: the task is awake, and only loses its node.
    ...called('pass', 'pass', (t, f) => [[at(tasks, t), `pass(${f})`]]),
    ...issues('release', (f) => [
      [at(lists, f), 'isEmpty'],
      [at(locks, f), `release(${t.length + f})`],
    ]),
  ];
}

function always({ callbacks, fences, lists, locks, issuers }: Parts): readonly Claim[] {
  return [
    ...callbacks.map((callback) =>
      claim('a callback runs at most once', [callback], ({ context }) => {
        // The machine of callbacks counts its calls.
        const { calls } = context as { readonly calls: number };
        return calls <= 1;
      }),
    ),
    ...fences.flatMap((fence, f) => [
      claim('a pending fence counts what is on its list', [fence, at(lists, f)], (seen, list) => {
        const isPending = isIn(seen.value, 'completion', 'pending');
        return !isPending || seen.context.callbacks === list.context.nodes.length;
      }),
      claim(
        'nobody is on the list of a signaled fence whose lock is free',
        [fence, at(lists, f), at(locks, f)],
        (seen, list, { value }) =>
          isIn(seen.value, 'completion', 'pending') ||
          value === 'held' ||
          list.context.nodes.length === 0,
      ),
      claim('an issuer that is done has signaled', [at(issuers, f), fence], ({ value }, seen) =>
        value === 'finished' ? isIn(seen.value, 'completion', 'signaled') : true,
      ),
    ]),
  ];
}

function sometimes({ callbacks, fences, tasks }: Parts): readonly Claim[] {
  const [first, ...others] = tasks;
  return [
    ...callbacks
      .slice(0, 1)
      .map((callback) =>
        claim('a callback runs', [callback], ({ value }) => isIn(value, 'execution', 'running')),
      ),
    claim('all fences have signaled', [...fences], (...seen) =>
      seen.every(({ value }) => isIn(value, 'completion', 'signaled')),
    ),
    ...(first === undefined
      ? []
      : [
          claim('all calls have returned', [first, ...others], (...seen) =>
            seen.every(({ value }) => value === 'finished'),
          ),
        ]),
  ];
}

function eventually({ scope, tasks, callbacks, waiters, issuers }: Parts): readonly Liveness[] {
  const everybody = [...tasks, ...issuers].map(({ name }) => name);
  return scope.tasks.flatMap((calls, t): readonly Liveness[] => {
    const task = at(tasks, t);
    const isLinked = claim('its callback is linked', [at(callbacks, t)], ({ value }) =>
      isIn(value, 'linkage', 'linked'),
    );
    const isOff = claim('its callback is off', [at(callbacks, t)], ({ value }) =>
      isIn(value, 'linkage', 'unlinked'),
    );
    const isAsleep = claim('it sleeps', [at(waiters, t)], ({ value }) =>
      isIn(value, 'linked', 'asleep'),
    );
    const isAwake = claim(
      'it is awake',
      [at(waiters, t)],
      ({ value }) => !isIn(value, 'linked', 'asleep'),
    );
    const hasBegun = claim('it has begun', [task], ({ value }) => value !== 'idle');
    const isDone = claim('it has returned', [task], ({ value }) => value === 'finished');
    const live = (
      what: string,
      whenever: Claim,
      goal: Claim,
      fair: readonly string[] = everybody,
    ): Liveness => ({
      name: `${task.name}: ${what}`,
      whenever,
      eventually: goal,
      fair: weak(...fair),
    });
    // Not by its own time-out.
    const others = everybody.filter((name) => name !== task.name);
    return [
      ...(calls.includes('add')
        ? [live('a linked callback is run or removed', isLinked, isOff)]
        : []),
      ...(calls.includes('wait') ? [live('a sleeper is woken up', isAsleep, isAwake, others)] : []),
      live('a call returns', hasBegun, isDone),
    ];
  });
}

/** Tasks that add and remove callbacks or wait, on fences that somebody signals. */
export function fenceCallers(scope: FenceCallersScope): System {
  const parts = new Parts(scope);
  const calls = scope.tasks.map((names) => names.join('/')).join(', ');
  const moves = [...shared(parts), ...adding(parts), ...waiting(parts), ...issuing(parts)];
  return {
    network: network(`fence with callers (${calls}; ${scope.fences} fences)`, parts.all, moves),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
    },
  };
}
