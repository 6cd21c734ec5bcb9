import { expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import { SCENARIOS } from '../../model/rules/catalogue.ts';
import { withFault } from '../faults/fault.ts';
import { WW_FAULTS } from '../faults/ww/index.ts';
import { wwApiSelftests } from './ww-api.ts';
import { wwSelftests } from './ww.ts';

const ALL = [...wwSelftests(), ...wwApiSelftests()];

test('the list is the two sections of the specification', () => {
  const listed = SCENARIOS.map(({ id }) => id).filter((id) => id.startsWith('ST-WW'));
  expect(ALL.map(({ id }) => id).toSorted()).toEqual(listed.toSorted());
});

test.each(ALL.map((one) => [one.id, one] as const))('%s passes', (_id, one) => {
  expect(one.run().failure).toBeNull();
});

test.each([
  ['ww-055-looks-at-the-context', 'ST-WW-01'],
  ['ww-035-own', 'ST-WW-02'],
  ['ww-015-waits-for-elders', 'ST-WW-03'],
  ['ww-015-waits-for-elders', 'ST-WW-04'],
  ['ww-022-no-wound', 'ST-WW-05'],
  ['ww-019-lets-them-sleep', 'ST-WW-06'],
  ['ww-026-no-wake', 'ST-WW-07'],
  ['ww-020-unchecked', 'ST-WW-08'],
  ['ww-008-waits-for-itself', 'ST-WWAPI-01'],
  ['ww-007-keeps-the-context', 'ST-WWAPI-02'],
  ['ww-032-slow-for-nothing', 'ST-WWAPI-03'],
  ['ww-047-any-class', 'ST-WWAPI-04'],
  ['ww-043-goes-on', 'ST-WWAPI-05'],
  ['ww-038-anybody-unlocks', 'ST-WWAPI-06'],
  ['ww-010-kills-the-innocent', 'ST-WWAPI-07'],
  ['ww-029-takes-anything', 'ST-WWAPI-08'],
  ['ww-030-fails-again', 'ST-WWAPI-09'],
  ['ww-048-unproven', 'ST-WWAPI-10'],
  ['ww-048-no-nesting', 'ST-WWAPI-11'],
])('%s fails %s', (id, failing) => {
  const seeded = WW_FAULTS.find((one) => one.id === id);
  if (seeded === undefined) throw new Error(`there is no fault ${id}`);
  const types = withFault(INTACT, seeded);
  const suite = [...wwSelftests({ types }), ...wwApiSelftests(types)];
  expect(suite.find((one) => one.id === failing)?.run().failure).not.toBeNull();
});
