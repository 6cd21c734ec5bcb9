import { expect, test } from 'vitest';
import { coverage, NO_PROPERTY } from './coverage.ts';

test('no rule is just absent: each has a property, or a reason why it has none', () => {
  const absent = coverage([]).filter(({ reason }) => reason === NO_PROPERTY);
  expect(absent.map(({ rule }) => rule)).toEqual([]);
});

test('what has not run is not checked', () => {
  expect(new Set(coverage([]).map(({ state }) => state))).not.toContain('checked');
});
