import { expect, test } from 'vitest';
import { LITMUS } from '../../litmus/index.ts';
import { STANDARD_JUDGES } from '../../judges/standard.ts';
import { possiblePairs } from '../../../model/pairs.ts';
import { program } from '../../programs/parse.ts';
import '../../programs/operations/index.ts';
import type { Program } from '../../programs/program.ts';
import { guardedRuns, runOnce } from '../../run/explore.ts';
import { FIRST } from '../../schedules/strategy.ts';
import { CoverageMap } from './coverage-map.ts';
import { hashOf, HashSum, mixed } from './hash.ts';
import { type Grain, type Reached, RunCoverage } from './run-coverage.ts';

function reachedBy(of: Program, grain: Grain): Reached {
  const machines = new RunCoverage(grain);
  guardedRuns(of, { judges: STANDARD_JUDGES, machines })(FIRST);
  return machines.reached;
}

const SIGNAL = program('signal', {
  setup: 'f = fence.create()',
  tasks: { A: 'fence.signal(f); fence.signal(f)' },
});

test('a pair is where the machine was, and the event that it took there', () => {
  const { pairs } = reachedBy(SIGNAL, 'objects');
  expect(pairs).toEqual([
    'fence unborn+pending+idle init',
    'fence alive+pending+idle signal',
    'fence alive+signaling+idle stamp',
    'fence alive+signaled+idle signal',
    'fence alive+signaled+idle put.last',
    'fence dying+signaled+idle free',
  ]);
});

/**
 * Where promises last, walks also happen while there is room. A bounded machine with both would
 * have too many transitions to walk them all, so it has walks on a lock-proving kernel only.
 */
const BEYOND: Readonly<Record<string, readonly string[]>> = {
  resv: ['visit', 'done', 'end', 'restart'].map((step) => `resv unlocked+room walk.${step}`),
  // Its bounded machine has one buffer, so nothing comes to those that are there.
  vb2Queue: ['vb2Queue present+off.idle++well+flowing+awake allocate'],
};

/** No window is about these: hardware, and what one task does alone. */
const UNREACHED: ReadonlySet<string> = new Set([
  ...['writebackJob', 'gpu', 'crtc', 'dmaEngine', 'camera', 'codec', 'page', 'translation'],
  ...['cacheLine', 'interruptLine', 'timer'],
]);

test('what is possible comes from the tables, and litmus programs reach nothing else', () => {
  const possible = possiblePairs();
  expect(possible.get('waiter')?.has('waiter linked.asleep wake')).toBe(true);
  expect(possible.get('waiter')?.has('waiter linked.asleep unlink')).toBe(false);
  const map = new CoverageMap();
  for (const { program: known } of LITMUS) map.add(reachedBy(known, 'objects'));
  for (const { machine, reached, beyond } of map.machines()) {
    expect(reached > 0, machine).toBe(!UNREACHED.has(machine));
    const known = BEYOND[machine] ?? [];
    expect(beyond, machine).toBe(known.length);
    for (const pair of known) expect(map.pairs).toContain(pair);
  }
});

test('objects are told apart in one program, and kinds only in many', () => {
  const two = (calls: string): Program =>
    program('two', { setup: 'f = fence.create(); g = fence.create()', tasks: { A: calls } });
  const [f, g] = [two('fence.signal(f)'), two('fence.signal(g)')];
  const last = ({ states }: Reached): number | undefined => states.at(-1);
  expect(last(reachedBy(f, 'objects'))).not.toBe(last(reachedBy(g, 'objects')));
  expect(last(reachedBy(f, 'kinds'))).toBe(last(reachedBy(g, 'kinds')));
});

test('who comes back is where it was', () => {
  const withCalls = (calls: string): Program =>
    program('there and back', {
      setup: 'f = fence.create()',
      tasks: { A: `${calls}; fence.getStatus(f)` },
    });
  const [stays, leaves] = [
    withCalls('fence.getStatus(f)'),
    withCalls('fence.get(f); fence.put(f)'),
  ];
  const isNew = (grain: Grain): number => {
    const known = reachedBy(stays, grain).states;
    return reachedBy(leaves, grain).states.filter((state) => !known.includes(state)).length;
  };
  // Two references are another state of the machine, and in the same node.
  expect(isNew('objects')).toBe(1);
  expect(isNew('kinds')).toBe(0);
});

test('a listener hears nothing twice from a run that is made twice, and nothing of other runs', () => {
  const machines = new RunCoverage('objects');
  const run = guardedRuns(SIGNAL, { judges: STANDARD_JUDGES, machines });
  run(FIRST); // made twice
  const first = machines.reached;
  run(FIRST);
  expect(machines.reached).toEqual(first);
  runOnce(SIGNAL, FIRST, { judges: STANDARD_JUDGES });
  expect(machines.reached).toEqual(first);
});

test('without a judge that follows machines there is no coverage, and that is said', () => {
  const machines = new RunCoverage('objects');
  const run = guardedRuns(SIGNAL, { judges: [], machines });
  expect(() => run(FIRST)).toThrow('a judge that follows machines');
});

test('the sum of a state depends on what is in it, not on the way', () => {
  const [a, b] = [hashOf('fence pending'), hashOf('fence signaled')];
  expect(a).not.toBe(b);
  expect(mixed(a, b)).not.toBe(mixed(b, a));
  const [one, other] = [new HashSum(), new HashSum()];
  for (const hash of [a, b, b]) one.add(hash);
  one.remove(b);
  for (const hash of [b, a]) other.add(hash);
  expect(one.value).toBe(other.value);
  other.remove(a);
  expect(one.value).not.toBe(other.value);
});
