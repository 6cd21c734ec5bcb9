import { describe, expect, test } from 'vitest';
import { INTACT } from '../../../impl/stack.ts';
import { CHAIN_FAULTS } from '../../faults/chain/index.ts';
import { withFault } from '../../faults/fault.ts';
import { runProperty } from '../../check/run-property.ts';
import { sample } from '../sample.ts';
import { CHAIN_PROPERTIES } from './index.ts';

const CASES = CHAIN_PROPERTIES.map((property) => ({ rule: property.rules[0], property }));

test('every fault is used by a property, and breaks what it says', () => {
  const used = new Map(CHAIN_FAULTS.map((seeded) => [seeded.id, new Set<string>()]));
  for (const { rule, property } of CASES) for (const id of property.faults) used.get(id)?.add(rule);
  for (const { id, breaks } of CHAIN_FAULTS) {
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
    const seeded = CHAIN_FAULTS.find((candidate) => candidate.id === id);
    if (seeded === undefined) throw new Error(`there is no fault ${id}`);
    const types = withFault(INTACT, seeded);
    const { broken } = runProperty(property, { seed: 1, types, stopsAtFinding: true });
    expect(broken.flatMap(({ finding }) => finding.rules)).toContain(rule);
  });
});
