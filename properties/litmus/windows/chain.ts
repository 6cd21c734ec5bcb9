import { nodes } from '../../rules/chain/nodes.ts';
import { litmus, type Litmus, outcome } from '../litmus.ts';
import { happened, type Observable, results, status } from '../observables.ts';

/** Who dropped the last reference on a fence. */
function lastPut(name: string): Observable {
  return (run) => {
    const last = run.sightings.find((one) => one.name === 'put.last' && one.object.label === name);
    return `${name} by ${last?.task ?? 'nobody'}`;
  };
}

/** Who signaled a fence. */
function signaler(name: string): Observable {
  return (run) => {
    const done = run.sightings.find(
      (one) => one.name === 'signal' && one.object.label === name && one.result === 0,
    );
    const isWork = done?.task.startsWith('irq_work') ?? false;
    return `${name} signaled by ${isWork ? 'the work' : (done?.task ?? 'nobody')}`;
  };
}

const collects = happened({ collect: 'taken', 'collect.lost': 'late' }, 'kept');
const lookups = happened(
  { collect: 'taken', 'collect.lost': 'late', 'getRcu.missed': 'missed' },
  'kept',
);
/** What an armed node did with its one callback. */
function watches(name: string): Observable {
  const words = new Set(['watch', 'refuse', 'exhaust', 'fire']);
  return (run) =>
    run.sightings
      .filter(({ task, object, name: event }) => {
        return task !== 'boot' && object.label === `${name}.chain` && words.has(event);
      })
      .map(({ name: event }) => event)
      .join(' ');
}

const unlinks = happened({ unlink: 'unlinked' }, 'nothing unlinked');

/** The nodes that had a predecessor taken off, one after the other. */
const taking: Observable = (run) =>
  run.sightings
    .filter(({ name }) => name === 'collect')
    .map(({ object }) => object.label.replace('.chain', ''))
    .join(' ');

/** Nodes 1 to 3, of which only the last one is the program's. */
const UNHELD = `f1 = fence.create(); fence.get(f1); c1 = chain.create(null, f1, 1)
  f2 = fence.create(); fence.get(f2); c2 = chain.create(c1, f2, 2)
  f3 = fence.create(); c3 = chain.create(c2, f3, 3)`;

