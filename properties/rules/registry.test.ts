import { expect, test } from 'vitest';
import { RULES_BY_FAMILY } from '../../model/rules/catalogue.ts';
import { FAULTS, findFault } from '../faults/registry.ts';
import { PROPERTIES } from './registry.ts';

test('every fault is used by a property of each rule that it breaks', () => {
  const lacking = FAULTS.flatMap(({ id, breaks }) => {
    const users = PROPERTIES.filter(({ faults }) => faults.includes(id));
    const named = new Set(users.flatMap(({ rules }) => rules));
    return breaks.filter((rule) => !named.has(rule)).map((rule) => `${id}: ${rule}`);
  });
  expect(lacking).toEqual([]);
  expect(FAULTS.filter(({ breaks }) => breaks.length === 0)).toEqual([]);
});

/**
 * Rules about what is left behind, or left alone, in general: they notice faults of other rules, which
 * say nothing of them. Everywhere else a property has faults that break its rule.
 */
const OF_OTHER_RULES: readonly string[] = [
  'CONTRACT-025: resv-065-untaught',
  'DEV-001: prime-001-keeps-number',
  'DEV-001: prime-005-stays-attached',
  'DEV-001: vgem-004-number-of-failures',
  'E2E-018: hw-disp-007-silent',
  'SYNCFILE-007: swsync-003-leaks-untold',
  'SYNCFILE-007: syncfile-006-ignores-pad',
  'SYNCFILE-030: swsync-025-polls',
  'SYNCOBJ-011: BUG-SYNCOBJ-03',
  'SYNCOBJ-011: syncobj-006-keeps-the-number',
  'SYNCOBJ-011: syncobj-013-keeps-references',
  'SYNCOBJ-025: syncobj-028-always-before',
  'SYNCOBJ-025: syncobj-028-newest-done',
  'SYNCOBJ-026: BUG-SYNCOBJ-03',
  'SYNCOBJ-026: syncobj-002-leaks-half-made',
  'SYNCOBJ-026: syncobj-006-keeps-the-number',
  'SYNCOBJ-026: syncobj-007-keeps-failed',
  'SYNCOBJ-026: syncobj-029-forgets-merged',
  'VB2-014: vb2-003-leaks-import',
  'VB2-014: vb2-013-takes-anyway',
];

test('the faults of a property break its rule', () => {
  const others = PROPERTIES.flatMap(({ rules: [rule], faults }) =>
    faults
      .filter((id) => findFault(id)?.breaks.includes(rule) !== true)
      .map((id) => `${rule}: ${id}`),
  );
  expect(others.toSorted()).toEqual(OF_OTHER_RULES);
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
