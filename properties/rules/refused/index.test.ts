import { describe, expect, test } from 'vitest';
import { INTACT } from '../../../impl/stack.ts';
import { FAULTS } from '../../faults/registry.ts';
import { withFault } from '../../faults/fault.ts';
import { runProperty } from '../../check/run-property.ts';
import { sample } from '../sample.ts';
import { REFUSED_PROPERTIES } from './index.ts';

const CASES = REFUSED_PROPERTIES.map((property) => ({ rule: property.rules[0], property }));

describe.each(sample(CASES))('$rule', ({ property }) => {
  test('is silent on the intact stack, with every witness', () => {
    const { broken, witnesses } = runProperty(property, { seed: 1 });
    expect(broken.map(({ finding }) => finding.message)).toEqual([]);
    for (const [name, { atLeast }] of Object.entries(property.witness)) {
      expect(witnesses[name], name).toBeGreaterThanOrEqual(atLeast);
    }
  });

  test.each(property.faults)('%s is named', (id) => {
    const seeded = FAULTS.find((candidate) => candidate.id === id);
    if (seeded === undefined) throw new Error(`there is no fault ${id}`);
    const types = withFault(INTACT, seeded);
    const { broken } = runProperty(property, { seed: 1, types, stopsAtFinding: true });
    const named = broken.flatMap(({ finding }) => finding.rules);
    expect(seeded.breaks.some((rule) => named.includes(rule))).toBe(true);
  });
});
