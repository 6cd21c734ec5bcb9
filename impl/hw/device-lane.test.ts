import { expect, test } from 'vitest';
import { Access, type KernelTask } from '../kernel/access.ts';
import { KernelObject } from '../kernel/object.ts';
import { World } from '../kernel/world.ts';
import { DeviceLane } from './device-lane.ts';

class Thing extends KernelObject {
  constructor(world: World) {
    super(world, 'thing');
    this.isStatic = true;
  }

  visitState(): void {}
}

const LOOK = new Access('read', 'once', { label: 'thing' }, '', 'look at');
const PIECES = 4;

/** Who has made a step, in order, where the lane goes on whenever it can, and a task looks on. */
function steps(looks: number): string {
  const world = new World();
  const lane = new DeviceLane(new Thing(world), 'lane', 3, 0);
  lane.start(function* () {
    yield* lane.work(100);
    yield* lane.burst(PIECES, 0, () => true);
  });
  // A set-up that has to wait has seen the machine idle, and steps are counted from here.
  world.runNow(world.clock.waitUntil(world.clock.valueNs + 100));
  world.steps = 0;
  const task = world.addTask('A');
  task.start(
    (function* (): KernelTask<void> {
      for (let look = 0; look < looks; look += 1) yield LOOK;
    })(),
  );
  const order: string[] = [];
  for (let count = world.enumerate(); count > 0; count = world.enumerate()) {
    const choice = Math.max(world.choiceTasks.indexOf(lane.task), 0);
    order.push(world.choiceTasks[choice]?.name ?? '');
    world.perform(choice);
  }
  return order.join(' ');
}

test('equal pieces of work are one step where nobody could come between', () => {
  expect(steps(0)).toBe('lane');
});

test('and a step each where somebody could', () => {
  expect(steps(PIECES + 3)).toMatch(/lane lane lane lane/);
});
