import { expect, test } from 'vitest';
import { Access, type KernelTask } from './access.ts';
import { Cell } from './cell.ts';
import { KernelObject } from './object.ts';
import type { Task } from './task.ts';
import { World } from './world.ts';

class Box extends KernelObject {
  readonly x = new Cell(this, 'x', 0);
  readonly y = new Cell(this, 'y', 0);

  visitState(): void {}
}

test('lanes are sorted by their numbers, whenever they were made', () => {
  const world = new World();
  for (const number of [40, 20, 50, 10, 30]) world.addLane(`lane ${number}`, number, 'process');
  expect(world.lanes.map(({ name }) => name)).toEqual([
    'lane 10',
    'lane 20',
    'lane 30',
    'lane 40',
    'lane 50',
  ]);
  expect(world.addLane('lane 30', 30, 'process')).toBe(world.lanes[2]);
  expect(() => world.addLane('another', 30, 'process')).toThrow('the number of the lane lane 30');
});

test('a store that lands does not change who runs: going on is still nothing special', () => {
  const world = new World({ memory: 'tso' });
  const box = new Box(world, 'box');
  const start = (name: string): Task => {
    const task = world.addTask(name);
    task.start(
      (function* (): KernelTask<void> {
        yield* box.x.write(1);
        yield* box.x.read();
        yield* box.y.write(1);
      })(),
    );
    return task;
  };
  start('A');
  start('B');
  const choices = (): readonly string[] => {
    world.enumerate();
    return world.choiceTasks.map(({ name }) => name);
  };
  const performs = (name: string): void => world.perform(choices().indexOf(name));
  performs('B');
  expect(choices()).toEqual(['B', 'A', 'buffer/2']);
  performs('buffer/2');
  expect(choices()).toEqual(['B', 'A']);
  performs('A');
  expect(choices()).toEqual(['A', 'B', 'buffer/1']);
});

test('an access is told by its verb, and by its place and field where it has them', () => {
  const label = (place: string, field: string): string =>
    new Access('read', 'once', { label: place }, field, 'read').label;
  expect(label('box', 'x')).toBe('read box.x');
  expect(label('box', '')).toBe('read box');
  expect(label('', 'x')).toBe('read x');
  expect(label('', '')).toBe('read');
});
