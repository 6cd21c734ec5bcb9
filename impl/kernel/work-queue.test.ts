import { expect, test } from 'vitest';
import type { KernelTask } from './access.ts';
import { type Work, WorkQueue } from './work-queue.ts';
import { World } from './world.ts';

/** A queue, and work that says when it is done. */
function machine(): {
  readonly world: World;
  readonly queue: WorkQueue;
  readonly done: string[];
  readonly work: (label: string) => Work;
} {
  const world = new World();
  const done: string[] = [];
  return {
    world,
    queue: new WorkQueue(world, 'wq'),
    done,
    work: (label) => ({
      label,
      *run(): KernelTask<void> {
        yield* world.current.sleeper.setState(0);
        done.push(label);
      },
    }),
  };
}

function toEnd(world: World): void {
  while (world.enumerate() > 0) world.perform(0);
}

test('what is queued is done in order, and once where it waits already', () => {
  const { world, queue, done, work } = machine();
  const [a, b] = [work('a'), work('b')];
  queue.queue(a);
  expect([queue.queueOnce(b), queue.queueOnce(b), queue.queueOnce(a)]).toEqual([
    true,
    false,
    false,
  ]);
  toEnd(world);
  expect(done).toEqual(['a', 'b']);
  expect(queue.queueOnce(a)).toBe(true);
  toEnd(world);
  expect(done).toEqual(['a', 'b', 'a']);
});

test('what is cancelled is not done, and whoever cancels hears whether it had begun', () => {
  const { world, queue, done, work } = machine();
  const [a, b, c] = [work('a'), work('b'), work('c')];
  for (const one of [a, b, c]) queue.queue(one);
  expect(queue.cancel(a)).toBe(true);
  expect(queue.cancel(c)).toBe(true);
  expect(queue.cancel(c)).toBe(false);
  expect([a, b, c].map((one) => queue.isQueued(one))).toEqual([false, true, false]);
  toEnd(world);
  expect(done).toEqual(['b']);
  expect(queue.cancel(b)).toBe(false);
});
