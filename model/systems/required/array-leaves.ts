import { EINVAL } from '../../errno.ts';
import { arrayMachine } from '../../machines/array.ts';
import { fenceMachine } from '../../machines/fence.ts';
import { claim, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { bitMachine, signallerMachine, walkerMachine, workerMachine } from './array-tasks.ts';
import { at, isIn, lockMachine, many, objectOf } from './parts.ts';
import type { System } from './system.ts';
import { nodeMachine } from './timeline-tasks.ts';

/** With which error a leaf fails; any other would do. */
const EIO = 5;

/** Users of the lock of the array's own fence. */
const WALKER = 0;
const WORKER = 1;

export interface ArrayLeavesScope {
  /** Done when all, or when any, of the leaves are done. */
  readonly mode: 'all' | 'any';
  readonly leaves: number;
}

interface ArrayContext {
  readonly error: number;
}

/** All machines. Node i: the array's callback is on the list of leaf i. */
class Parts {
  readonly scope: ArrayLeavesScope;
  readonly i: readonly number[];
  readonly walker;
  readonly worker;
  readonly array;
  readonly own;
  readonly lock;
  /** The array's error word is no longer the marker. */
  readonly decided;
  readonly signallers;
  readonly leaves;
  readonly nodes;
  /** Leaf i has an error. */
  readonly faults;

  constructor(scope: ArrayLeavesScope) {
    const { leaves } = scope;
    const bounds = { childrenMax: leaves, errors: [-EIO] };
    const fence = { referencesMax: 1, callbacksMax: 1, errors: [-EIO] };
    const machine = objectOf<unknown>(fenceMachine(fence));
    this.scope = scope;
    this.i = range(leaves);
    this.walker = { name: 'walker', machine: walkerMachine(leaves) };
    this.worker = { name: 'worker', machine: workerMachine() };
    this.array = { name: 'array', machine: objectOf<ArrayContext>(arrayMachine(bounds)) };
    this.own = { name: 'own fence', machine };
    this.lock = { name: 'own lock', machine: lockMachine(2) };
    this.decided = { name: 'error word', machine: bitMachine() };
    this.signallers = many(leaves, 'signaller', signallerMachine());
    this.leaves = many(leaves, 'leaf', machine);
    this.nodes = many(leaves, 'node', nodeMachine());
    this.faults = many(leaves, 'fault', bitMachine());
  }

  get all(): readonly Component[] {
    const { walker, worker, array, own, lock, decided, signallers, leaves, nodes, faults } = this;
    return [
      ...[walker, worker, array, own, lock, decided],
      ...[...signallers, ...leaves, ...nodes, ...faults],
    ];
  }

  /** What is done with the error of leaf i: the first one wins. */
  judge(name: string, by: (i: number, event: string) => Take): readonly Move[] {
    const { i, array, own, decided, faults } = this;
    const one = (event: string, others: (i: number) => readonly Take[]): readonly Move[] =>
      family(`${name}.${event}`, { i }, ({ i }) => [by(i, event), ...others(i)]);
    return [
      ...one('record', (i) => [
        [at(faults, i), 'isSet'],
        [decided, 'set'],
        [array, `record(${-EIO})`],
        [own, `setError(${-EIO})`],
      ]),
      ...one('keep', (i) => [
        [at(faults, i), 'isSet'],
        [decided, 'isSet'],
      ]),
      ...one('noError', (i) => [[at(faults, i), 'isClear']]),
    ];
  }
}

/** Enabling: the walk, and what comes of it when the leaves are done already. */
function walking(parts: Parts): readonly Move[] {
  const { scope, i, walker, array, own, lock, decided, leaves, nodes } = parts;
  const plain = (name: string, ...others: readonly Take[]): readonly Move[] =>
    family(`walker.${name}`, {}, () => [[walker, name], ...others]);
  const steps = (name: string, others: (i: number) => readonly Take[]): readonly Move[] =>
    family(`walker.${name}`, { i }, ({ i }) => [[walker, `${name}(${i})`], ...others(i)]);
  const init = scope.mode === 'all' ? 'init' : 'init.any';
  return [
    ...plain(
      'init',
      [array, `${init}(${scope.leaves})`],
      [own, 'init'],
      ...leaves.map((leaf): Take => [leaf, 'poll']),
    ),
    ...plain('acquire', [lock, `acquire(${WALKER})`]),
    ...plain('enable', [own, 'enable']),
    ...plain('arm', [array, 'arm']),
    ...steps('enableLeaf', (i) => [[at(leaves, i), 'enable']]),
    ...steps('watch', (i) => [
      [at(leaves, i), 'addCallback=0'],
      [at(nodes, i), 'list'],
      [array, 'watch'],
    ]),
    ...steps('refuse', (i) => [
      [at(leaves, i), 'addCallback=-2'],
      [array, 'refuse'],
    ]),
    ...parts.judge('walker', (i, event) => [walker, `${event}(${i})`]),
    ...plain('count', [array, 'countDown.inline=0']),
    ...plain('countLast', [array, 'countDown.inline=1']),
    ...plain('armed', [array, 'armed'], [own, 'enableSignaling.armed']),
    ...plain('clear', [decided, 'set'], [array, 'clearError']),
    ...plain('keepError', [decided, 'isSet']),
    ...plain('refused', [own, 'enableSignaling.refused']),
    ...plain('signal', [own, 'signal=0'], [array, 'complete']),
    ...plain('stamp', [own, 'stamp']),
    ...plain('release', [lock, `release(${WALKER})`]),
  ];
}

/** The leaves signal, and the last one needed queues the work. */
function signalling(parts: Parts): readonly Move[] {
  const { i, worker, array, own, lock, decided, signallers, leaves, nodes, faults } = parts;
  const steps = (name: string, others: (i: number) => readonly Take[]): readonly Move[] =>
    family(`signaller.${name}`, { i }, ({ i }) => [[at(signallers, i), name], ...others(i)]);
  const works = (name: string, ...others: readonly Take[]): readonly Move[] =>
    family(`worker.${name}`, {}, () => [[worker, name], ...others]);
  return [
    ...steps('init', (i) => [[at(leaves, i), 'init']]),
    ...steps('fail', (i) => [
      [at(leaves, i), `setError(${-EIO})`],
      [at(faults, i), 'set'],
    ]),
    ...steps('signal', (i) => [[at(leaves, i), 'signal=0']]),
    ...steps('stamp', (i) => [[at(leaves, i), 'stamp']]),
    ...steps('run', (i) => [[at(nodes, i), 'unlist']]),
    ...steps('pass', (i) => [[at(nodes, i), 'isOff']]),
    ...parts.judge('signaller', (i, event) => [at(signallers, i), event]),
    ...steps('count', () => [[array, 'countDown=0']]),
    ...steps('countLast', () => [[array, 'countDown=1']]),
    ...steps('queueWork', () => [
      [worker, 'queue'],
      [array, 'queueWork'],
    ]),
    ...works('work', [array, 'work']),
    ...works('clear', [decided, 'set'], [array, 'clearError']),
    ...works('keepError', [decided, 'isSet']),
    ...works('acquire', [lock, `acquire(${WORKER})`]),
    ...works('signal', [own, 'signal=0'], [array, 'complete']),
    ...works('late', [own, `signal=${-EINVAL}`]),
    ...works('stamp', [own, 'stamp']),
    ...works('release', [lock, `release(${WORKER})`]),
  ];
}

const isPending = (value: unknown): boolean => isIn(value, 'completion', 'pending');

function always({ scope, array, own, leaves, faults, decided }: Parts): readonly Claim[] {
  const isEnough = (done: readonly boolean[]): boolean =>
    scope.mode === 'all' ? done.every(Boolean) : done.some(Boolean);
  return [
    claim('the array signals only when its leaves say so', [own, ...leaves], (fence, ...seen) =>
      isPending(fence.value) ? true : isEnough(seen.map(({ value }) => !isPending(value))),
    ),
    claim(
      'array and own fence are done together',
      [array, own],
      (seen, fence) => isPending(fence.value) === isPending(seen.value),
    ),
    claim('the marker is gone when the array is done', [own, decided], (fence, word) =>
      isPending(fence.value) ? true : word.value === 'set',
    ),
    claim('an error of the array is one of a leaf', [array, ...faults], (seen, ...leaf) =>
      seen.context.error < 0 ? leaf.some(({ value }) => value === 'set') : true,
    ),
    ...(scope.mode === 'all'
      ? [
          claim('no error of a leaf is lost', [own, array, ...faults], (fence, seen, ...leaf) => {
            const isFailed = leaf.some(({ value }) => value === 'set');
            return isPending(fence.value) || !isFailed || seen.context.error === -EIO;
          }),
        ]
      : []),
  ];
}

function sometimes({ walker, worker, array }: Parts): readonly Claim[] {
  return [
    claim('the walk itself completes the array', [walker], ({ value }) => value === 'flagged'),
    claim('the work completes the array', [worker], ({ value }) => value === 'flagged'),
    claim('the array has an error', [array], ({ context }) => context.error < 0),
  ];
}

function eventually({ walker, worker, own, signallers }: Parts): readonly Liveness[] {
  return [
    {
      name: 'the array signals',
      eventually: claim('its own fence is done', [own], ({ value }) => !isPending(value)),
      fair: weak(...[walker, worker, ...signallers].map(({ name }) => name)),
    },
  ];
}

/** An array that is enabled while its leaves signal, with and without errors. */
export function arrayLeaves(scope: ArrayLeavesScope): System {
  const parts = new Parts(scope);
  const { mode, leaves } = scope;
  const moves = [...walking(parts), ...signalling(parts)];
  const isOver = (value: unknown): boolean => value === 'finished';
  return {
    network: network(`array over leaves (${mode} of ${leaves})`, parts.all, moves),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claim(
        'all is over',
        [parts.walker, parts.worker, ...parts.signallers],
        (walker, worker, ...signallers) =>
          isOver(walker.value) &&
          (isOver(worker.value) || worker.value === 'idle') &&
          signallers.every(({ value }) => isOver(value)),
      ),
    },
  };
}
