import { describe, expect, test } from 'vitest';
import type { KernelTask } from './access.ts';
import { JIFFY_NS } from './clock.ts';
import type { Task } from './task.ts';
import { TASK_UNINTERRUPTIBLE } from './task-state.ts';
import { World, type WorldOptions } from './world.ts';

const BOOT_NS = 1_000_000_000;

/** A world, and what has happened in it: who did it, how long after the boot. */
class Machine {
  readonly world: World;
  readonly happened: string[] = [];

  constructor(options: WorldOptions = {}) {
    this.world = new World(options);
  }

  private note(name: string): void {
    this.happened.push(`${name} ${this.world.clock.valueNs - BOOT_NS}`);
  }

  /** A task that waits for a time, and for nothing else. */
  waits(name: string, ns: number): Task {
    return this.runs(name, this.world.clock.waitUntil(BOOT_NS + ns));
  }

  /** A task that makes steps which take no time. */
  works(name: string): Task {
    const { sleeper } = this.world.current;
    return this.runs(name, sleeper.readState());
  }

  private runs(name: string, body: KernelTask<unknown>): Task {
    const task = this.world.addTask(name);
    const note = (): void => this.note(name);
    task.start(
      (function* (): KernelTask<void> {
        yield* body;
        note();
      })(),
    );
    return task;
  }

  /** Hardware that does something again and again, for ever. */
  ticks(name: string, periodNs: number): void {
    const { world } = this;
    const lane = world.addLane(name, 20_000 + periodNs, 'process');
    lane.isNatures = true;
    lane.idleAt = lane.alarm.access;
    const note = (): void => this.note(name);
    lane.start(
      (function* (): KernelTask<void> {
        for (let dueNs = BOOT_NS + periodNs; ; dueNs += periodNs) {
          lane.forget();
          yield* world.clock.waitUntil(dueNs, periodNs);
          note();
        }
      })(),
    );
  }

  /** Who could go on now. */
  get choices(): readonly string[] {
    this.world.enumerate();
    return this.world.choiceTasks.map(({ name }) => name);
  }

  toEnd(): readonly string[] {
    while (this.world.enumerate() > 0) this.world.perform(0);
    return this.happened;
  }
}

describe('what comes again for ever', () => {
  test('does not keep a run going when all tasks have ended', () => {
    const machine = new Machine();
    machine.ticks('tick', 100);
    machine.works('A');
    expect(machine.toEnd()).toEqual(['A 0']);
  });

  test('goes on while a task waits for a time, and no longer', () => {
    const machine = new Machine();
    machine.ticks('tick', 100);
    machine.waits('A', 250);
    expect(machine.toEnd()).toEqual(['tick 100', 'tick 200', 'A 250']);
  });

  test('comes round once more for a task that waits for something else, which may depend on it', () => {
    const machine = new Machine();
    const { world } = machine;
    machine.ticks('tick', 100);
    machine.ticks('tock', 150);
    const sleeper = world.addTask('A');
    sleeper.start(
      (function* (): KernelTask<void> {
        yield* sleeper.sleeper.setState(TASK_UNINTERRUPTIBLE);
        yield* sleeper.sleeper.schedule();
      })(),
    );
    expect(machine.toEnd()).toEqual(['tick 100', 'tock 150', 'tick 200', 'tock 300', 'tick 300']);
  });
});

describe('where time is free', () => {
  test('nothing overtakes what is due before it', () => {
    const machine = new Machine({ time: 'free' });
    machine.waits('late', 200);
    machine.waits('early', 100);
    machine.waits('together', 100);
    expect(machine.choices).toEqual(['early', 'together']);
    expect(machine.toEnd()).toEqual(['early 100', 'together 100', 'late 200']);
  });
});

describe('where time jumps', () => {
  test('what is due together may come in any order, timers too', () => {
    const machine = new Machine();
    const { world } = machine;
    machine.waits('A', JIFFY_NS);
    machine.waits('B', JIFFY_NS);
    machine.waits('C', JIFFY_NS + 1);
    const run = (): KernelTask<void> => world.boot.sleeper.wakeUp();
    world.clock.arm({ label: 'timer', expires: world.clock.value + 1, run });
    expect(machine.choices).toEqual(['clock', 'A', 'B']);
  });

  test('the next moment of others is that of an alarm or of a timer, whichever comes first', () => {
    const machine = new Machine();
    const { clock } = machine.world;
    const own = machine.waits('own', 50);
    expect(clock.nextBesides(own)).toBe(Infinity);
    const other = machine.waits('other', 3 * JIFFY_NS);
    expect(clock.nextBesides(own)).toBe(BOOT_NS + 3 * JIFFY_NS);
    expect(clock.nextBesides(other)).toBe(BOOT_NS + 50);
    const run = (): KernelTask<void> => machine.world.boot.sleeper.wakeUp();
    clock.arm({ label: 'timer', expires: clock.value + 2, run });
    expect(clock.nextBesides(own)).toBe(BOOT_NS + 2 * JIFFY_NS);
  });
});

test('whoever arranges a time, or lets time pass, is known to have done so', () => {
  const machine = new Machine();
  const { world } = machine;
  const touched: string[] = [];
  const touches = (act: () => void): readonly string[] => {
    touched.length = 0;
    act();
    return touched.filter((touch) => touch.startsWith('clock'));
  };
  world.footprint = {
    touched: ({ label }, field, kind) => void touched.push(`${label} ${kind} ${field}`),
  };
  const both = ['clock write now', 'clock write timers'];
  expect(touches(() => machine.waits('A', 100))).toEqual(both);
  expect(touches(() => machine.toEnd())).toEqual(both);
  expect(touches(() => world.clock.nanoseconds)).toEqual(['clock read now']);
});
