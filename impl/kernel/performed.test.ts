import { expect, test } from 'vitest';
import type { KernelTask } from './access.ts';
import { Performed } from './performed.ts';
import { World } from './world.ts';

function* twice(): KernelTask<number> {
  const same = new Performed(21);
  return (yield* same) + (yield* same);
}

test('code that has come to its end gives its value without a step, as often as it is asked', () => {
  const world = new World();

  expect(world.runNow(twice())).toBe(42);
  expect(world.runNow(new Performed('at once'))).toBe('at once');
});

test('who breaks off in it is not held up', () => {
  const done = new Performed(1);

  expect(done.return(2)).toEqual({ done: true, value: 2 });
  expect(() => done.throw(new Error('broken off'))).toThrow('broken off');
});
