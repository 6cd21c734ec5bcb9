import { expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import { SCENARIOS } from '../../model/rules/catalogue.ts';
import { withFault } from '../faults/fault.ts';
import { FENCE_B_FAULTS } from '../faults/fence/index-b.ts';
import { CALLBACK_FAULTS } from '../faults/fence/callbacks.ts';
import { RACE_ROUNDS, RACE_SCHEDULES, fenceSelftests } from './fence.ts';

const suite = fenceSelftests();

test('the list is the section of the specification', () => {
  const listed = SCENARIOS.filter(({ id }) => id.startsWith('ST-FENCE-')).map(({ id }) => id);
  expect(suite.map(({ id }) => id)).toEqual(listed);
  expect([RACE_ROUNDS, RACE_SCHEDULES]).toEqual([30, 40]);
  expect(suite.at(-1)?.scale).toBe('40 schedules of 30 rounds per thread and mode, for 50 ms each');
});

test.each(suite.map((one) => [one.id, one.title, one] as const))('%s %s passes', (_id, _t, one) => {
  expect(one.run().failure).toBeNull();
});

test('a run is decided by its seed', () => {
  const steps = (seed: number): number[] =>
    fenceSelftests({ rounds: 3, seed }).map((one) => one.run().steps);
  expect(steps(3)).toEqual(steps(3));
  expect(steps(3)).not.toEqual(steps(4));
});

test.each([
  ['fence-056-hides-error', ['ST-FENCE-08']],
  ['fence-054-poll-arms', []],
  ['fence-046-no-second-look', ['ST-FENCE-12']],
])('the seeded fault %s fails exactly %j', (id, expected) => {
  const seeded = [...FENCE_B_FAULTS, ...CALLBACK_FAULTS].find((candidate) => candidate.id === id);
  if (seeded === undefined) throw new Error(`there is no fault ${id}`);
  const failed = fenceSelftests({ types: withFault(INTACT, seeded) }).filter(
    (one) => one.run().failure !== null,
  );
  expect(failed.map((one) => one.id)).toEqual(expected);
});
