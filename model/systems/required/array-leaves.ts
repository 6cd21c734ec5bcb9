import { claimOfEach } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Move, Take } from '../network.ts';
import { always, eventually, sometimes } from './array-claims.ts';
import { ArrayParts, EIO, POLLER, WALKER, WORKER } from './array-parts.ts';
import type { ArrayLeavesScope } from './array-parts.ts';
import { at } from './parts.ts';
import type { System } from './system.ts';

/** Enabling: the walk, and what comes of it when the leaves are done already. */
function walking(parts: ArrayParts): readonly Move[] {
  const { scope, i, walker, array, own, lock, counter, enabled, leaves, nodes } = parts;
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
    ...plain('enable', [own, 'enable'], [enabled, 'set']),
    ...plain('seesDone', [own, 'poll=1']),
    ...plain('arm', [array, 'arm']),
    ...plain('get', [own, 'get']),
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
    ...plain('drop', [own, 'put']),
    ...plain('count', [array, 'countDown.inline=0'], [counter, 'down']),
    ...plain('countLast', [array, 'countDown.inline=1'], [counter, 'down']),
    ...plain('armed', [array, 'armed'], [own, 'enableSignaling.armed']),
    ...parts.decide(walker, 'walker'),
    ...plain('refused', [own, 'enableSignaling.refused']),
    ...plain('signal', [own, 'signal=0'], [array, 'complete']),
    ...plain('stamp', [own, 'stamp']),
    ...plain('release', [lock, `release(${WALKER})`]),
    ...parts.leave(walker, 'walker'),
  ];
}

/** The leaves signal, and the last one needed queues the work. */
function signalling(parts: ArrayParts): readonly Move[] {
  const { i, worker, array, counter, signallers, leaves, nodes, faults } = parts;
  const steps = (name: string, others: (i: number) => readonly Take[]): readonly Move[] =>
    family(`signaller.${name}`, { i }, ({ i }) => [[at(signallers, i), name], ...others(i)]);
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
    ...steps('count', () => [
      [array, 'countDown=0'],
      [counter, 'down'],
    ]),
    ...steps('countLast', () => [
      [array, 'countDown=1'],
      [counter, 'down'],
    ]),
    ...steps('queueWork', () => [
      [worker, 'queue'],
      [array, 'queueWork'],
    ]),
    ...signallers.flatMap((signaller) => parts.leave(signaller, signaller.name)),
    ...family('worker.work', {}, () => [
      [worker, 'work'],
      [array, 'work'],
    ]),
    ...parts.decide(worker, 'worker'),
    ...parts.complete(worker, 'worker', WORKER),
    ...parts.leave(worker, 'worker'),
  ];
}

/** A poll: of the counter when the array is enabled, else of the leaves. */
function polling(parts: ArrayParts): readonly Move[] {
  const { i, needed, scope, pollers, array, own, counter, enabled, leaves } = parts;
  const values = range(scope.leaves + 1).map((step) => needed - step);
  return pollers.flatMap((poller) => {
    const plain = (name: string, ...others: readonly Take[]): readonly Move[] =>
      family(`poller.${name}`, {}, () => [[poller, name], ...others]);
    const leaf = (name: string, event: string): readonly Move[] =>
      family(`poller.${name}`, { i }, ({ i }) => [
        [poller, `${name}(${i})`],
        [at(leaves, i), event],
      ]);
    return [
      ...plain('init', [own, 'get']),
      ...plain('seesDone', [own, 'poll=1']),
      ...family('poller.read', { value: values }, ({ value }) => [
        [poller, `read(${value})`],
        [counter, `read(${value})`],
        [own, 'poll=0'],
      ]),
      ...plain('isArmed', [enabled, 'isSet']),
      ...plain('isUnarmed', [enabled, 'isClear']),
      ...leaf('leafDone', 'poll=1'),
      ...leaf('leafPending', 'poll=0'),
      ...plain('isPending', [array, 'poll(0)']),
      ...parts.decide(poller, 'poller'),
      ...plain('isDone', [array, 'poll(1)']),
      ...parts.complete(poller, 'poller', POLLER),
      ...parts.leave(poller, 'poller'),
    ];
  });
}

/** An array that is enabled and polled while its leaves signal, with and without errors. */
export function arrayLeaves(scope: ArrayLeavesScope): System {
  const parts = new ArrayParts(scope);
  const { mode, leaves, isPolled } = scope;
  const moves = [...walking(parts), ...signalling(parts), ...polling(parts)];
  const polled = isPolled ? ', polled' : '';
  const tasks = [parts.walker, parts.worker, ...parts.pollers, ...parts.signallers];
  return {
    network: network(`array over leaves (${mode} of ${leaves}${polled})`, parts.all, moves),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      // No work when the walk or a poll was faster; no poll of an array that is gone.
      mayEnd: claimOfEach(
        'all is over',
        tasks,
        ({ value }) => value === 'finished' || value === 'idle' || value === 'away',
      ),
    },
  };
}
