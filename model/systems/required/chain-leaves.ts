import { EINVAL } from '../../errno.ts';
import { chainMachine } from '../../machines/chain.ts';
import { fenceMachine } from '../../machines/fence.ts';
import { claim, claimOfEach, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { bitMachine } from './array-tasks.ts';
import {
  chainPollerMachine,
  chainSignallerMachine,
  chainWalkerMachine,
  chainWorkerMachine,
} from './chain-tasks.ts';
import { at, isIn, lockMachine, many, objectOf, only } from './parts.ts';
import type { System } from './system.ts';
import { nodeMachine } from './timeline-tasks.ts';

export interface ChainLeavesScope {
  /** How many nodes there are, each with a leaf. */
  readonly leaves: number;
}

/** Users of the lock of the last node's own fence. */
const WALKER = 0;
const WORKER = 1;
const POLLER = 2;
const USERS = 3;

const OWN = [
  ...['init', 'enable', 'poll', 'poll=0', 'poll=1', 'stamp'],
  ...['enableSignaling.armed', 'enableSignaling.refused', 'signal=0', `signal=${-EINVAL}`],
];
const LEAF = ['init', 'poll', 'poll=0', 'poll=1', 'enable', 'addCallback=0', 'addCallback=-2'];
const CHAIN = [
  ...['init', 'arm', 'watch', 'refuse', 'exhaust', 'fire', 'queueWork', 'work', 'complete'],
  ...['poll(0)', 'poll(1)', 'collect'],
];

/** All machines. Node i: the callback is on the list of leaf i. Off i: predecessor i is taken off. */
class ChainParts {
  readonly i: readonly number[];
  readonly walker: Component;
  readonly worker: Component;
  readonly poller: Component;
  readonly chain: Component;
  readonly own: Component;
  readonly lock: Component;
  readonly signallers: readonly Component[];
  readonly leaves: readonly Component[];
  readonly nodes: readonly Component[];
  readonly off: readonly Component[];

  constructor({ leaves }: ChainLeavesScope) {
    const bounds = { callbacksMax: 1, errors: [], referencesMax: 1 };
    const fence = objectOf<unknown>(fenceMachine(bounds));
    this.i = range(leaves);
    this.walker = { name: 'walker', machine: chainWalkerMachine(leaves) };
    this.worker = { name: 'worker', machine: chainWorkerMachine(leaves) };
    this.poller = { name: 'poller', machine: chainPollerMachine(leaves) };
    this.chain = { name: 'chain', machine: only(objectOf<unknown>(chainMachine()), CHAIN) };
    this.own = { name: 'own fence', machine: only(fence, OWN) };
    this.lock = { name: 'own lock', machine: lockMachine(USERS) };
    this.signallers = many(leaves, 'signaller', chainSignallerMachine());
    this.leaves = many(leaves, 'leaf', only(fence, [...LEAF, 'signal=0', 'stamp']));
    this.nodes = many(leaves, 'node', nodeMachine());
    this.off = many(leaves - 1, 'off', bitMachine());
  }

  get tasks(): readonly Component[] {
    return [this.walker, this.worker, this.poller, ...this.signallers];
  }

  get all(): readonly Component[] {
    const { chain, own, lock, leaves, nodes, off } = this;
    return [...this.tasks, chain, own, lock, ...leaves, ...nodes, ...off];
  }

  /** One step of somebody without a parameter. */
  plain(by: Component, event: string, ...others: readonly Take[]): readonly Move[] {
    return family(`${by.name}.${event}`, {}, () => [[by, event], ...others]);
  }

  /** The steps of a walk behind an element. */
  looks(by: Component): readonly Move[] {
    const { chain, leaves, off } = this;
    const i = range(off.length);
    const look = (event: string, others: (i: number) => readonly Take[]): readonly Move[] =>
      family(`${by.name}.${event}`, { i }, ({ i }) => [[by, `${event}(${i})`], ...others(i)]);
    return [
      ...look('collect', (i) => [
        [at(leaves, i), 'poll=1'],
        [at(off, i), 'set'],
      ]),
      ...look('collectAtHead', (i) => [
        [at(leaves, i), 'poll=1'],
        [at(off, i), 'set'],
        [chain, 'collect'],
      ]),
      ...look('skip', (i) => [[at(off, i), 'isSet']]),
      ...look('stay', (i) => [
        [at(leaves, i), 'poll=0'],
        [at(off, i), 'isClear'],
      ]),
    ];
  }

  /** The steps with which a walk finds something to watch. */
  tries(by: Component): readonly Move[] {
    const { i, chain, leaves, nodes } = this;
    const step = (event: string, others: (i: number) => readonly Take[]): readonly Move[] =>
      family(`${by.name}.${event}`, { i }, ({ i }) => [[by, `${event}(${i})`], ...others(i)]);
    return [
      ...step('enableLeaf', (i) => [[at(leaves, i), 'enable']]),
      ...step('watch', (i) => [
        [at(leaves, i), 'addCallback=0'],
        [at(nodes, i), 'list'],
        [chain, 'watch'],
      ]),
      ...step('refuse', (i) => [
        [at(leaves, i), 'addCallback=-2'],
        [chain, 'refuse'],
      ]),
      ...this.plain(by, 'exhaust', [chain, 'exhaust']),
    ];
  }

  /** The signal of the own fence from outside its lock. */
  completes(by: Component, user: number): readonly Move[] {
    const { chain, own, lock } = this;
    return [
      ...this.plain(by, 'acquire', [lock, `acquire(${user})`]),
      ...this.plain(by, 'signal', [own, 'signal=0'], [chain, 'complete']),
      ...this.plain(by, 'late', [own, `signal=${-EINVAL}`]),
      ...this.plain(by, 'stamp', [own, 'stamp']),
      ...this.plain(by, 'release', [lock, `release(${user})`]),
    ];
  }
}

function walking(parts: ChainParts): readonly Move[] {
  const { walker, chain, own, lock, leaves } = parts;
  return [
    ...parts.plain(
      walker,
      'init',
      [chain, 'init'],
      [own, 'init'],
      ...leaves.map((leaf): Take => [leaf, 'poll']),
    ),
    ...parts.plain(walker, 'acquire', [lock, `acquire(${WALKER})`]),
    ...parts.plain(walker, 'enable', [own, 'enable']),
    ...parts.plain(walker, 'seesDone', [own, 'poll=1']),
    ...parts.plain(walker, 'arm', [chain, 'arm']),
    ...parts.tries(walker),
    ...parts.looks(walker),
    ...parts.plain(walker, 'armed', [own, 'enableSignaling.armed']),
    ...parts.plain(walker, 'refused', [own, 'enableSignaling.refused']),
    ...parts.plain(walker, 'signal', [own, 'signal=0'], [chain, 'complete']),
    ...parts.plain(walker, 'stamp', [own, 'stamp']),
    ...parts.plain(walker, 'release', [lock, `release(${WALKER})`]),
    ...parts.plain(walker, 'wakes', [own, 'poll=1']),
  ];
}

function signalling(parts: ChainParts): readonly Move[] {
  const { i, worker, chain, signallers, leaves, nodes } = parts;
  const step = (event: string, others: (i: number) => readonly Take[]): readonly Move[] =>
    family(`signaller.${event}`, { i }, ({ i }) => [[at(signallers, i), event], ...others(i)]);
  return [
    ...step('init', (i) => [[at(leaves, i), 'init']]),
    ...step('signal', (i) => [[at(leaves, i), 'signal=0']]),
    ...step('stamp', (i) => [[at(leaves, i), 'stamp']]),
    ...step('fire', (i) => [
      [at(nodes, i), 'unlist'],
      [chain, 'fire'],
    ]),
    ...step('pass', (i) => [[at(nodes, i), 'isOff']]),
    ...step('queueWork', () => [
      [worker, 'queue'],
      [chain, 'queueWork'],
    ]),
    ...parts.plain(worker, 'work', [chain, 'work']),
    ...parts.tries(worker),
    ...parts.looks(worker),
    ...parts.completes(worker, WORKER),
  ];
}

function polling(parts: ChainParts): readonly Move[] {
  const { i, poller, chain, own, leaves } = parts;
  const leaf = (event: string, poll: string): readonly Move[] =>
    family(`poller.${event}`, { i }, ({ i }) => [
      [poller, `${event}(${i})`],
      [at(leaves, i), poll],
    ]);
  return [
    ...parts.plain(poller, 'init', [own, 'poll']),
    ...parts.plain(poller, 'seesDone', [own, 'poll=1']),
    ...parts.plain(poller, 'seesPending', [own, 'poll=0']),
    ...leaf('leafDone', 'poll=1'),
    ...leaf('leafPending', 'poll=0'),
    ...parts.looks(poller),
    ...parts.plain(poller, 'isPending', [chain, 'poll(0)']),
    ...parts.plain(poller, 'isDone', [chain, 'poll(1)']),
    ...parts.completes(poller, POLLER),
  ];
}

const isPending = (value: unknown): boolean => isIn(value, 'completion', 'pending');

function always({ chain, own, leaves, nodes, off, worker }: ChainParts): readonly Claim[] {
  return [
    claim(
      'CHAIN-005 a node is done only when all leaves are',
      [own, ...leaves],
      (fence, ...all) => isPending(fence.value) || all.every(({ value }) => !isPending(value)),
    ),
    claim(
      'node and own fence are done together',
      [chain, own],
      (node, fence) => isIn(node.value, 'completion', 'done') === !isPending(fence.value),
    ),
    claim(
      'CHAIN-018 one callback is on one list',
      nodes,
      (...all) => all.filter(({ value }) => value === 'on').length <= 1,
    ),
    claim(
      'CHAIN-021 callback and work take turns',
      [worker, ...nodes],
      (work, ...all) => work.value === 'idle' || all.every(({ value }) => value === 'off'),
    ),
    ...off.map((bit, index) =>
      claim(
        `CHAIN-009 predecessor ${index} is taken off only when it is done`,
        [bit, at(leaves, index)],
        (taken, leaf) => taken.value === 'clear' || !isPending(leaf.value),
      ),
    ),
  ];
}

function sometimes({ own, leaves, walker, worker, poller, off }: ChainParts): readonly Claim[] {
  const isFlagged = (component: Component, who: string): Claim =>
    claim(`CHAIN-018 ${who} signals the node`, [component], ({ value }) => value === 'flagged');
  const oldest = at(leaves, 0);
  return [
    isFlagged(walker, 'the enabling walk'),
    isFlagged(worker, 'the work'),
    isFlagged(poller, 'a poll'),
    claim(
      'CHAIN-006 the oldest is the last one',
      [own, ...leaves],
      (fence, first, ...others) =>
        isPending(fence.value) &&
        isPending(first.value) &&
        others.every(({ value }) => !isPending(value)),
    ),
    // Between two nodes there is nothing that could be taken off too early.
    ...(off.length > 1
      ? [
          claim(
            'CHAIN-008 a newer predecessor is taken off before an older one is done',
            [at(off, off.length - 1), oldest],
            (taken, first) => taken.value === 'set' && isPending(first.value),
          ),
        ]
      : []),
    claim(
      'CHAIN-018 the work comes late',
      [worker, own],
      (work, fence) => work.value === 'locked' && !isPending(fence.value),
    ),
  ];
}

function eventually({ walker, tasks }: ChainParts): readonly Liveness[] {
  return [
    {
      name: 'CHAIN-019 who waits for the node is woken',
      whenever: claim('it waits', [walker], ({ value }) => value === 'waiting'),
      eventually: claim('it is through', [walker], ({ value }) => value === 'finished'),
      fair: weak(...tasks.map(({ name }) => name)),
    },
  ];
}

/** A chain of nodes whose last one is enabled, waited for and polled while the leaves signal. */
export function chainLeaves(scope: ChainLeavesScope): System {
  const parts = new ChainParts(scope);
  const moves = [...walking(parts), ...signalling(parts), ...polling(parts)];
  return {
    network: network(`chain over ${scope.leaves} leaves`, parts.all, moves),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach(
        'all is over',
        parts.tasks,
        ({ value }) => value === 'finished' || value === 'idle' || value === 'away',
      ),
    },
  };
}
