import { expect, test } from 'vitest';
import { KernelObject, noteOf } from './object.ts';
import type { Task } from './task.ts';
import { World } from './world.ts';

class Thing extends KernelObject {
  constructor(world: World) {
    super(world, 'thing');
  }

  visitState(): void {}
}

/** So many things that a task makes in one call. */
function madeBy(task: Task, count: number): Thing[] {
  const { world } = task;
  world.current = task;
  return Array.from({ length: count }, () => new Thing(world));
}

test('what a task notes of lists tells apart what other tasks have made in the same way', () => {
  const world = new World();
  const tasks = ['A', 'B', 'C', 'D'].map((name) => world.addTask(name));
  const notes = tasks
    .flatMap((task) => madeBy(task, 3))
    .flatMap((thing) => [0, 1, 2, 3].map((usage) => noteOf([thing, usage])));

  expect(new Set(notes).size).toBe(notes.length);
  expect(notes.every(Number.isSafeInteger)).toBe(true);
});

test('names of what lanes of hardware make stay apart as numbers', () => {
  const world = new World();
  const lane = world.addLane('last', 30_000, 'process');
  const keys = madeBy(lane, 4).map(({ key }) => key);

  expect(new Set(keys).size).toBe(4);
  expect(keys.every(Number.isSafeInteger)).toBe(true);
});
