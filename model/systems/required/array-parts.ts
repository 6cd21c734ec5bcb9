import { EINVAL } from '../../errno.ts';
import { arrayMachine } from '../../machines/array.ts';
import { fenceMachine } from '../../machines/fence.ts';
import { family, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { pollerMachine } from './array-poller.ts';
import {
  bitMachine,
  counterMachine,
  signallerMachine,
  walkerMachine,
  workerMachine,
} from './array-tasks.ts';
import { at, lockMachine, many, objectOf, only } from './parts.ts';
import { nodeMachine } from './timeline-tasks.ts';

/** With which error a leaf fails; any other would do. */
export const EIO = 5;

/** Users of the lock of the array's own fence. */
export const WALKER = 0;
export const WORKER = 1;
export const POLLER = 2;
const USERS = 3;

export interface ArrayLeavesScope {
  /** Done when all, or when any, of the leaves are done. */
  readonly mode: 'all' | 'any';
  readonly leaves: number;
  /** Somebody polls the array, and may complete it that way. */
  readonly isPolled: boolean;
}

interface ArrayContext {
  readonly error: number;
}

/** What the array does with its own fence. */
const OWN = [
  ...['init', 'get', 'put', 'put.last', 'free', 'enable', 'poll=0', 'poll=1'],
  ...['enableSignaling.armed', 'enableSignaling.refused', `setError(${-EIO})`],
  ...['signal=0', `signal=${-EINVAL}`, 'stamp'],
];
/** What its signaller and the array do with a leaf. */
const LEAF = [
  ...['init', 'poll', 'poll=0', 'poll=1', 'enable', 'addCallback=0', 'addCallback=-2'],
  ...[`setError(${-EIO})`, 'signal=0', 'stamp'],
];

/** All machines. Node i: the array's callback is on the list of leaf i. */
export class ArrayParts {
  readonly scope: ArrayLeavesScope;
  readonly i: readonly number[];
  /** How many leaves have to be done. */
  readonly needed: number;
  readonly walker: Component;
  readonly worker: Component;
  readonly pollers: readonly Component[];
  readonly array: Component<ArrayContext>;
  readonly own: Component;
  readonly lock: Component;
  /** How many leaves are still missing. */
  readonly counter: Component;
  /** The array's error word is no longer the marker. */
  readonly decided: Component;
  /** Somebody has asked for the signal of the array. */
  readonly enabled: Component;
  readonly signallers: readonly Component[];
  readonly leaves: readonly Component[];
  readonly nodes: readonly Component[];
  /** Leaf i has an error. */
  readonly faults: readonly Component[];

  constructor(scope: ArrayLeavesScope) {
    const { leaves, mode, isPolled } = scope;
    const bounds = { childrenMax: leaves, errors: [-EIO] };
    const fence = { callbacksMax: 1, errors: [-EIO] };
    // Walker, poller, and each leaf that is watched.
    const own = fenceMachine({ ...fence, referencesMax: leaves + 2 });
    const leaf = objectOf<unknown>(fenceMachine({ ...fence, referencesMax: 1 }));
    const bit = bitMachine();
    this.scope = scope;
    this.i = range(leaves);
    this.needed = mode === 'all' ? leaves : 1;
    this.walker = { name: 'walker', machine: walkerMachine(leaves) };
    this.worker = { name: 'worker', machine: workerMachine() };
    this.pollers = isPolled ? many(1, 'poller', pollerMachine(leaves, this.needed)) : [];
    this.array = { name: 'array', machine: objectOf<ArrayContext>(arrayMachine(bounds)) };
    this.own = { name: 'own fence', machine: only(objectOf<unknown>(own), OWN) };
    this.lock = { name: 'own lock', machine: lockMachine(USERS) };
    this.counter = { name: 'counter', machine: counterMachine(this.needed, leaves) };
    this.decided = { name: 'error word', machine: bit };
    this.enabled = { name: 'enabled', machine: bit };
    this.signallers = many(leaves, 'signaller', signallerMachine());
    this.leaves = many(leaves, 'leaf', only(leaf, LEAF));
    this.nodes = many(leaves, 'node', nodeMachine());
    this.faults = many(leaves, 'fault', bit);
  }

  get all(): readonly Component[] {
    const { walker, worker, pollers, array, own, lock, counter, decided, enabled } = this;
    const { signallers, leaves, nodes, faults } = this;
    return [
      ...[walker, worker, ...pollers, array, own, lock, counter, decided, enabled],
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

  /** A reference on the array is dropped; whoever drops the last one releases it. */
  leave(component: Component, name: string): readonly Move[] {
    const { array, own } = this;
    const step = (event: string, ...others: readonly Take[]): readonly Move[] =>
      family(`${name}.${event}`, {}, () => [[component, event], ...others]);
    return [
      ...step('put', [own, 'put']),
      ...step('putLast', [own, 'put.last']),
      ...step('freeArray', [array, 'free']),
      ...step('freeFence', [own, 'free']),
    ];
  }

  /** Whoever finds the array done says so, unless an error was there first. */
  decide(component: Component, name: string): readonly Move[] {
    const { array, decided } = this;
    return [
      ...family(`${name}.clear`, {}, () => [
        [component, 'clear'],
        [decided, 'set'],
        [array, 'clearError'],
      ]),
      ...family(`${name}.keepError`, {}, () => [
        [component, 'keepError'],
        [decided, 'isSet'],
      ]),
    ];
  }

  /** The signal of the array's own fence from outside its lock. */
  complete(component: Component, name: string, user: number): readonly Move[] {
    const { array, own, lock } = this;
    const step = (event: string, ...others: readonly Take[]): readonly Move[] =>
      family(`${name}.${event}`, {}, () => [[component, event], ...others]);
    return [
      ...step('acquire', [lock, `acquire(${user})`]),
      ...step('signal', [own, 'signal=0'], [array, 'complete']),
      ...step('late', [own, `signal=${-EINVAL}`]),
      ...step('stamp', [own, 'stamp']),
      ...step('release', [lock, `release(${user})`]),
    ];
  }
}
