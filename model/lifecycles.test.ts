import { expect, test } from 'vitest';
import { EVENTS } from './events.ts';
import type { ObjectKind } from './events.ts';
import { boundedLifecycles, unboundedLifecycle } from './lifecycles.ts';
import { isRuleId } from './rules/catalogue.ts';

// Object.keys forgets that the keys of EVENTS are the kinds.
const kinds = Object.keys(EVENTS) as ObjectKind[];

test('every kind has a machine, with bounds and without', () => {
  expect(new Set(boundedLifecycles().map(({ kind }) => kind))).toEqual(new Set(kinds));
  for (const kind of kinds) {
    expect(unboundedLifecycle(kind, { lockProving: true }).kind).toBe(kind);
  }
});

test('every event of the vocabulary is in the alphabet, and none besides', () => {
  for (const kind of kinds) {
    // Bounded machines say `fenceSignaled` instead, so that their paths can be executed.
    const names = EVENTS[kind].filter((name) => name !== 'slotSignaled');
    const same = boundedLifecycles().filter((lifecycle) => lifecycle.kind === kind);
    const events = same.flatMap(({ alphabet }) => alphabet.map(({ type }) => type));
    expect(new Set(events)).toEqual(new Set(names));
  }
});

test('every event says which rules it breaks where it is forbidden', () => {
  for (const { kind, forbids } of boundedLifecycles()) {
    expect(new Set(Object.keys(forbids))).toEqual(new Set(EVENTS[kind]));
    for (const [event, rules] of Object.entries(forbids)) {
      expect(rules.length, event).toBeGreaterThan(0);
      expect(rules.every(isRuleId), event).toBe(true);
    }
  }
});
