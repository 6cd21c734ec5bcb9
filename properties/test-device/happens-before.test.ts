import { expect, test } from 'vitest';
import { findCycle } from './happens-before.ts';

test.each([
  ['nothing', [], null],
  [
    'a chain',
    [
      ['a', 'b'],
      ['b', 'c'],
    ],
    null,
  ],
  [
    'two ways to one thing',
    [
      ['a', 'b'],
      ['a', 'c'],
      ['b', 'd'],
      ['c', 'd'],
    ],
    null,
  ],
  ['itself', [['a', 'a']], 'a a'],
  [
    'a circle behind a chain',
    [
      ['x', 'a'],
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
    ],
    'a b c a',
  ],
  [
    'a circle beside a dead end',
    [
      ['a', 'x'],
      ['a', 'b'],
      ['b', 'a'],
    ],
    'a b a',
  ],
] as const)('%s', (_name, edges, cycle) => {
  expect(findCycle(edges)?.join(' ') ?? null).toBe(cycle);
});
