import { expect, test } from 'vitest';
import type { KernelTask } from '../kernel/access.ts';
import { TASK_UNINTERRUPTIBLE } from '../kernel/task-state.ts';
import type { Task, TaskContext } from '../kernel/task.ts';
import { World } from '../kernel/world.ts';
import { Device } from './device.ts';
import { Mmio, type Registers } from './mmio.ts';
import { Platform } from './platform.ts';

const PERIOD_NS = 1_000_000;

/** A device that looks at its registers again and again, and then does what it was asked. */
class Ticker extends Device implements Registers {
  readonly acknowledges: string = 'STATUS';
  readonly mmio: Mmio = new Mmio(this, this);
  readonly engine: Task;
  private isAsked = false;
  /** Of a program: it waits for what it has asked. */
  private sleeper: Task | null = null;
  isDone = false;

  constructor(platform: Platform) {
    super(platform, { name: 'ticker' });
    const lane = this.addLane('engine');
    this.engine = lane.task;
    const { clock } = this.world;
    const tick = function* (this: Ticker): KernelTask<void> {
      for (;;) {
        lane.forget();
        yield* lane.workUntil(clock.valueNs + PERIOD_NS, PERIOD_NS);
        this.isDone ||= this.isAsked;
        if (this.isDone && this.sleeper !== null) yield* this.sleeper.sleeper.wakeUp();
      }
    };
    lane.start(tick.bind(this));
  }

  writeRegister(register: string): void {
    if (register !== 'NONE') this.isAsked = true;
  }

  readRegister(): number {
    return 0;
  }

  *ask(register: string): KernelTask<void> {
    yield* this.mmio.write(register, 1);
  }

  *await(): KernelTask<void> {
    const { current } = this.world;
    yield* current.sleeper.setState(TASK_UNINTERRUPTIBLE);
    this.sleeper = current;
    yield* current.sleeper.schedule();
  }
}

/** Lets this task go on, if it can. */
function step(world: World, { name }: { readonly name: string }): boolean {
  const count = world.enumerate();
  const choice = world.choiceTasks.slice(0, count).findIndex((task) => task.name === name);
  if (choice >= 0) world.perform(choice);
  return choice >= 0;
}

/** A register is written, and the write arrives when there was nothing to do for long. */
function late(register: string, context: TaskContext): Ticker {
  const world = new World({ time: 'free' });
  const ticker = new Ticker(new Platform(world));
  const writer = world.addTask('W', world.addCpu(), context);
  writer.start(ticker.ask(register));
  while (step(world, writer));
  const waiter = world.addTask('A');
  waiter.start(ticker.await());
  while (step(world, waiter));
  while (step(world, ticker.engine));
  expect(ticker.mmio.inFlight).toBe(1);
  while (world.enumerate() > 0) world.perform(0);
  expect(ticker.mmio.inFlight).toBe(0);
  return ticker;
}

test('what a task has asked for so late is done all the same', () => {
  expect(late('GO', 'process').isDone).toBe(true);
  expect(late('NONE', 'process').isDone).toBe(false);
});

test('so is what a handler has asked for, unless it takes an interrupt back', () => {
  expect(late('GO', 'hardirq').isDone).toBe(true);
  expect(late('STATUS', 'hardirq').isDone).toBe(false);
});
