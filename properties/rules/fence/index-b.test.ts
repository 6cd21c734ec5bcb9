import { describe, expect, test } from 'vitest';
import { INTACT } from '../../../impl/stack.ts';
import { runProperty } from '../../check/run-property.ts';
import { withFault } from '../../faults/fault.ts';
import { FENCE_B_FAULTS } from '../../faults/fence/index-b.ts';
import '../../programs/operations/index.ts';
import { sample } from '../sample.ts';
import { FENCE_B_PROPERTIES } from './index-b.ts';

const SEED = 1;
const CASES = FENCE_B_PROPERTIES.map((property) => ({ rule: property.rules[0], property }));

describe.each(sample(CASES))('$rule', ({ rule, property }) => {
  test('holds on the intact stack, and its interesting cases are reached', () => {
    const { broken, witnesses } = runProperty(property, { seed: SEED });
    expect(broken.map(({ finding, program }) => `${program.name}: ${finding.message}`)).toEqual([]);
    for (const [name, { atLeast }] of Object.entries(property.witness)) {
      expect(witnesses[name], name).toBeGreaterThanOrEqual(atLeast);
    }
  });

  test.each(property.faults)('names the rule when %s is seeded', (id) => {
    const seeded = FENCE_B_FAULTS.find((candidate) => candidate.id === id);
    if (seeded === undefined) throw new Error(`there is no fault ${id}`);
    const { broken } = runProperty(property, { seed: SEED, types: withFault(INTACT, seeded) });
    expect(broken.flatMap(({ finding }) => finding.rules)).toContain(rule);
  });
});

test.each(CASES)('$rule has faults, and they break it', ({ rule, property }) => {
  expect(property.faults.length).toBeGreaterThan(0);
  for (const id of property.faults) {
    expect(FENCE_B_FAULTS.find((seeded) => seeded.id === id)?.breaks, id).toContain(rule);
  }
});

test('every fault is used', () => {
  const used = new Set(FENCE_B_PROPERTIES.flatMap((property) => property.faults));
  expect(FENCE_B_FAULTS.filter(({ id }) => !used.has(id))).toEqual([]);
});
