import { assign, setup } from 'xstate';
import { callbackMachine } from '../../machines/callback.ts';
import { fenceMachine } from '../../machines/fence.ts';
import { claim, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { callerMachine } from './caller.ts';
import { at, isIn, listMachine, lockMachine, many, objectOf } from './parts.ts';
import type { System } from './system.ts';

/** Tasks that add one callback each to the first of two fences. */
export interface CallbackRelayScope {
  readonly tasks: number;
}

const FIRST = 0;
const SECOND = 1;
const FENCES = [FIRST, SECOND];

interface CallbackContext {
  readonly calls: number;
  readonly running: number;
}

interface Issuer {
  /** The node of the callback that runs, or -1. */
  readonly node: number;
}

/**
 * Who signals a fence, and runs the functions of the callbacks on its list. The function of a
 * callback of the first fence adds its node to the second one, and then returns.
 */
function issuerMachine(tasks: number): SystemMachine<Issuer> {
  const issuer = setup({
    types: { context: {} as Issuer, events: {} as { type: string; node: number } },
    actions: { hold: assign({ node: ({ event }) => event.node }), forget: assign({ node: -1 }) },
    guards: { isIt: ({ context, event }) => context.node === event.node },
  });
  const to = <Target extends string>(target: Target) => ({ guard: 'isIt', target }) as const;
  const machine = issuer.createMachine({
    id: 'issuer',
    initial: 'away',
    context: { node: -1 },
    states: {
      away: { on: { init: 'working' } },
      working: { on: { acquire: 'locked' } },
      locked: { on: { signal: 'flagged' } },
      flagged: { on: { stamp: 'calling' } },
      calling: {
        on: {
          run: { target: 'returning', actions: 'hold' },
          relay: { target: 'looking', actions: 'hold' },
          release: 'finished',
        },
      },
      looking: { on: { seesDone: to('returning'), seesPending: to('locking') } },
      locking: { on: { acquireNext: 'moving' } },
      moving: { on: { enable: 'enabled' } },
      enabled: { on: { add: to('moved'), refuse: to('moved') } },
      moved: { on: { releaseNext: 'returning' } },
      returning: { on: { ran: { guard: 'isIt', target: 'calling', actions: 'forget' } } },
      finished: {},
    },
  });
  const plain = ['init', 'acquire', 'signal', 'stamp', 'release', 'acquireNext', 'enable'];
  const pointed = ['run', 'relay', 'seesDone', 'seesPending', 'add', 'refuse', 'ran'];
  return systemMachine(machine, [
    ...[...plain, 'releaseNext'].map((type) => ({ type })),
    ...pointed.flatMap((type) => range(tasks).map((node): SystemEvent => ({ type, node }))),
  ]);
}

/** All machines. The issuer of fence f uses locks as user `tasks + f`. */
class Parts {
  readonly tasks;
  readonly callbacks;
  readonly fences;
  readonly locks;
  readonly lists;
  readonly issuers;
  readonly t: readonly number[];

  constructor({ tasks }: CallbackRelayScope) {
    // Two calls are right, and a third one would be seen.
    const callback = objectOf<CallbackContext>(callbackMachine({ callsMax: 3 }));
    const bounds = { referencesMax: 1, callbacksMax: tasks, errors: [] };
    this.t = range(tasks);
    this.tasks = many(tasks, 'task', callerMachine(1, ['add']));
    this.callbacks = many(tasks, 'callback', callback);
    this.fences = many(FENCES.length, 'fence', objectOf<unknown>(fenceMachine(bounds)));
    this.locks = many(FENCES.length, 'lock', lockMachine(tasks + FENCES.length));
    this.lists = many(FENCES.length, 'list', listMachine(tasks));
    this.issuers = many(FENCES.length, 'issuer', issuerMachine(tasks));
  }

  get all(): readonly Component[] {
    const { tasks, callbacks, fences, locks, lists, issuers } = this;
    return [...tasks, ...callbacks, ...fences, ...locks, ...lists, ...issuers];
  }

  /** What adding node t to a fence does to all but the caller. */
  add(t: number, f: number): readonly Take[] {
    return [
      [at(this.fences, f), 'addCallback=0'],
      [at(this.lists, f), `append(${t})`],
      [at(this.callbacks, t), 'add'],
    ];
  }

  refuse(t: number, f: number): readonly Take[] {
    return [
      [at(this.fences, f), 'addCallback=-2'],
      [at(this.callbacks, t), 'refuse'],
    ];
  }
}

/** The tasks: each adds its callback to the first fence. */
function adding(parts: Parts): readonly Move[] {
  const { t, tasks, fences, locks } = parts;
  const steps = (name: string, others: (t: number) => readonly Take[]): readonly Move[] =>
    family(name, { t }, ({ t }) => [[at(tasks, t), `${name}(${FIRST})`], ...others(t)]);
  return [
    ...steps('begin.add', () => []),
    ...steps('seesDone', (t) => parts.refuse(t, FIRST)),
    ...steps('seesPending', () => [[at(fences, FIRST), 'poll=0']]),
    ...steps('acquire', (t) => [[at(locks, FIRST), `acquire(${t})`]]),
    ...steps('enable', () => [[at(fences, FIRST), 'enable']]),
    ...steps('add', (t) => parts.add(t, FIRST)),
    ...steps('refuse', (t) => parts.refuse(t, FIRST)),
    ...steps('release', (t) => [[at(locks, FIRST), `release(${t})`]]),
    ...steps('leave', () => []),
  ];
}

/** The issuers; that of the first fence uses the second one from within the callbacks. */
function issuing(parts: Parts): readonly Move[] {
  const { t, callbacks, fences, locks, lists, issuers } = parts;
  const user = (f: number): number => t.length + f;
  const issues = (name: string, others: (f: number) => readonly Take[]): readonly Move[] =>
    family(`issuer.${name}`, { f: FENCES }, ({ f }) => [[at(issuers, f), name], ...others(f)]);
  const relays = (name: string, others: (t: number) => readonly Take[]): readonly Move[] =>
    family(`relay.${name}`, { t }, ({ t }) => [
      [at(issuers, FIRST), `${name}(${t})`],
      ...others(t),
    ]);
  const runs = (f: number, event: string): readonly Move[] =>
    family(`issuer.run(f ${f})`, { t }, ({ t }) => [
      [at(issuers, f), `${event}(${t})`],
      [at(lists, f), `shift(${t})`],
      [at(callbacks, t), 'run'],
    ]);
  const next = (name: string, event: string, others: readonly Take[]): readonly Move[] =>
    family(`relay.${name}`, {}, () => [[at(issuers, FIRST), event], ...others]);
  return [
    ...issues('init', (f) => [[at(fences, f), 'init']]),
    ...issues('acquire', (f) => [[at(locks, f), `acquire(${user(f)})`]]),
    ...issues('signal', (f) => [[at(fences, f), 'signal=0']]),
    ...issues('stamp', (f) => [[at(fences, f), 'stamp']]),
    ...issues('release', (f) => [
      [at(lists, f), 'isEmpty'],
      [at(locks, f), `release(${user(f)})`],
    ]),
    ...runs(FIRST, 'relay'),
    ...runs(SECOND, 'run'),
    ...relays('seesDone', (t) => parts.refuse(t, SECOND)),
    ...relays('seesPending', () => [[at(fences, SECOND), 'poll=0']]),
    ...next('acquire', 'acquireNext', [[at(locks, SECOND), `acquire(${user(FIRST)})`]]),
    ...next('enable', 'enable', [[at(fences, SECOND), 'enable']]),
    ...relays('add', (t) => parts.add(t, SECOND)),
    ...relays('refuse', (t) => parts.refuse(t, SECOND)),
    ...next('release', 'releaseNext', [[at(locks, SECOND), `release(${user(FIRST)})`]]),
    ...family('issuer.ran', { f: FENCES, t }, ({ f, t }) => [
      [at(issuers, f), `ran(${t})`],
      [at(callbacks, t), 'ran'],
    ]),
  ];
}

function always({ t, callbacks, fences, lists, locks }: Parts): readonly Claim[] {
  return [
    ...t.flatMap((node) => [
      claim(
        'FENCE-032 a callback runs at most once for each time it was added',
        [at(callbacks, node)],
        ({ context }) => context.calls <= FENCES.length,
      ),
      claim(
        'FENCE-033 a callback is on the list that it was added to last, or on none',
        [at(callbacks, node), ...lists],
        (callback, ...seen) => {
          const on = seen.filter(({ context }) => context.nodes.includes(node)).length;
          return on === (isIn(callback.value, 'linkage', 'linked') ? 1 : 0);
        },
      ),
    ]),
    ...FENCES.map((f) =>
      claim(
        'FENCE-031 nobody is on the list of a signaled fence whose lock is free',
        [at(fences, f), at(lists, f), at(locks, f)],
        (seen, list, { value }) =>
          isIn(seen.value, 'completion', 'pending') ||
          value === 'held' ||
          list.context.nodes.length === 0,
      ),
    ),
  ];
}

function sometimes({ callbacks, lists, issuers }: Parts): readonly Claim[] {
  return [
    claim('a callback runs for both fences at once', [at(callbacks, 0)], ({ context }) => {
      return context.running === FENCES.length;
    }),
    claim(
      'all callbacks wait for the second fence',
      [at(lists, SECOND)],
      ({ context }) => context.nodes.length === callbacks.length,
    ),
    claim(
      'FENCE-046 the second fence refuses a callback',
      [at(issuers, FIRST), at(callbacks, 0)],
      ({ value, context }, callback) =>
        value === 'returning' && context.node === 0 && isIn(callback.value, 'execution', 'running'),
    ),
  ];
}

function eventually({ t, tasks, callbacks, issuers }: Parts): readonly Liveness[] {
  const everybody = [...tasks, ...issuers].map(({ name }) => name);
  return t.map((node) => ({
    name: `FENCE-032 callback ${node} runs for the last time, and returns`,
    whenever: claim('it is linked', [at(callbacks, node)], ({ value }) =>
      isIn(value, 'linkage', 'linked'),
    ),
    eventually: claim(
      'it is on no list and does not run',
      [at(callbacks, node)],
      ({ value }) => isIn(value, 'linkage', 'unlinked') && isIn(value, 'execution', 'idle'),
    ),
    fair: weak(...everybody),
  }));
}

/** Callbacks that move on to a second fence while they run for the first one. */
export function callbackRelay(scope: CallbackRelayScope): System {
  const parts = new Parts(scope);
  const name = `callbacks that move on (${scope.tasks} tasks, 2 fences)`;
  return {
    network: network(name, parts.all, [...adding(parts), ...issuing(parts)]),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claim('all is over', [...parts.tasks, ...parts.issuers], (...seen) =>
        seen.every(({ value }) => value === 'finished'),
      ),
    },
  };
}
