import { expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import { SCENARIOS } from '../../model/rules/catalogue.ts';
import { CHAIN_FAULTS } from '../faults/chain/index.ts';
import { withFault } from '../faults/fault.ts';
import { chainSelftests } from './chain.ts';

test('the list is the section of the specification', () => {
  const listed = SCENARIOS.map(({ id }) => id).filter((id) => id.startsWith('ST-CHAIN-'));
  expect(
    chainSelftests()
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(listed.toSorted());
});

test.each(chainSelftests().map((one) => [one.id, one] as const))('%s passes', (_id, one) => {
  expect(one.run().failure).toBeNull();
});

test.each([
  ['chain-014-one-too-far', ['ST-CHAIN-02', 'ST-CHAIN-05']],
  ['chain-016-done-with-its-own', ['ST-CHAIN-04']],
  ['chain-005-own-fence-only', ['ST-CHAIN-08']],
])('%s fails the suite', (id, failing) => {
  const seeded = CHAIN_FAULTS.find((one) => one.id === id);
  if (seeded === undefined) throw new Error(`there is no fault ${id}`);
  const suite = chainSelftests({ types: withFault(INTACT, seeded) });
  const failed = suite.filter((one) => one.run().failure !== null).map((one) => one.id);
  expect(failed).toEqual(expect.arrayContaining(failing));
});
