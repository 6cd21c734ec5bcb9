import { expect, test } from 'vitest';
import { LazyTable } from './lazy-table.ts';
import { monitorTable, unboundedLifecycle } from './lifecycles.ts';

const table = (): LazyTable => new LazyTable(unboundedLifecycle('fence', { lockProving: true }));

test('an event has one number, however it is asked for', () => {
  const fences = table();
  expect(fences.event('get')).toBe(fences.eventOf({ type: 'get' }));
  expect(fences.event('setError', -5)).toBe(fences.eventOf({ type: 'setError', detail: -5 }));
  expect(fences.event('setError', -5)).not.toBe(fences.event('setError', -7));
  expect(fences.event('setError')).not.toBe(fences.event('setError', -5));
  const add = { type: 'add', fence: 1, context: 1, seqno: 1, detail: 0 } as const;
  expect(fences.eventOf(add)).toBe(fences.eventOf({ ...add }));
  expect(fences.eventOf(add)).not.toBe(fences.eventOf({ ...add, fence: 2 }));
});

test('what was asked once is the same object when asked again', () => {
  const fences = table();
  const init = fences.event('init');
  const step = fences.next(fences.initial, init);
  expect(step).toEqual({ state: 1, returns: null, rules: ['FENCE-001'] });
  expect(fences.next(fences.initial, init)).toBe(step);
  expect(fences.next(1, init)).toBeNull();
  expect(fences.next(1, init)).toBeNull();
});

test('counters have no bounds', () => {
  const fences = table();
  let state = fences.next(fences.initial, fences.event('init'))?.state ?? -1;
  for (let references = 2; references <= 100; references += 1) {
    state = fences.next(state, fences.event('get'))?.state ?? -1;
    expect(fences.view(state).context['references']).toBe(references);
  }
});

test('a forbidden event names the rules that it breaks', () => {
  const fences = table();
  expect(fences.forbids(fences.event('free'))).toEqual(['FENCE-006', 'FENCE-009']);
});

test('numbers that nobody gave out are refused', () => {
  const fences = table();
  expect(() => fences.next(0, 99)).toThrow(RangeError);
  expect(() => fences.next(99, fences.event('init'))).toThrow(RangeError);
  expect(() => fences.view(99)).toThrow(RangeError);
});

test('messages name states and events as the machine does', () => {
  const fences = table();
  expect(fences.stateName(0)).toContain('unborn');
  expect(fences.eventName(fences.event('setError', -5))).toBe('setError(-5)');
});

test('monitors of one process share a table, one per kernel build', () => {
  const proving = monitorTable('resv', { lockProving: true });
  expect(monitorTable('resv', { lockProving: true })).toBe(proving);
  expect(monitorTable('resv', { lockProving: false })).not.toBe(proving);
});
