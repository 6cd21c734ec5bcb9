import { expect, test } from 'vitest';
import type { KernelTask } from './access.ts';
import { World } from './world.ts';

/** What is said when a task ends right after this. */
function leaving(act: (world: World) => unknown): readonly string[] {
  const world = new World();
  const task = world.addTask('A');
  task.start(
    (function* (): KernelTask<void> {
      yield* task.sleeper.setState(0);
      act(world);
    })(),
  );
  while (world.enumerate() > 0) world.perform(0);
  return world.violations.map(({ message }) => message);
}

test.each([
  ['with preemption off', (world: World) => (world.current.preemptCount += 1)],
  ['with interrupts off', (world: World) => (world.current.cpu.irqsEnabled = false)],
  ['in an RCU read section', (world: World) => world.rcu.readLock()],
  ['in a signalling section', (world: World) => (world.current.signallingDepth += 1)],
  ['with a limit on allocations', (world: World) => (world.current.allocationScope = 1)],
])('a task that ends %s is reported', (how, act) => {
  expect(leaving(act)).toEqual([`A ended ${how}`]);
});

test('one that gives its processor back as it got it is not', () => {
  const whole = leaving((world) => {
    world.rcu.readLock();
    world.rcu.readUnlock();
  });
  expect(whole).toEqual([]);
});
