import { callbackMachine } from '../../machines/callback.ts';
import { fenceMachine } from '../../machines/fence.ts';
import { waiterMachine } from '../../machines/waiter.ts';
import { claim, claimOfEach, strong, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { callerMachine, issuerMachine } from './caller.ts';
import type { Call } from './caller.ts';
import { fenceSymmetry, fenceViews } from './fence-reductions.ts';
import { at, isIn, listMachine, lockMachine, many, objectOf } from './parts.ts';
import type { System } from './system.ts';

/** The calls that each task may make, and how many fences there are. */
export interface FenceCallersScope {
  readonly tasks: readonly (readonly Call[])[];
  readonly fences: number;
  /** A sleeper may be woken up for nothing, and then sleeps on; default no. */
  readonly isSpurious?: boolean;
}

interface FenceContext {
  readonly references: number;
  readonly callbacks: number;
}

interface CallbackContext {
  readonly calls: number;
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
    this.callbacks = many(
      count,
      'callback',
      objectOf<CallbackContext>(callbackMachine({ callsMax: 2 })),
    );
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
    called: string = name,
  ): readonly Move[] {
    return family(called, { t: this.t, f: this.f }, ({ t, f }) =>
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
  const { scope, fences, waiters, lists, locks } = parts;
  const waiter = (t: number, event: string): Take => [at(waiters, t), event];
  const ends = (name: string): readonly Move[] =>
    parts.steps(name, 'wait', (t, f) => [
      waiter(t, `end.${name}`),
      [at(fences, f), `wait.${name}`],
    ]);
  return [
    ...family('begin.wait', { t: parts.t, f: parts.f, left: [0, 1] }, ({ t, f, left }) =>
      parts.can(t, 'wait')
        ? [[at(parts.tasks, t), `begin.wait(${f})`], waiter(t, `begin(${left})`)]
        : null,
    ),
    ...parts.steps(
      'seesDone',
      'wait',
      (t, f) => [waiter(t, 'end.done'), [at(fences, f), 'wait.done']],
      'wait.seesDone',
    ),
    ...parts.steps('link', 'wait', (t, f) => [
      [at(fences, f), 'wait.link'],
      [at(lists, f), `append(${t})`],
      waiter(t, 'link'),
    ]),
    ...parts.steps('sleep', 'wait', (t, f) => [
      waiter(t, 'sleep'),
      [at(fences, f), 'poll=0'],
      [at(locks, f), `release(${t})`],
    ]),
    ...parts.steps('disturb', 'wait', (t) => [waiter(t, 'wake')]),
    ...(scope.isSpurious === true
      ? parts.steps('resume', 'wait', (t, f) => [
          waiter(t, 'sleep'),
          [at(fences, f), 'poll=0'],
          [at(locks, f), `release(${t})`],
        ])
      : []),
    ...parts.steps('unlink', 'wait', (t, f) => [
      [at(lists, f), `remove(${t})`],
      [at(fences, f), 'wait.unlink'],
      waiter(t, 'unlink'),
    ]),
    ...ends('done'),
    ...ends('timedOut'),
    ...ends('interrupted'),
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

function always({ t, callbacks, waiters, fences, lists, locks, issuers }: Parts): readonly Claim[] {
  return [
    ...callbacks.map((callback) =>
      claim(
        'FENCE-032 a callback runs at most once',
        [callback],
        ({ context }) => context.calls <= 1,
      ),
    ),
    ...fences.flatMap((fence, f) => [
      claim('a pending fence counts what is on its list', [fence, at(lists, f)], (seen, list) => {
        const isPending = isIn(seen.value, 'completion', 'pending');
        return !isPending || seen.context.callbacks === list.context.nodes.length;
      }),
      claim(
        'FENCE-031 nobody is on the list of a signaled fence whose lock is free',
        [fence, at(lists, f), at(locks, f)],
        (seen, list, { value }) =>
          isIn(seen.value, 'completion', 'pending') ||
          value === 'held' ||
          list.context.nodes.length === 0,
      ),
      claim(
        'FENCE-027 an issuer that is done has signaled',
        [at(issuers, f), fence],
        ({ value }, seen) => value !== 'finished' || isIn(seen.value, 'completion', 'signaled'),
      ),
      ...t.map((task) =>
        claim(
          'FENCE-071 whoever has ended its wait is on no list',
          [at(waiters, task), at(lists, f)],
          ({ value }, { context }) => value !== 'ended' || !context.nodes.includes(task),
        ),
      ),
    ]),
  ];
}

function sometimes({ scope, callbacks, fences, tasks }: Parts): readonly Claim[] {
  const late = tasks.flatMap((task, t) =>
    at(scope.tasks, t).includes('wait')
      ? fences.map((fence, f) =>
          claim(
            'FENCE-069 the fence signals between the end of the time and the lock',
            [task, fence],
            ({ value, context }, seen) =>
              isIn(value, 'waiting', 'late') &&
              context.fence === f &&
              !isIn(seen.value, 'completion', 'pending'),
          ),
        )
      : [],
  );
  return [
    ...late,
    ...callbacks
      .filter((_, t) => at(scope.tasks, t).includes('add'))
      .map((callback) =>
        claim('a callback runs', [callback], ({ value }) => isIn(value, 'execution', 'running')),
      ),
    claimOfEach('all fences have signaled', fences, ({ value }) =>
      isIn(value, 'completion', 'signaled'),
    ),
    claimOfEach('all calls have returned', tasks, ({ value }) => value === 'finished'),
  ];
}

function eventually({ scope, tasks, callbacks, waiters, issuers }: Parts): readonly Liveness[] {
  // Who is woken up for nothing takes the lock again and again: it must be fair to the issuers.
  const drivers = (scope.isSpurious === true ? strong : weak)(...issuers.map(({ name }) => name));
  return scope.tasks.flatMap((calls, t): readonly Liveness[] => {
    const task = at(tasks, t);
    // Not by its own time-out.
    const others = tasks.filter((one) => one !== task).map(({ name }) => name);
    const live = (
      name: string,
      whenever: Claim,
      goal: Claim,
      fair: readonly string[] = [task.name, ...others],
    ): Liveness => ({ name, whenever, eventually: goal, fair: [...drivers, ...weak(...fair)] });
    const isLinked = claim('its callback is linked', [at(callbacks, t)], ({ value }) =>
      isIn(value, 'linkage', 'linked'),
    );
    const isOff = claim('its callback is off', [at(callbacks, t)], ({ value }) =>
      isIn(value, 'linkage', 'unlinked'),
    );
    const sleeps = (value: unknown): boolean => isIn(value, 'linked', 'asleep');
    const isAsleep = claim('it sleeps', [at(waiters, t)], ({ value }) => sleeps(value));
    const isAwake = claim('it is awake', [at(waiters, t)], ({ value }) => !sleeps(value));
    const hasBegun = claim('it has begun', [task], ({ value }) => value !== 'idle');
    const isDone = claim('it has returned', [task], ({ value }) => value === 'finished');
    return [
      ...(calls.includes('add')
        ? [live(`FENCE-032 the callback of ${task.name} is run or removed`, isLinked, isOff)]
        : []),
      ...(calls.includes('wait')
        ? [live(`FENCE-072 ${task.name} is woken up`, isAsleep, isAwake, others)]
        : []),
      live(`the call of ${task.name} returns`, hasBegun, isDone),
    ];
  });
}

/** Tasks that add and remove callbacks or wait, on fences that somebody signals. */
export function fenceCallers(scope: FenceCallersScope): System {
  const parts = new Parts(scope);
  const spurious = scope.isSpurious === true ? '; woken for nothing' : '';
  const calls = scope.tasks.map((names) => names.join('/')).join(', ');
  const moves = [...shared(parts), ...adding(parts), ...waiting(parts), ...issuing(parts)];
  return {
    network: network(
      `fence with callers (${calls}; ${scope.fences} fences${spurious})`,
      parts.all,
      moves,
    ),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach(
        'all is over',
        [...parts.tasks, ...parts.issuers],
        ({ value }) => value === 'finished',
      ),
    },
    symmetry: fenceSymmetry(parts),
    views: fenceViews(parts),
  };
}
