import { expect, test } from 'vitest';
import { Count } from './count.ts';
import { KernelObject } from './object.ts';
import { World } from './world.ts';

class Owner extends KernelObject {
  readonly count = new Count(this, 'count');

  visitState(): void {}
}

test('a reference that nobody had is not given back', () => {
  const world = new World();
  const { count } = new Owner(world, 'owner');
  expect(world.runNow(count.decAndTest())).toBe(true);
  expect(() => world.runNow(count.decAndTest())).toThrow('owner:0.0.0.count drops below 0');
  expect(world.violations.map(({ kind }) => kind)).toEqual(['refcount']);
});

test('who is counted down to nothing is not raised again', () => {
  const world = new World();
  const { count } = new Owner(world, 'owner');
  world.runNow(count.decAndTest());
  expect(world.runNow(count.incUnlessZero())).toBe(false);
  expect(world.violations).toEqual([]);
  world.runNow(count.inc());
  expect(world.violations.map(({ kind }) => kind)).toEqual(['refcount']);
});
