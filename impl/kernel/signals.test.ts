import { describe, expect, test } from 'vitest';
import type { KernelTask } from './access.ts';
import { MAX_SCHEDULE_TIMEOUT } from './clock.ts';
import { TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, type TaskState } from './task-state.ts';
import { World, type WorldOptions } from './world.ts';

/** What a sleep of one task ended with. */
interface Slept {
  left: number | null;
  isInterrupted: boolean;
}

interface Machine {
  readonly world: World;
  readonly slept: Slept;
  /** Makes one choice, and returns how many there were. */
  step(pick: (count: number) => number): number;
}

function* sleep(slept: Slept, world: World, state: TaskState, jiffies: number): KernelTask<void> {
  const { sleeper } = world.current;
  yield* sleeper.setState(state);
  slept.left = yield* sleeper.scheduleTimeout(jiffies);
  slept.isInterrupted = yield* sleeper.isSignalPending();
}

function machine(options: WorldOptions, state: TaskState, jiffies: number): Machine {
  const world = new World(options);
  const slept: Slept = { left: null, isInterrupted: false };
  const task = world.addTask('A');
  task.start(sleep(slept, world, state, jiffies));
  return {
    world,
    slept,
    step(pick) {
      const count = world.enumerate();
      if (count > 0) world.perform(pick(count));
      return count;
    },
  };
}

const FIRST = (): number => 0;
const LAST = (count: number): number => count - 1;

function toEnd(running: Machine, pick: (count: number) => number): number[] {
  const counts: number[] = [];
  for (;;) {
    const count = running.step(pick);
    if (count === 0) return counts;
    counts.push(count);
  }
}

describe('signals that nature sends', () => {
  test('end an interruptible sleep with time left', () => {
    const machineOf = machine({ interruptionsMax: 1 }, TASK_INTERRUPTIBLE, 5);
    toEnd(machineOf, LAST);
    expect(machineOf.slept).toEqual({ left: 5, isInterrupted: true });
    expect(machineOf.world.interruptionsLeft).toBe(0);
  });

  test('are never the first choice while a task or a timer can go on', () => {
    const machineOf = machine({ interruptionsMax: 1 }, TASK_INTERRUPTIBLE, 5);
    toEnd(machineOf, FIRST);
    expect(machineOf.slept).toEqual({ left: 0, isInterrupted: false });
  });

  test('do not save a task that nobody wakes, unless nature wants', () => {
    const quiet = machine({ interruptionsMax: 1 }, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
    toEnd(quiet, FIRST);
    expect(quiet.slept.left).toBe(null);
    const saved = machine({ interruptionsMax: 1 }, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
    toEnd(saved, LAST);
    expect(saved.slept).toEqual({ left: MAX_SCHEDULE_TIMEOUT, isInterrupted: true });
  });

  test('leave uninterruptible sleeps alone', () => {
    const machineOf = machine({ interruptionsMax: 1 }, TASK_UNINTERRUPTIBLE, 5);
    const counts = toEnd(machineOf, LAST);
    expect(Math.max(...counts)).toBe(1);
    expect(machineOf.slept).toEqual({ left: 0, isInterrupted: false });
  });

  test('are at most as many as the world allows', () => {
    const world = new World({ interruptionsMax: 1 });
    const both: Slept[] = [];
    for (const name of ['A', 'B']) {
      const slept: Slept = { left: null, isInterrupted: false };
      both.push(slept);
      world.addTask(name).start(sleep(slept, world, TASK_INTERRUPTIBLE, 5));
    }
    for (let count = world.enumerate(); count > 0; count = world.enumerate()) {
      world.perform(count - 1);
    }
    expect(both.filter((slept) => slept.isInterrupted)).toHaveLength(1);
  });

  test('are no steps of a task: nobody has done anything', () => {
    const machineOf = machine({ interruptionsMax: 1 }, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
    machineOf.step(FIRST);
    const { taskSteps } = machineOf.world;
    machineOf.step(LAST);
    expect([machineOf.world.interruptionsLeft, machineOf.world.taskSteps]).toEqual([0, taskSteps]);
  });

  test('do not exist in a world without them', () => {
    const machineOf = machine({}, TASK_INTERRUPTIBLE, 5);
    expect(machineOf.world.lanes).toHaveLength(0);
    expect(Math.max(...toEnd(machineOf, LAST))).toBe(1);
  });
});
