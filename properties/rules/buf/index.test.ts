import { describe, expect, test } from 'vitest';
import { INTACT } from '../../../impl/stack.ts';
import { FAULTS } from '../../faults/registry.ts';
import { BUF_FAULTS } from '../../faults/buf/index.ts';
import { withFault } from '../../faults/fault.ts';
import { runProperty } from '../../check/run-property.ts';
import { CPU_PROPERTIES } from '../cpu/index.ts';
import { LOCKING_PROPERTIES } from '../locking/index.ts';
import { sample } from '../sample.ts';
import { BUF_PROPERTIES } from './index.ts';

/** A mistake of one of these families often breaks rules of another one. */
const RELATED = [...BUF_PROPERTIES, ...CPU_PROPERTIES, ...LOCKING_PROPERTIES];
const CASES = BUF_PROPERTIES.map((property) => ({ rule: property.rules[0], property }));

test('every fault is used by a property, and breaks what it says', () => {
  const used = new Map(BUF_FAULTS.map((seeded) => [seeded.id, new Set<string>()]));
  for (const { rules, faults } of RELATED) for (const id of faults) used.get(id)?.add(rules[0]);
  for (const { id, breaks } of BUF_FAULTS) {
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
