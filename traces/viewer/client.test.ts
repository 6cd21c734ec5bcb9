import { expect, test } from 'vitest';

import { changedPart } from './client/changed-part.ts';
import { above } from './client/run-index.ts';

test.each([
  ['SIGNALED', 'SIGNALED|TIMESTAMP', ['SIGNALED', '|TIMESTAMP', '']],
  ['[a, b]', '[a, c, b]', ['[a, ', 'c, ', 'b]']],
  ['free', 'B', ['', 'B', '']],
  ['[cb]', '[]', ['[', '', ']']],
  ['12', '-12', ['', '-12', '']],
  ['same', 'same', ['same', '', '']],
])('of %s → %s only what is new is changed', (from, to, parts) => {
  const { before, changed, after } = changedPart(from, to);
  expect([before, changed, after]).toEqual(parts);
  expect(before + changed + after).toBe(to);
});

test('a rising column is searched', () => {
  const column = [1, 1, 3, 7];
  expect([0, 1, 2, 3, 7, 9].map((value) => above(column, value))).toEqual([0, 2, 2, 3, 4, 4]);
  expect(above([], 5)).toBe(0);
});
