import { describe, expect, test } from 'vitest';
import { INTACT } from '../../../impl/stack.ts';
import { RULES_BY_FAMILY } from '../../../model/rules/catalogue.ts';
import { runProperty } from '../../check/run-property.ts';
import { withFault } from '../../faults/fault.ts';
import { FAULTS } from '../../faults/registry.ts';
import { VB2_FAULTS } from '../../faults/vb2/index.ts';
import { PROPERTIES } from '../registry.ts';
import { sample } from '../sample.ts';
import { VB2_PROPERTIES } from './index.ts';

const CASES = VB2_PROPERTIES.map((property) => ({ rule: property.rules[0], property }));

test('every fault is used by a property of each rule that it breaks', () => {
  for (const { id, breaks } of VB2_FAULTS) {
    const users = PROPERTIES.filter(({ faults }) => faults.includes(id));
    const named = new Set(users.flatMap(({ rules }) => rules));
    expect(
      breaks.filter((rule) => !named.has(rule)),
      id,
    ).toEqual([]);
  }
});

test('every rule of the family is the own one of a property', () => {
  const own = new Set<string>(CASES.map(({ rule }) => rule));
  const all = RULES_BY_FAMILY.get('VB2') ?? [];
  expect(all.map(({ id }) => id).filter((id) => !own.has(id))).toEqual([]);
});

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
    expect(
      seeded.breaks.some((rule) => named.includes(rule)),
      named.join(' '),
    ).toBe(true);
  });
});
