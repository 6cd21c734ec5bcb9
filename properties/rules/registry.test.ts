import { expect, test } from 'vitest';
import { RULES_BY_FAMILY } from '../../model/rules/catalogue.ts';
import { FAULTS } from '../faults/registry.ts';
import { PROPERTIES } from './registry.ts';

test('every fault is used by a property of each rule that it breaks', () => {
  const lacking = FAULTS.flatMap(({ id, breaks }) => {
    const users = PROPERTIES.filter(({ faults }) => faults.includes(id));
    const named = new Set(users.flatMap(({ rules }) => rules));
    return breaks.filter((rule) => !named.has(rule)).map((rule) => `${id}: ${rule}`);
  });
  expect(lacking).toEqual([]);
});

test('every rule has a fault that breaks it, and every property is tried with one', () => {
  const broken = new Set<string>(FAULTS.flatMap(({ breaks }) => breaks));
  const own = PROPERTIES.map(({ rules: [rule] }) => rule);
  expect(own.filter((rule) => !broken.has(rule))).toEqual([]);
  const untried = PROPERTIES.filter(({ faults }) => faults.length === 0);
  expect(untried.map(({ rules: [rule] }) => rule)).toEqual([]);
});

test('every rule is the own one of a property', () => {
  const own = new Set<string>(PROPERTIES.map(({ rules: [rule] }) => rule));
  const all = [...RULES_BY_FAMILY.values()].flat();
  expect(all.map(({ id }) => id).filter((id) => !own.has(id))).toEqual([]);
});
