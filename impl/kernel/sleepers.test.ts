import { describe, expect, test } from 'vitest';
import type { KernelTask } from './access.ts';
import { KernelObject } from './object.ts';
import { SpinLock } from './spinlock.ts';
import { TASK_INTERRUPTIBLE, TASK_RUNNING } from './task-state.ts';
import type { TaskContext } from './task.ts';
import { World, type WorldOptions } from './world.ts';

/** What the kernel says while a task runs this, and when it comes back. */
function said(
  body: (world: World) => KernelTask<void>,
  context: TaskContext = 'process',
  options: WorldOptions = {},
): readonly string[] {
  const world = new World(options);
  const task = world.addTask('A', undefined, context);
  if (context === 'process') task.start(body(world));
  else world.raise(task, body(world), false);
  while (world.enumerate() > 0) world.perform(0);
  return world.violations.map(({ kind, message }) => `${kind}: ${message}`);
}

const STALE = 'sleep-in-atomic: something in the state of a sleeper (A)';
const LEFT = 'lock-misuse: A ended in the state of a sleeper';

describe('who is about to sleep', () => {
  test('must not sleep for something else', () => {
    expect(
      said(function* (world) {
        yield* world.current.sleeper.setState(TASK_INTERRUPTIBLE);
        world.memory.mightSleep('something');
        world.current.sleeper.setRunning();
      }),
    ).toEqual([STALE]);
  });

  test('must not ask for memory that others have to give back first', () => {
    expect(
      said(function* (world) {
        yield* world.current.sleeper.setState(TASK_INTERRUPTIBLE);
        yield* world.memory.reserve('GFP_ATOMIC');
        yield* world.memory.reserve('GFP_KERNEL');
        world.current.sleeper.setRunning();
      }),
    ).toEqual(['sleep-in-atomic: GFP_KERNEL allocation in the state of a sleeper (A)']);
  });

  test('may sleep, once it has taken that back, was woken, or has slept', () => {
    expect(
      said(function* (world) {
        const { sleeper } = world.current;
        world.memory.mightSleep('something');
        yield* sleeper.setState(TASK_INTERRUPTIBLE);
        yield* sleeper.setState(TASK_RUNNING);
        world.memory.mightSleep('something');
        yield* sleeper.setStateUnordered(TASK_INTERRUPTIBLE);
        sleeper.setRunning();
        world.memory.mightSleep('something');
        yield* sleeper.setState(TASK_INTERRUPTIBLE);
        yield* sleeper.wakeUp();
        world.memory.mightSleep('something');
        yield* sleeper.setState(TASK_INTERRUPTIBLE);
        yield* sleeper.scheduleTimeout(1);
        world.memory.mightSleep('something');
      }),
    ).toEqual([]);
  });

  test('knows that itself, while others cannot see it yet', () => {
    expect(
      said(
        function* (world) {
          yield* world.current.sleeper.setStateUnordered(TASK_INTERRUPTIBLE);
          world.memory.mightSleep('something');
          world.current.sleeper.setRunning();
        },
        'process',
        { memory: 'tso' },
      ),
    ).toEqual([STALE]);
  });

  test('must not come back from a call, nor end', () => {
    expect(
      said(function* (world) {
        world.lockdep.checkReturned(world.current);
        yield* world.current.sleeper.setState(TASK_INTERRUPTIBLE);
        world.lockdep.checkReturned(world.current);
      }),
    ).toEqual(['lock-misuse: A comes back in the state of a sleeper', LEFT]);
  });
});

class Owner extends KernelObject {
  visitState(): void {
    // It has nothing but its lock.
  }
}

describe('a lock that enables interrupts, whatever they were', () => {
  function* closing(world: World): KernelTask<void> {
    const lock = new SpinLock(new Owner(world, 'owner'), 'lock', 'class');
    yield* lock.acquireIrq();
    lock.releaseIrq();
  }

  test('is for those who know that they were on', () => {
    expect(said(closing)).toEqual([]);
    expect(said(closing, 'softirq')).toEqual([]);
    expect(said(closing, 'hardirq')).toEqual(['lock-misuse: a hard interrupt enables interrupts']);
  });

  test('leaves them as they were where it is told', () => {
    expect(
      said(function* (world) {
        const lock = new SpinLock(new Owner(world, 'owner'), 'lock', 'class');
        lock.releaseIrqrestore(yield* lock.acquireIrqsave());
      }, 'hardirq'),
    ).toEqual([]);
  });
});
