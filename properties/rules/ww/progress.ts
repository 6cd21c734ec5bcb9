import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed } from '../../check/results.ts';
import type { Schedules } from '../../run/explore.ts';
import type { Run } from '../../run/run.ts';
import type { Program } from '../../programs/program.ts';
import { withBoth } from './programs.ts';

/** Which mutexes each task takes, in this order. */
const CROSSED: Readonly<Record<string, readonly string[]>> = {
  'two-by-two': ['[a, b]', '[b, a]'],
  cycle: ['[a, b]', '[b, c]', '[c, a]'],
  'three-by-two': ['[a, b]', '[b, a]', '[b, a]'],
  'three-by-three': ['[a, b, c]', '[c, a, b]', '[b, c, a]'],
};

/** A task that takes them all, backing off as often as it has to. */
function transaction(mutexes: string, number: number): string {
  const context = `x${number}`;
  return `${context} = ww.init(k); s${number} = ww.stamp(${context})
    r${number} = ww.lockAll(${mutexes}, ${context}); ww.done(${context})
    ww.unlockAll(${mutexes}); ww.fini(${context})`;
}

/** An older transaction comes while a younger one waits that holds what it wants next. */
const LATE_ELDER: readonly Program[] = withBoth('late-elder', {
  tasks: {
    A: `x0 = ww.init(k); s0 = ww.stamp(x0); task.sleep(10); r0 = ww.lockAll([a, b], x0)
      ww.unlockAll([a, b]); ww.fini(x0)`,
    B: `task.sleep(5); ${transaction('[b, a]', 1)}`,
    H: 'ww.lock(a); task.sleep(20); ww.unlock(a)',
  },
});

const CROSSINGS: readonly Program[] = Object.entries(CROSSED).flatMap(([name, orders]) =>
  withBoth(name, {
    tasks: Object.fromEntries(
      orders.map((order, number) => ['ABC'.charAt(number), transaction(order, number)]),
    ),
  }),
);

const TRANSACTIONS: readonly Program[] = [...CROSSINGS, ...LATE_ELDER];

/** What is written into a mutex may be seen late. */
const LATE_STORES: readonly Program[] = withBoth('two-by-two-late', {
  world: { memory: 'tso' },
  tasks: { A: transaction('[a, b]', 0), B: transaction('[b, a]', 1) },
});

/** Crossings need many preemptions at places that no bound knows. */
const DRAWN: readonly Schedules[] = [
  { kind: 'bounded', preemptions: 1, runsMax: 600 },
  { kind: 'random', runs: 100, seed: 1 },
  { kind: 'pos', runs: 100, seed: 1 },
];

/** The result of the transaction with the oldest stamp: has it backed off? */
function oldestBackedOff(run: Run): boolean {
  const numbers = run.program.tasks.map((_task, number) => number);
  const oldest = numbers.find((number) => resultNamed(run, `s${number}`) === 1);
  return resultNamed(run, `r${String(oldest)}`) === true;
}

const backedOff = (run: Run): boolean => run.sightings.some(({ name }) => name === 'kill');

/** Each older transaction can throw back a younger one, once for each of its mutexes. */
const KILLS_MAX = 12;

/** Properties of many transactions at once. */
export const PROGRESS_PROPERTIES: readonly Property[] = [
  property({
    rules: ['WW-050'],
    plan: `Transactions that back off when they are told to never wait for each other for ever.
      - two and three tasks, two and three mutexes, in crossed orders, under both kinds
      - an older one that comes later than a younger one that waits; stores that are seen late`,
    programs: [...TRANSACTIONS, ...LATE_STORES],
    schedules: DRAWN,
    forbids: ['deadlock', 'livelock', 'refinement'],
    witness: { backedOff: reached(backedOff, 50) },
    faults: [
      'ww-020-unchecked',
      'ww-019-lets-them-sleep',
      'ww-022-no-wound',
      'ww-026-no-wake',
      'ww-050-without-barrier',
    ],
  }),
  property({
    rules: ['WW-051'],
    plan: `The oldest transaction gets its mutexes without backing off.
      - the same; nobody is interrupted or gives up, so in wound-wait nobody has wounded it`,
    programs: TRANSACTIONS,
    schedules: DRAWN,
    forbids: ['deadlock', 'livelock'],
    holds: (run) => (oldestBackedOff(run) ? 'the oldest transaction has backed off' : null),
    witness: { backedOff: reached(backedOff, 50) },
    faults: ['ww-016-dies-for-anybody'],
  }),
  property({
    rules: ['WW-052'],
    plan: `Every transaction ends, after a bounded number of attempts.
      - the same, under fair schedules`,
    programs: TRANSACTIONS,
    schedules: [
      { kind: 'random', runs: 80, seed: 1 },
      { kind: 'random', runs: 80, seed: 2 },
    ],
    forbids: ['deadlock', 'livelock'],
    holds: (run) => {
      const kills = run.sightings.filter(({ name }) => name === 'kill').length;
      return kills <= KILLS_MAX ? null : `${kills} calls had to back off`;
    },
    witness: { backedOff: reached(backedOff, 50) },
    faults: ['ww-022-no-wound'],
  }),
];
