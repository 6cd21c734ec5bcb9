import { callbackMachine } from '../../machines/callback.ts';
import { fenceMachine } from '../../machines/fence.ts';
import { pollSlotMachine } from '../../machines/poll-slot.ts';
import { claim, claimOfEach, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import {
  bufferPollerMachine,
  bufferSignallerMachine,
  queueLockMachine,
} from './buffer-poll-tasks.ts';
import { at, isIn, lockMachine, many, objectOf } from './parts.ts';
import { triggerMachine } from './sync-file-tasks.ts';
import type { System } from './system.ts';
import { nodeMachine } from './timeline-tasks.ts';

/** Tasks that poll one direction of a buffer, and pending fences in its slots. */
export interface BufferPollersScope {
  readonly tasks: number;
  readonly fences: number;
}

interface CallbackContext {
  readonly calls: number;
}

/** All machines. Signaller f is user `tasks` of the lock of its fence, `tasks + f` of the queue's. */
class Parts {
  readonly t: readonly number[];
  readonly f: readonly number[];
  readonly tasks: readonly Component[];
  readonly triggers: readonly Component[];
  readonly slot: Component;
  readonly callback: Component<CallbackContext>;
  readonly fences: readonly Component[];
  readonly locks: readonly Component[];
  /** The callback is on the list of fence f. */
  readonly nodes: readonly Component[];
  readonly signallers: readonly Component[];
  readonly reservation: Component;
  readonly queue: Component;

  constructor({ tasks, fences }: BufferPollersScope) {
    // The reference of the reservation object, and that of the slot.
    const bounds = { referencesMax: 2, callbacksMax: 1, errors: [] };
    this.t = range(tasks);
    this.f = range(fences);
    this.tasks = many(tasks, 'task', bufferPollerMachine(tasks, fences));
    this.triggers = many(tasks, 'trigger', triggerMachine());
    this.slot = { name: 'slot', machine: objectOf<unknown>(pollSlotMachine()) };
    const callback = objectOf<CallbackContext>(callbackMachine({ callsMax: fences }));
    this.callback = { name: 'callback', machine: callback };
    this.fences = many(fences, 'fence', objectOf<unknown>(fenceMachine(bounds)));
    this.locks = many(fences, 'lock', lockMachine(tasks + 1));
    this.nodes = many(fences, 'node', nodeMachine());
    this.signallers = many(fences, 'signaller', bufferSignallerMachine(tasks));
    this.reservation = { name: 'reservation', machine: lockMachine(tasks) };
    this.queue = { name: 'queue', machine: queueLockMachine(tasks + fences) };
  }

  get all(): readonly Component[] {
    const { tasks, triggers, slot, callback, fences, locks, nodes, signallers } = this;
    return [
      ...[...tasks, ...triggers, slot, callback, ...fences, ...locks, ...nodes, ...signallers],
      ...[this.reservation, this.queue],
    ];
  }

  /** A step of each task t. */
  steps(name: string, others: (t: number) => readonly Take[]): readonly Move[] {
    return family(name, { t: this.t }, ({ t }) => [[at(this.tasks, t), name], ...others(t)]);
  }

  /** A step of each task t that is about each fence f. */
  onFences(name: string, others: (t: number, f: number) => readonly Take[]): readonly Move[] {
    return family(name, { t: this.t, f: this.f }, ({ t, f }) => [
      [at(this.tasks, t), `${name}(${f})`],
      ...others(t, f),
    ]);
  }
}

/** What tasks do. */
function polling(parts: Parts): readonly Move[] {
  const { t, tasks, triggers, slot, callback, fences, locks, nodes, reservation, queue } = parts;
  return [
    ...parts.steps('join', () => [[queue, 'isFree']]),
    ...parts.steps('lock', (t) => [[reservation, `acquire(${t})`]]),
    ...parts.steps('claim', () => [
      [queue, 'isFree'],
      [slot, 'claim'],
    ]),
    ...parts.steps('busy', () => [
      [queue, 'isFree'],
      [slot, 'busy'],
    ]),
    ...parts.onFences('get', (_, f) => [[at(fences, f), 'get']]),
    ...parts.onFences('acquire', (t, f) => [[at(locks, f), `acquire(${t})`]]),
    ...parts.onFences('enable', (_, f) => [[at(fences, f), 'enable']]),
    ...parts.onFences('add', (_, f) => [
      [at(fences, f), 'addCallback=0'],
      [at(nodes, f), 'list'],
      [callback, 'add'],
    ]),
    ...parts.onFences('refuse', (_, f) => [
      [at(fences, f), 'addCallback=-2'],
      [callback, 'refuse'],
    ]),
    ...parts.onFences('arm', (t, f) => [
      [at(locks, f), `release(${t})`],
      [slot, 'arm'],
    ]),
    ...parts.onFences('put', (t, f) => [
      [at(locks, f), `release(${t})`],
      [at(fences, f), 'put'],
    ]),
    ...parts.steps('none', (t) => [
      [queue, `acquire(${t})`],
      [slot, 'idle'],
    ]),
    // It knows of itself that it is on the queue.
    ...family('wake', { t, o: t }, ({ t, o }) => [
      [at(tasks, t), `wake(${o})`],
      [at(triggers, o), 'pull'],
      ...(t === o ? [] : [[at(tasks, o), 'isOn'] as const]),
    ]),
    ...family('pass', { t, o: t }, ({ t, o }) =>
      t === o
        ? null
        : [
            [at(tasks, t), `pass(${o})`],
            [at(tasks, o), 'isAway'],
          ],
    ),
    ...parts.steps('woken', (t) => [
      [queue, `release(${t})`],
      [slot, 'release'],
    ]),
    ...parts.steps('unlockReady', (t) => [
      [reservation, `release(${t})`],
      [at(triggers, t), 'drop'],
    ]),
    ...parts.steps('unlock', (t) => [[reservation, `release(${t})`]]),
    ...parts.steps('sleep', (t) => [[at(triggers, t), 'isQuiet']]),
    ...parts.steps('again', (t) => [[at(triggers, t), 'take']]),
    ...parts.steps('awake', (t) => [[at(triggers, t), 'take']]),
  ];
}

/** What signallers do. */
function signalling(parts: Parts): readonly Move[] {
  const { t, f, tasks, triggers, slot, callback, fences, locks, nodes, signallers, queue } = parts;
  const steps = (name: string, others: (f: number) => readonly Take[]): readonly Move[] =>
    family(`signaller.${name}`, { f }, ({ f }) => [[at(signallers, f), name], ...others(f)]);
  return [
    ...steps('init', (f) => [[at(fences, f), 'init']]),
    ...steps('acquire', (f) => [[at(locks, f), `acquire(${t.length})`]]),
    ...steps('signal', (f) => [[at(fences, f), 'signal=0']]),
    ...steps('stamp', (f) => [[at(fences, f), 'stamp']]),
    ...steps('run', (f) => [
      [at(nodes, f), 'unlist'],
      [callback, 'run'],
    ]),
    ...steps('pass', (f) => [[at(nodes, f), 'isOff']]),
    ...steps('enter', (f) => [
      [queue, `acquire(${t.length + f})`],
      [slot, 'signaled'],
    ]),
    ...family('signaller.wake', { f, o: t }, ({ f, o }) => [
      [at(signallers, f), `wake(${o})`],
      [at(tasks, o), 'isOn'],
      [at(triggers, o), 'pull'],
    ]),
    ...family('signaller.passBy', { f, o: t }, ({ f, o }) => [
      [at(signallers, f), `passBy(${o})`],
      [at(tasks, o), 'isAway'],
    ]),
    ...steps('woken', (f) => [
      [queue, `release(${t.length + f})`],
      [slot, 'release'],
    ]),
    ...steps('put', (f) => [
      [at(fences, f), 'put'],
      [callback, 'ran'],
    ]),
    ...steps('release', (f) => [[at(locks, f), `release(${t.length})`]]),
  ];
}

const isPolling = (value: unknown, state: string): boolean => isIn(value, 'polling', state);

function always({ t, tasks, triggers, slot, nodes, fences }: Parts): readonly Claim[] {
  return [
    claim('POLL-005 the callback is on one list at most', nodes, (...all) => {
      return all.filter(({ value }) => value === 'on').length <= 1;
    }),
    ...t.map((task) =>
      claim(
        'POLL-012 who sleeps has a callback to wake it, or is woken already',
        [at(tasks, task), at(triggers, task), slot],
        (poller, trigger, { value }) =>
          !isPolling(poller.value, 'asleep') || trigger.value === 'pulled' || value !== 'inactive',
      ),
    ),
    ...t.flatMap((task) =>
      fences.map((fence) =>
        claim(
          'POLL-001 who is told that it is ready is told when every fence has signaled',
          [at(tasks, task), fence],
          (poller, seen) =>
            !isPolling(poller.value, 'ready') || !JSON.stringify(seen.value).includes('pending'),
        ),
      ),
    ),
  ];
}

function sometimes({ tasks, triggers, slot, callback }: Parts): readonly Claim[] {
  const first = at(tasks, 0);
  return [
    claim(
      'POLL-005 one sleeps behind the callback of another',
      [first, at(triggers, 0), at(tasks, 1), at(triggers, 1)],
      (one, trigger, other, { value }) =>
        isPolling(one.value, 'asleep') &&
        isPolling(other.value, 'asleep') &&
        trigger.value === 'quiet' &&
        value === 'quiet',
    ),
    claim(
      'POLL-006 the callback wakes up a sleeper',
      [first, at(triggers, 0), slot],
      (one, trigger, { value }) =>
        isPolling(one.value, 'asleep') && trigger.value === 'pulled' && value === 'waking',
    ),
    claim('POLL-006 the callback waits for one fence after the other', [callback], (state) => {
      return state.context.calls > 1;
    }),
  ];
}

function eventually({ tasks, signallers }: Parts): readonly Liveness[] {
  const everybody = [...signallers, ...tasks].map(({ name }) => name);
  return tasks.map((task): Liveness => ({
    name: `POLL-012 ${task.name} is told that it is ready`,
    whenever: claim('it sleeps', [task], ({ value }) => isPolling(value, 'asleep')),
    eventually: claim('it has come to its end', [task], ({ value }) => value === 'finished'),
    fair: weak(...everybody),
  }));
}

/** Tasks that poll a buffer until all of its fences have signaled. */
export function bufferPollers(scope: BufferPollersScope): System {
  const parts = new Parts(scope);
  const { tasks, fences } = scope;
  return {
    network: network(`buffer with ${tasks} pollers and ${fences} fences`, parts.all, [
      ...polling(parts),
      ...signalling(parts),
    ]),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach(
        'all is over',
        [...parts.tasks, ...parts.signallers],
        ({ value }) => value === 'finished',
      ),
    },
  };
}
