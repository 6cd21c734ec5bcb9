import { expect, test } from 'vitest';
import { World } from './world.ts';
import { WwClass } from './ww-class.ts';
import { WwAcquireContext } from './ww-context.ts';

test('a context gives back what it has taken, and is told where it has nothing', () => {
  const world = new World();
  const context = new WwAcquireContext(new WwClass(world, 'class', 'wound-wait'));
  world.runNow(context.init());
  context.add();
  context.drop();
  expect([context.acquired.value, world.violations]).toEqual([0, []]);
  context.drop();
  expect(context.acquired.value).toBe(0);
  expect(world.violations.map(({ message }) => message)).toEqual([
    'ww_mutex_unlock of a context without mutexes',
  ]);
});
