import { describe, expect, test } from 'vitest';
import { INTACT } from '../../../impl/stack.ts';
import { FAULTS } from '../../faults/registry.ts';
import { E2E_FAULTS } from '../../faults/e2e/index.ts';
import { withFault } from '../../faults/fault.ts';
import { runProperty } from '../../check/run-property.ts';
import { sample } from '../sample.ts';
import { E2E_PROPERTIES } from './index.ts';

const ALL = E2E_PROPERTIES.map((property) => ({ rule: property.rules[0], property }));

/** Those of single rows are tried with the fault matrix, in both ways. */
const CASES = ALL.filter(({ property }) => property.programs.length > 1);

test('every fault is used by a property of what it breaks', () => {
  const used = new Map(E2E_FAULTS.map((seeded) => [seeded.id, new Set<string>()]));
  for (const { rule, property } of ALL) for (const id of property.faults) used.get(id)?.add(rule);
  for (const { id, breaks } of E2E_FAULTS) {
    const own = breaks.filter((rule) => rule.startsWith('E2E-'));
    expect([...(used.get(id) ?? [])].toSorted(), id).toEqual([...own].toSorted());
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
