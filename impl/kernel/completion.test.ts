import { describe, expect, test } from 'vitest';
import type { KernelTask } from './access.ts';
import { Completion } from './completion.ts';
import { KernelObject } from './object.ts';
import { TASK_UNINTERRUPTIBLE } from './task-state.ts';
import { World } from './world.ts';

class Owner extends KernelObject {
  readonly done = new Completion(this, 'done');

  visitState(): void {}
}

type Body = (done: Completion, world: World) => KernelTask<unknown>;

/** What each task returned, or null where it waits for ever; the first that can go on does. */
function returned(...bodies: readonly Body[]): readonly unknown[] {
  const world = new World({ time: 'free' });
  const { done } = new Owner(world, 'owner');
  const results: unknown[] = bodies.map(() => null);
  for (const [index, body] of bodies.entries()) {
    world.addTask(`T${index}`).start(
      (function* (): KernelTask<void> {
        results[index] = (yield* body(done, world)) ?? 'done';
      })(),
    );
  }
  while (world.enumerate() > 0) world.perform(0);
  expect(world.violations).toEqual([]);
  return results;
}

describe('a completion', () => {
  const wait: Body = (done) => done.wait();
  const timed: Body = (done) => done.waitTimeout(5);

  test('lets one waiter through for each token', () => {
    const complete: Body = (done) => done.complete();
    expect(returned(wait, wait, complete)).toEqual(['done', null, 'done']);
    expect(returned(wait, wait, complete, complete)).toEqual(['done', 'done', 'done', 'done']);
    expect(returned(timed, timed, complete)).toEqual([5, 0, 'done']);
  });

  test('lets everybody through for good, until it is closed', () => {
    const all: Body = (done) => done.completeAll();
    expect(returned(wait, timed, all)).toEqual(['done', 5, 'done']);
    expect(returned(all, wait, timed)).toEqual(['done', 'done', 5]);
    const closed: Body = function* (done) {
      yield* done.completeAll();
      done.reinit();
    };
    expect(returned(closed, wait)).toEqual(['done', null]);
  });

  test('takes a token only where there is one', () => {
    const tryTwice: Body = function* (done) {
      return [yield* done.tryWait(), yield* done.tryWait()];
    };
    expect(returned(tryTwice)).toEqual([[false, false]]);
    expect(returned((done) => done.complete(), tryTwice)).toEqual(['done', [true, false]]);
    expect(returned((done) => done.completeAll(), tryTwice)).toEqual(['done', [true, true]]);
  });

  test('lets who was woken wait again, when somebody took the token before', () => {
    const thief: Body = function* (done) {
      yield* done.complete();
      return yield* done.tryWait();
    };
    const late: Body = (done) => done.complete();
    expect(returned(timed, thief)).toEqual([0, true]);
    expect(returned(timed, thief, late)).toEqual([5, true, 'done']);
  });

  test('lets who was woken for nothing wait on, once and not twice', () => {
    const late: Body = function* (done, world) {
      yield* sleep(world, 2);
      return yield* done.waitTimeout(5);
    };
    const stray: Body = function* (done, world) {
      for (let time = 0; time < 2; time += 1) {
        yield* world.tasks.find(({ name }) => name === 'T0')?.sleeper.wakeUp() ?? nobody();
        yield* sleep(world, 1);
      }
      yield* sleep(world, 1);
      yield* done.complete();
      yield* done.complete();
    };
    expect(returned(timed, late, stray)).toEqual([2, 4, 'done']);
  });
});

function* sleep({ current: { sleeper } }: World, jiffies: number): KernelTask<void> {
  yield* sleeper.setState(TASK_UNINTERRUPTIBLE);
  yield* sleeper.scheduleTimeout(jiffies);
}

function nobody(): never {
  throw new Error('there is nobody to wake');
}
