import { beforeEach, describe, expect, test } from 'vitest';
import type { KernelTask } from './access.ts';
import { PseudoLock } from './pseudo-lock.ts';
import { World } from './world.ts';
import { WwClass } from './ww-class.ts';
import { WwAcquireContext } from './ww-context.ts';
import { WwMutex } from './ww-mutex.ts';

let world: World;

beforeEach(() => {
  world = new World();
});

/** What was reported, clause by clause. */
function report(): readonly string[] {
  expect(world.violations.length).toBeLessThanOrEqual(1);
  return world.violations.flatMap(({ message }) => message.split('; '));
}

describe('locks of transactions', () => {
  function* twice(first: WwMutex, second: WwMutex, context: WwAcquireContext): KernelTask<void> {
    yield* context.init();
    yield* first.lock(context);
    yield* second.lock(context);
    yield* second.unlock();
    yield* first.unlock();
    context.fini();
  }

  test('a context may take several of a class, in any order; without one that is recursion', () => {
    const wwClass = new WwClass(world, 'w', 'wound-wait');
    const [a, b] = [new WwMutex(wwClass), new WwMutex(wwClass)];
    world.runNow(twice(a, b, new WwAcquireContext(wwClass)));
    world.runNow(twice(b, a, new WwAcquireContext(wwClass)));
    expect(report()).toEqual([]);
    world.runNow(a.lock());
    world.runNow(b.lock());
    expect(report()[0]).toMatch(/^possible recursive locking: boot holds .* \(w_mutex\)/);
  });

  test('contexts nest in one order of their classes', () => {
    const [v, w] = [new WwClass(world, 'v', 'wait-die'), new WwClass(world, 'w', 'wait-die')];
    const nest = function* (outer: WwClass, inner: WwClass): KernelTask<void> {
      const contexts = [new WwAcquireContext(outer), new WwAcquireContext(inner)];
      for (const context of contexts) yield* context.init();
      for (const context of contexts.toReversed()) context.fini();
    };
    world.runNow(nest(v, w));
    world.runNow(nest(w, v));
    expect(report()[0]).toBe(
      'possible circular locking dependency: boot takes ' +
        'wwContext:0.0.5 (v_acquire) while holding wwContext:0.0.4 (w_acquire)',
    );
    expect(report()[1]).toMatch(/^v_acquire -> w_acquire first in boot, by /);
  });

  test('a mutex that was got by a try comes behind nothing', () => {
    const mutex = new WwMutex(new WwClass(world, 'w', 'wait-die'));
    const outer = new PseudoLock(world, 'outer');
    outer.enter();
    expect(world.runNow(mutex.trylock())).toBe(true);
    world.runNow(mutex.unlock());
    outer.leave();
    world.runNow(mutex.lock());
    outer.enter();
    expect(report()).toEqual([]);
  });
});
