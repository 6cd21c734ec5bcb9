import { expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import { withFault } from '../faults/fault.ts';
import { CALLBACK_FAULTS } from '../faults/fence/callbacks.ts';
import '../programs/operations/index.ts';
import { CALLBACK_PROPERTIES } from '../rules/fence/callbacks.ts';
import { property } from './property.ts';
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

test('a first look preempts nobody where the property does not', () => {
  const [first] = CALLBACK_PROPERTIES;
  if (first === undefined) throw new Error('nothing to check');
  const inTurn = property({
    ...first,
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 500 }],
  });
  const whole = runProperty(inTurn, { seed: 1 });
  expect(runProperty(inTurn, { seed: 1, isQuick: true }).runs).toBe(whole.runs);
  expect(runProperty(first, { seed: 1, isQuick: true }).runs).toBeGreaterThan(whole.runs);
});
