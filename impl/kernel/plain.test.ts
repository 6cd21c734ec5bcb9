import { beforeEach, expect, test } from 'vitest';

import type { Footprint } from './footprint.ts';
import { KernelObject, type StateVisitor } from './object.ts';
import { PlainList, PlainTable, PlainWord } from './plain.ts';
import { World } from './world.ts';

class Box extends KernelObject {
  readonly word: PlainWord<number>;
  readonly owner: PlainWord<Box | null>;
  readonly list: PlainList<Box>;
  readonly table: PlainTable<number>;

  constructor(world: World) {
    super(world, 'box');
    this.word = new PlainWord<number>(this, 'word', 7);
    this.owner = new PlainWord<Box | null>(this, 'owner', null, 'once');
    this.list = new PlainList<Box>(this, 'list');
    this.table = new PlainTable<number>(this, 'table');
  }

  visitState(visit: StateVisitor): void {
    visit('word', this.word.value);
  }
}

let world: World;
let box: Box;
let items: readonly [Box, Box, Box];
let touches: string[];

beforeEach(() => {
  world = new World({ tracksObservations: true });
  box = new Box(world);
  items = [new Box(world), new Box(world), new Box(world)];
  touches = [];
  const footprint: Footprint = {
    touched: (_place, field, kind, order) => void touches.push(`${kind} ${field} ${order}`),
  };
  world.footprint = footprint;
});

/** What a piece of code observes and touches, in order. */
function traceOf(code: () => unknown): { seen: number[]; touched: string[] } {
  const { observations } = world.current;
  observations.length = 0;
  touches.length = 0;
  code();
  return { seen: [...observations], touched: [...touches] };
}

test('a word that is read is observed, whole or by the answer', () => {
  expect(traceOf(() => box.word.get())).toEqual({ seen: [7], touched: ['read word plain'] });
  expect(traceOf(() => box.word.ask((word) => word > 3))).toEqual({
    seen: [1],
    touched: ['read word plain'],
  });
  expect(traceOf(() => box.owner.isNull())).toEqual({ seen: [1], touched: ['read owner once'] });
  box.owner.set(box);
  expect(traceOf(() => box.owner.get()).seen).toEqual([box.key]);
  expect(traceOf(() => box.owner.isNull()).seen).toEqual([0]);
});

test('a word that is written or changed tells nothing', () => {
  expect(traceOf(() => box.word.set(8))).toEqual({ seen: [], touched: ['write word plain'] });
  expect(traceOf(() => box.word.change((word) => word * 2)).seen).toEqual([]);
  expect(touches).toEqual(['read word plain', 'write word plain']);
  expect(box.word.value).toBe(16);
});

test('what judges look at is heard of, and no task has seen it', () => {
  const { seen, touched } = traceOf(() => [
    box.word.value,
    box.owner.value,
    box.list.value.length,
    box.table.value,
  ]);
  expect(seen).toEqual([]);
  expect(touched).toEqual([
    'look word full',
    'look owner full',
    'look list full',
    'look table full',
  ]);
});

test('a list tells what is asked, and no more', () => {
  const [first, second, third] = items;
  for (const item of items) box.list.push(item);
  const read = ['read list plain'];
  const write = ['read list plain', 'write list once'];
  expect(traceOf(() => box.list.isEmpty())).toEqual({ seen: [0], touched: ['read list once'] });
  expect(traceOf(() => box.list.length)).toEqual({ seen: [3], touched: read });
  expect(traceOf(() => box.list.includes(second))).toEqual({ seen: [1], touched: read });
  expect(traceOf(() => box.list.at(-1))).toEqual({ seen: [third.key], touched: read });
  expect(traceOf(() => box.list.at(3))).toEqual({ seen: [-1], touched: read });
  expect(traceOf(() => box.list.find((item) => item !== first)).seen).toEqual([second.key]);
  expect(traceOf(() => box.list.find(() => false)).seen).toEqual([-1]);
  expect(traceOf(() => box.list.filter((item) => item === third)).seen).toEqual([1, third.key]);
  const keys = items.map(({ key }) => key);
  expect(traceOf(() => box.list.copy())).toEqual({ seen: [3, ...keys], touched: read });
  expect(traceOf(() => box.list.remove(second))).toEqual({ seen: [], touched: write });
  expect(traceOf(() => box.list.takeAll())).toEqual({
    seen: [2, first.key, third.key],
    touched: write,
  });
  expect(traceOf(() => box.list.isEmpty()).seen).toEqual([1]);
});

test('a list keeps its order', () => {
  const [first, second, third] = items;
  box.list.unshift(second, third);
  box.list.insert(first, (other) => other === second);
  expect(box.list.value).toEqual([first, second, third]);
  box.list.remove(box);
  const copy = box.list.copy();
  box.list.remove(first);
  box.list.insert(first, () => false);
  expect(box.list.value).toEqual([second, third, first]);
  expect(copy).toEqual([first, second, third]);
});

test('a table tells the word under a number', () => {
  expect(traceOf(() => box.table.get(4))).toEqual({ seen: [-1], touched: ['read table plain'] });
  expect(traceOf(() => box.table.set(4, 40))).toEqual({ seen: [], touched: ['write table plain'] });
  box.table.set(2, 20);
  expect(traceOf(() => box.table.get(4)).seen).toEqual([40]);
  expect(box.table.value).toEqual([
    [2, 20],
    [4, 40],
  ]);
});

test('a field of freed memory is not touched', () => {
  world.memory.free(box);
  for (const use of [
    () => box.word.get(),
    () => box.word.set(1),
    () => box.word.ask((word) => word),
    () => box.owner.isNull(),
    () => box.list.isEmpty(),
    () => box.list.push(box),
    () => box.table.get(1),
  ]) {
    expect(use).toThrow(/is used by boot after it was freed/);
  }
});

test('what is taken off a list must be alive, for its links are in it', () => {
  const [first, second] = items;
  box.list.push(first);
  box.list.push(second);
  world.memory.free(first);
  expect(() => box.list.remove(first)).toThrow(/^box\S*\.list is used by boot after it was freed/);
  box.list.remove(second);
  expect(box.list.value).toEqual([first]);
  // It was not on the list any more, so nobody looks at it.
  expect(() => box.list.remove(second)).not.toThrow();
});
