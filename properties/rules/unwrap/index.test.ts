import { describe, expect, test } from 'vitest';
import { INTACT } from '../../../impl/stack.ts';
import { UNWRAP_KERNEL_FAULTS } from '../../faults/kernel-6.12/unwrap.ts';
import { UNWRAP_FAULTS } from '../../faults/unwrap/index.ts';
import { withFault } from '../../faults/fault.ts';
import { runProperty } from '../../check/run-property.ts';
import { sample } from '../sample.ts';
import { UNWRAP_PROPERTIES } from './index.ts';

const FAULTS = [...UNWRAP_FAULTS, ...UNWRAP_KERNEL_FAULTS];
const CASES = UNWRAP_PROPERTIES.map((property) => ({ rule: property.rules[0], property }));

test('every fault is used by a property, and breaks what it says', () => {
  const used = new Map(FAULTS.map((seeded) => [seeded.id, new Set<string>()]));
  for (const { rule, property } of CASES) for (const id of property.faults) used.get(id)?.add(rule);
  for (const { id, breaks } of FAULTS) {
    expect([...(used.get(id) ?? [])].toSorted(), id).toEqual([...breaks].toSorted());
  }
});

describe.each(sample(CASES))('$rule', ({ rule, property }) => {
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
    expect(broken.flatMap(({ finding }) => finding.rules)).toContain(rule);
  });
});
