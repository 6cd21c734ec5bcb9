import { expect, test } from 'vitest';
import { FAULTS } from '../faults/registry.ts';
import { LITMUS } from '../litmus/index.ts';
import { EVERY_STATE } from '../litmus/run-litmus.ts';
import type { Schedules } from '../run/explore.ts';
import { crossCheck, differences, see } from './cross-check.ts';

const RUNS_MAX = 60;

/** Programs that have more are held against the outcomes that the rules allow, as all are. */
const SCHEDULES: Schedules = { kind: 'all', runsMax: 2000 };
const LARGE_MAX = 45;

test('every litmus program, against every schedule of those that have few', () => {
  let large = 0;
  for (const { program, observe, isWide } of LITMUS) {
    // These have too many; `cross-check.test.ts` compares most of them with a search of their states.
    if (isWide === true) continue;
    const all = see(program, SCHEDULES, { observe });
    if (!all.explored.isComplete) {
      large += 1;
      continue;
    }
    expect(differences(all, see(program, EVERY_STATE, { observe }))).toEqual([]);
    expect(differences(all, see(program, { kind: 'dpor', runsMax: 60_000 }, { observe }))).toEqual(
      [],
    );
  }
  expect(large).toBeLessThanOrEqual(LARGE_MAX);
});

test('every program of a property', () => {
  const { compared, differences: found } = crossCheck(null, 100, []);
  expect(found).toEqual([]);
  expect(compared).toBeGreaterThan(200);
});

/** All of them take some hours: `node dist/bench/cross-check.js`. */
const EVERY = 90;
const sample = FAULTS.filter((_fault, index) => index % EVERY === 5);

test.each(sample.map((fault) => [fault.id, fault] as const))('%s', (_id, fault) => {
  const { compared, differences: found } = crossCheck(fault, RUNS_MAX);
  expect(found).toEqual([]);
  expect(compared).toBeGreaterThan(50);
});
