import { expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import { SCENARIOS } from '../../model/rules/catalogue.ts';
import { withFault } from '../faults/fault.ts';
import { RESV_FAULTS } from '../faults/resv/index.ts';
import { resvSelftests } from './resv.ts';

test('the list is that of the specification', () => {
  const listed = SCENARIOS.map(({ id }) => id).filter((id) => id.startsWith('ST-RESV'));
  expect(resvSelftests().map(({ id }) => id)).toEqual(listed);
});

test.each(resvSelftests().map((one) => [one.id, one] as const))('%s passes', (_id, one) => {
  expect(one.run().failure).toBeNull();
});

test.each([
  ['resv-002-keeps-pending', 'ST-RESV-05', false],
  ['resv-001-pending-without-a-list', 'ST-RESV-01', false],
  ['resv-032-not-stored', 'ST-RESV-02', false],
  ['resv-009-reads-as-write', 'ST-RESV-02', true],
  ['resv-035-skips-the-done', 'ST-RESV-03', false],
  ['resv-037-stays-anew', 'ST-RESV-03', false],
  ['resv-009-reads-as-write', 'ST-RESV-03', true],
  ['resv-042-stays', 'ST-RESV-04', true],
  ['resv-040-hides-it', 'ST-RESV-04', true],
  ['resv-049-takes-twice', 'ST-RESV-05', true],
  ['resv-049-borrows', 'ST-RESV-05', true],
])('%s and %s: it fails is %s', (id, about, fails) => {
  const seeded = RESV_FAULTS.find((one) => one.id === id);
  if (seeded === undefined) throw new Error(`there is no fault ${id}`);
  const suite = resvSelftests(withFault(INTACT, seeded));
  expect(suite.find((one) => one.id === about)?.run().failure !== null).toBe(fails);
});
