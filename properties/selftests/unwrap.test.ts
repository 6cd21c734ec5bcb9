import { expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import { SCENARIOS } from '../../model/rules/catalogue.ts';
import { withFault } from '../faults/fault.ts';
import { UNWRAP_FAULTS } from '../faults/unwrap/index.ts';
import { unwrapSelftests } from './unwrap.ts';

test('the list is the section of the specification', () => {
  const listed = SCENARIOS.map(({ id }) => id).filter((id) => id.startsWith('ST-UNWRAP-'));
  const ids = unwrapSelftests().map(({ id }) => id);
  expect(ids.toSorted()).toEqual(listed.toSorted());
});

test.each(unwrapSelftests().map((one) => [one.id, one] as const))('%s passes', (_id, one) => {
  expect(one.run().failure).toBeNull();
});

test.each([
  ['unwrap-010-keeps-the-earliest', ['ST-UNWRAP-08', 'ST-UNWRAP-10']],
  [
    'unwrap-010-leaks-the-surplus',
    ['ST-UNWRAP-06', 'ST-UNWRAP-07', 'ST-UNWRAP-08', 'ST-UNWRAP-09', 'ST-UNWRAP-10'],
  ],
  ['unwrap-011-first-come', ['ST-UNWRAP-08', 'ST-UNWRAP-10']],
  [
    'unwrap-014-forgets-one',
    ['ST-UNWRAP-05', 'ST-UNWRAP-06', 'ST-UNWRAP-08', 'ST-UNWRAP-09', 'ST-UNWRAP-10'],
  ],
])('%s fails the suite', (id, failing) => {
  const seeded = UNWRAP_FAULTS.find((one) => one.id === id);
  if (seeded === undefined) throw new Error(`there is no fault ${id}`);
  const suite = unwrapSelftests({ types: withFault(INTACT, seeded) });
  expect(suite.filter((one) => one.run().failure !== null).map((one) => one.id)).toEqual(failing);
});
