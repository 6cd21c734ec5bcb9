import { expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import { withFault } from '../faults/fault.ts';
import { CALLBACK_FAULTS } from '../faults/fence/callbacks.ts';
import '../programs/operations/index.ts';
import { CALLBACK_PROPERTIES } from '../rules/fence/callbacks.ts';
import { runProperty } from './run-property.ts';

test('a property is quiet on the intact stack and names its rule on a broken one', () => {
  const [first] = CALLBACK_PROPERTIES;
  const [seeded] = CALLBACK_FAULTS;
  if (first === undefined || seeded === undefined) throw new Error('nothing to check');
  const intact = runProperty(first, { seed: 1 });
  expect(intact.broken).toEqual([]);
  for (const count of Object.values(intact.witnesses)) expect(count).toBeGreaterThan(0);
  const broken = runProperty(first, { seed: 1, types: withFault(INTACT, seeded) });
  expect(broken.broken.flatMap(({ finding }) => finding.rules)).toContain('FENCE-046');
});