/** Chains: who takes predecessors off, who drops what, and who signals a node. */
export const CHAIN_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'two-walks',
    window: 'RACE-20',
    setup: `${nodes(2)}; fence.signal(f1)`,
    tasks: { A: 'e = chain.elements(c2)', B: 'd = chain.elements(c2)' },
    sees: [results, collects],
    outcomes: [
      outcome('A c2; B c2, taken', ['CHAIN-008'], 'the second walk finds the link advanced'),
      outcome('A c2; B c2, taken late', ['CHAIN-010'], 'both wanted to take it off'),
    ],
  }),
  litmus({
    name: 'two-walks-two-nodes',
    window: 'RACE-20',
    setup: `${nodes(3)}; fence.signal(f1); fence.signal(f2)`,
    tasks: { A: 'e = chain.elements(c3)', B: 'd = chain.elements(c3)' },
    isWide: true,
    sees: [results, collects],
    outcomes: [
      outcome('A c3; B c3, taken taken', ['CHAIN-008'], 'each node has one who wants it'),
      outcome('A c3; B c3, taken late taken', ['CHAIN-010'], 'both wanted the newer one'),
      outcome('A c3; B c3, taken taken late', ['CHAIN-010'], 'late for either, behind both'),
      outcome('A c3; B c3, taken late taken late', ['CHAIN-010'], 'late for each in turn'),
    ],
  }),
  litmus({
    name: 'last-put-of-predecessor',
    window: 'RACE-21',
    setup: `${UNHELD}; fence.signal(f2)`,
    tasks: { A: 'e = chain.elements(c3)', B: 'd = chain.elements(c3)' },
    isWide: true,
    sees: [results, lookups, lastPut('c2')],
    outcomes: [
      outcome('A c3 c1; B c3 c1, taken, c2 by A', ['CHAIN-008'], 'A takes it off; B finds c1'),
      outcome('A c3 c1; B c3 c1, taken, c2 by B', ['CHAIN-008'], 'or the other way round'),
      outcome(
        'A c3 c1; B c3 c1, taken missed, c2 by A',
        ['FENCE-010', 'FENCE-011'],
        'B meets count 0',
      ),
      outcome('A c3 c1; B c3 c1, taken missed, c2 by B', ['FENCE-010', 'FENCE-011'], 'A meets it'),
      outcome(
        'A c3 c1; B c3 c1, taken late, c2 by A',
        ['CHAIN-010'],
        'both had it; A drops it last',
      ),
      outcome(
        'A c3 c1; B c3 c1, taken late, c2 by B',
        ['CHAIN-010'],
        'both had it; B drops it last',
      ),
    ],
  }),
  litmus({
    name: 'replacement-is-outdated',
    window: 'RACE-20',
    setup: `${nodes(3)}; fence.signal(f1); fence.signal(f2)`,
    tasks: { A: 'e = chain.elements(c3)', B: 'd = chain.elements(c2)' },
    isWide: true,
    sees: [results, taking],
    outcomes: [
      outcome('A c3; B c2, c2 c3', ['CHAIN-008'], 'c2 had nothing before it when A looked'),
      outcome('A c3; B c2, c2 c3 c3', ['CHAIN-010'], 'A read c1, which B took off before the swap'),
      outcome('A c3; B c2, c3 c2 c3', ['CHAIN-010'], 'B comes between the two swaps of A'),
      outcome('A c3; B c2, c3 c3 c2', ['CHAIN-009'], 'A is through'),
    ],
  }),
  litmus({
    name: 'walk-and-release',
    window: 'RACE-22',
    setup: `${nodes(2)}; fence.put(c1); fence.signal(f1)`,
    tasks: { A: 'e = chain.elements(c2); fence.put(c2)', B: 'fence.put(c2)' },
    sees: [results, collects, lastPut('c2')],
    outcomes: [
      outcome('A c2, taken, c2 by A', ['CHAIN-007', 'FENCE-012'], 'who walks has a reference'),
      outcome('A c2, taken, c2 by B', ['CHAIN-007', 'FENCE-006'], 'B is the last, behind the walk'),
    ],
  }),
  litmus({
    name: 'release-depth',
    window: 'RACE-23',
    setup: `f1 = fence.create(); c1 = chain.create(null, f1, 1); f2 = fence.create()
      c2 = chain.create(c1, f2, 2); fence.get(c2); f3 = fence.create()
      c3 = chain.create(c2, f3, 3)`,
    tasks: { A: 'fence.put(c3)', B: 'fence.put(c2)' },
    sees: [unlinks, lastPut('c2')],
    outcomes: [
      outcome('unlinked unlinked, c2 by A', ['CHAIN-023'], 'B was gone: both are taken off'),
      outcome('unlinked, c2 by A', ['CHAIN-023'], 'B goes between count and put: one level deeper'),
      outcome('unlinked, c2 by B', ['CHAIN-023', 'FENCE-006'], 'B is the last'),
    ],
  }),
  litmus({
    name: 'release-counts-one-by-one',
    window: 'RACE-23',
    setup: `f1 = fence.create(); c1 = chain.create(null, f1, 1); fence.get(c1)
      f2 = fence.create(); fence.get(f2); c2 = chain.create(c1, f2, 2); f3 = fence.create()
      c3 = chain.create(c2, f3, 3)`,
    tasks: { A: 'fence.put(c3)', B: 'lockless.fence(f2, [references]); fence.put(c1)' },
    sees: [results, unlinks, lastPut('c1')],
    outcomes: [
      outcome('B 2, unlinked unlinked, c1 by A', ['CHAIN-023'], 'B was gone when c1 was counted'),
      outcome('B 2, unlinked, c1 by A', ['CHAIN-023'], 'B goes between count and put'),
      outcome('B 2, unlinked, c1 by B', ['FENCE-006'], 'B is the last'),
      outcome(
        'B 1, unlinked unlinked, c1 by A',
        ['CHAIN-023'],
        'f2 goes with c2, and then c1 is counted',
      ),
      outcome('B 1, unlinked, c1 by A', ['CHAIN-023'], 'f2 is gone; B between count and put'),
      outcome('B 1, unlinked, c1 by B', ['FENCE-006'], 'f2 is gone; B is the last'),
    ],
  }),
  litmus({
    name: 'rearm-and-signal',
    window: 'RACE-24',
    setup: `${nodes(2)}; fence.enableSwSignaling(c2)`,
    tasks: { A: 'fence.signal(f2)', B: 'fence.signal(f1)' },
    isWide: true,
    sees: [results, watches('c2'), status('c2')],
    outcomes: [
      outcome('A 0; B 0, fire refuse exhaust, c2 1', ['CHAIN-018'], 'f1 was done and is taken off'),
      outcome(
        'A 0; B 0, fire refuse refuse exhaust, c2 1',
        ['CHAIN-018'],
        'f1 signals between the poll of the walk and the add',
      ),
      outcome(
        'A 0; B 0, fire refuse watch fire refuse exhaust, c2 1',
        ['CHAIN-018', 'CHAIN-019'],
        'f1 is watched, and fires',
      ),
    ],
  }),
  litmus({
    name: 'poll-and-work',
    window: 'RACE-24',
    setup: `${nodes(1)}; fence.enableSwSignaling(c1)`,
    tasks: { A: 'fence.signal(f1)', B: 's = fence.isSignaled(c1)' },
    sees: [results, signaler('c1')],
    outcomes: [
      outcome('A 0; B false, c1 signaled by the work', ['CHAIN-005'], 'polled before the signal'),
      outcome('A 0; B true, c1 signaled by the work', ['CHAIN-018'], 'the work was faster'),
      outcome(
        'A 0; B true, c1 signaled by B',
        ['CHAIN-018'],
        'the poll was; the work changes nothing',
      ),
    ],
  }),
  litmus({
    name: 'callback-and-collection',
    window: 'RACE-25',
    setup: `f1 = fence.create(); fence.get(f1); c1 = chain.create(null, f1, 1)
      f2 = fence.create(); fence.signal(f2); c2 = chain.create(c1, f2, 2)
      fence.enableSwSignaling(c2)`,
    tasks: { A: 'fence.signal(f1); fence.put(f1)', B: 'e = chain.elements(c2)' },
    isWide: true,
    sees: [results, lastPut('f1')],
    outcomes: [
      outcome('A 0; B c2, f1 by A', ['CHAIN-020', 'FENCE-036'], 'A has its own until it unlocks'),
      outcome('A 0; B c2, f1 by B', ['CHAIN-010', 'CHAIN-023'], 'B takes c1 off, behind A'),
      outcome('A 0; B c2 c1, f1 by A', ['CHAIN-008', 'FENCE-036'], 'B looked before the signal'),
      outcome('A 0; B c2 c1, f1 by B', ['CHAIN-007', 'CHAIN-023'], 'B is the last on c1'),
    ],
  }),
];
