import { expect, test } from 'vitest';
import { claim, claimOfEach } from './claims.ts';
import type { SystemMachine } from './machine.ts';
import { range } from './network.ts';
import type { Component } from './network.ts';

function part(name: string, states: number): Component<{ readonly number: number }> {
  const machine: SystemMachine<{ readonly number: number }> = {
    name,
    states: range(states).map((number) => ({ value: `s${number}`, context: { number } })),
    next: new Map(),
  };
  return { name, machine };
}

const two = part('two', 2);
const three = part('three', 3);

test('a claim has a cell for each combination; the last component counts fastest', () => {
  const seen: number[][] = [];
  const { cells } = claim('sum is 2', [two, three], (one, other) => {
    seen.push([one.context.number, other.context.number]);
    return one.context.number + other.context.number === 2;
  });
  expect(seen).toEqual([
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 0],
    [1, 1],
    [1, 2],
  ]);
  expect([...cells]).toEqual([0, 0, 1, 0, 1, 0]);
});

test('a claim of each is the same as one that asks them all', () => {
  const isOdd = ({ value }: { readonly value: unknown }): boolean => value === 's1';
  for (const over of [[two], [two, three], [three, two, three]]) {
    const all = claim('all', over, (...states) => states.every(isOdd));
    expect(claimOfEach('all', over, isOdd)).toEqual(all);
    expect(all.cells.filter((cell) => cell === 1)).toHaveLength(1);
  }
});

test('a claim with too many cells is refused, not worked out', () => {
  const wide = range(9).map((index) => part(`wide ${index}`, 8));
  expect(() => claim('wide', wide, () => true)).toThrow('claim "wide" has 134217728 cells');
  expect(() => claimOfEach('wide', wide, () => true)).toThrow('split it');
});
