import { expect, test } from 'vitest';
import '../programs/operations/index.ts';
import { program } from '../programs/parse.ts';
import type { Schedules } from '../run/explore.ts';
import { type Property, property } from './property.ts';
import { byLevel, type Level } from './reach.ts';
import { runProperty } from './run-property.ts';

/** Tasks that get into each other's way more than once. */
const RACE = program('race', {
  setup: 'f = fence.create(); cb = callback.create()',
  tasks: {
    A: 'fence.addCallback(f, cb); fence.isSignaled(f)',
    B: 'fence.signal(f); fence.isSignaled(f)',
  },
});

function reached(schedules: readonly Schedules[]): readonly Level[] {
  const one: Property = property({
    rules: ['FENCE-046'],
    plan: 'how far the schedules are explored',
    programs: [RACE],
    schedules,
    witness: {},
    faults: [],
  });
  const { reach, partial } = runProperty(one, { seed: 1 });
  expect(partial).toEqual([]);
  return reach.map(({ complete }) => complete);
}

test('a bound that a search has completed counts, whatever ended the search afterwards', () => {
  const random: Schedules = { kind: 'random', runs: 5, seed: 1 };
  expect(reached([{ kind: 'all', runsMax: 10_000 }])).toEqual(['all']);
  expect(reached([{ kind: 'bounded', preemptions: 1, runsMax: 1000 }])).toEqual([1]);
  expect(reached([{ kind: 'bounded', preemptions: 9, runsMax: 12 }, random])).toEqual([1]);
  expect(reached([{ kind: 'bounded', preemptions: 9, runsMax: 4 }, random])).toEqual([0]);
});

test('where no level is complete, the one without preemptions is made so', () => {
  expect(reached([{ kind: 'random', runs: 5, seed: 1 }])).toEqual([0]);
  expect(reached([{ kind: 'all', runsMax: 3 }])).toEqual([0]);
});

test('levels are counted from the highest to none at all', () => {
  const levels: readonly Level[] = [null, 2, 'all', 0, 2, null, null];
  const reach = levels.map((complete) => ({ program: 'p', complete, bounds: '' }));
  expect(byLevel(reach)).toEqual([
    ['all', 1],
    [2, 2],
    [0, 1],
    [null, 3],
  ]);
});
