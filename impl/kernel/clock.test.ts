import { describe, expect, test } from 'vitest';
import type { KernelTask } from './access.ts';
import { TASK_UNINTERRUPTIBLE } from './task-state.ts';
import type { Task } from './task.ts';
import { World } from './world.ts';

/** The waker does not sleep before it wakes. */
const NOW = -1;

/** A sleeper and a waker, as a program of two tasks. */
class Machine {
  readonly world: World;
  readonly sleeper: Task;
  left: number | null = null;

  constructor(time: 'discrete' | 'free', jiffies: number, wakesAfter: number) {
    this.world = new World({ time });
    this.sleeper = this.world.addTask('A');
    this.sleeper.start(this.sleep(jiffies));
    this.world.addTask('B').start(this.wake(wakesAfter));
  }

  private *sleep(jiffies: number): KernelTask<void> {
    const { sleeper } = this.world.current;
    yield* sleeper.setState(TASK_UNINTERRUPTIBLE);
    this.left = yield* sleeper.scheduleTimeout(jiffies);
  }

  private *wake(after: number): KernelTask<void> {
    const { sleeper } = this.world.current;
    if (after !== NOW) {
      yield* sleeper.setState(TASK_UNINTERRUPTIBLE);
      yield* sleeper.scheduleTimeout(after);
    }
    yield* this.sleeper.sleeper.wakeUp();
  }

  /** Runs on with the first choice, or with the clock's whenever it has one. */
  run(picksClock: boolean): void {
    const { world } = this;
    for (let count = world.enumerate(); count > 0; count = world.enumerate()) {
      const clock = world.choiceTasks.findIndex((task) => task.name === 'clock');
      world.perform(picksClock && clock >= 0 ? clock : 0);
    }
  }
}

describe('discrete time', () => {
  test('jumps only when nothing can run', () => {
    const machine = new Machine('discrete', 10, 3);
    machine.run(true);
    expect(machine.left).toBe(7);
    expect(machine.world.clock.now).toBe(1003);
  });

  test('ends a sleep that nobody ends sooner', () => {
    const machine = new Machine('discrete', 2, 3);
    machine.run(false);
    expect(machine.left).toBe(0);
  });
});

describe('free time', () => {
  test('lets a timer fire while others could run', () => {
    const machine = new Machine('free', 10, 0);
    const { world } = machine;
    world.enumerate();
    world.perform(0); // A sets its state; its timer is armed with the step that follows.
    world.enumerate();
    expect(world.choiceTasks.map((task) => task.name)).toContain('clock');
    machine.run(true);
    expect(machine.left).toBe(0);
    expect(world.clock.now).toBeGreaterThanOrEqual(1010);
  });

  test('need not pass', () => {
    const machine = new Machine('free', 10, 0);
    machine.run(false);
    expect(machine.left).toBe(10);
  });

  test('a sleep of more than an hour ends when nobody can run, and not before', () => {
    const machine = new Machine('free', 4_000_000, 0);
    machine.run(true);
    expect(machine.left).toBe(4_000_000);
    const alone = new Machine('free', 4_000_000, 5_000_000);
    alone.run(true);
    expect(alone.left).toBe(0);
  });

  test('a sleeper that is woken waits for its timer when that runs already', () => {
    const machine = new Machine('free', 10, NOW);
    const { world, sleeper } = machine;
    const step = (name: string): void => {
      world.enumerate();
      world.perform(world.choiceTasks.findIndex((task) => task.name === name));
    };
    step('A'); // sets its state and arms the timer
    step('clock'); // the timer fires, and has not woken A yet
    step('B');
    step('A'); // awake; its timer still runs
    world.enumerate();
    expect(world.choiceTasks.map((task) => task.name)).toEqual(['clock']);
    machine.run(false);
    expect(machine.left).toBe(0);
    expect(sleeper.state).toBe(0);
  });
});
