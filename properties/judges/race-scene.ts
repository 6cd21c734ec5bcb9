import type { KernelTask } from '../../impl/kernel/access.ts';
import { Cell } from '../../impl/kernel/cell.ts';
import { Flags } from '../../impl/kernel/flags.ts';
import { Mutex } from '../../impl/kernel/mutex.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import { PlainList, PlainWord } from '../../impl/kernel/plain.ts';
import { SpinLock } from '../../impl/kernel/spinlock.ts';
import type { Task, TaskContext } from '../../impl/kernel/task.ts';
import { World, type WorldOptions } from '../../impl/kernel/world.ts';
import { RacesJudge } from './races.ts';

/** Something with a field of each kind, for tests of races. */
class Box extends KernelObject {
  readonly word: PlainWord<number> = new PlainWord<number>(this, 'word', 0);
  readonly other: PlainWord<number> = new PlainWord<number>(this, 'other', 0);
  readonly list: PlainList<Box> = new PlainList<Box>(this, 'list');
  readonly flag: Cell = new Cell(this, 'flag', 0, 'full');
  readonly relaxed: Cell = new Cell(this, 'relaxed', 0);
  readonly peeked: Cell = new Cell(this, 'peeked', 0, 'plain');
  readonly bits: Flags = new Flags(this, 'bits');
  readonly spin: SpinLock = new SpinLock(this, 'spin', 'spin');
  readonly mutex: Mutex = new Mutex(this, 'mutex', 'mutex');

  constructor(world: World, alias: string) {
    super(world, 'box');
    this.alias = alias;
  }

  visitState(): void {}
}

type Body = () => KernelTask<void>;

/** A bare world with a box in it, and the judge of races watching. */
export class RaceScene {
  readonly world: World;
  readonly box: Box;
  readonly judge: RacesJudge = new RacesJudge();

  constructor(options: WorldOptions = {}) {
    this.world = new World(options);
    this.box = new Box(this.world, 'box');
    this.judge.tasksStart(this.world);
  }

  /** A second box, for what is told about the first one. */
  another(): Box {
    return new Box(this.world, 'another');
  }

  /** Starts a task; it stands in front of its first access. */
  task(
    name: string,
    body: Body,
    cpu: Task['cpu'] = this.world.addCpu(),
    context: TaskContext = 'process',
  ): Task {
    const made = this.world.addTask(name, cpu, context);
    if (context === 'hardirq') this.world.raise(made, body(), false);
    else made.start(body());
    return made;
  }

  /** So many steps of a task; up to its end by default. */
  run(made: Task, steps: number = Number.POSITIVE_INFINITY): void {
    for (let step = 0; step < steps && made.pending !== null; step += 1) {
      if (!this.world.isRunnable(made)) throw new Error(`${made.name} cannot run`);
      this.world.step(made, 0);
    }
  }

  /** Lets everything land that waits in store buffers. */
  land(): void {
    const { world } = this;
    for (const lane of world.lanes) while (world.isRunnable(lane)) world.step(lane, 0);
  }

  /** Runs tasks one after the other, each to its end: nothing about their order is close. */
  inTurn(...bodies: readonly Body[]): readonly string[] {
    const tasks = bodies.map((body, index) => this.task('ABC'.charAt(index), body));
    for (const made of tasks) this.run(made);
    return this.messages;
  }

  get messages(): readonly string[] {
    return this.judge.finish().map(({ message }) => message);
  }

  /** An access that orders nothing, so that what follows is not part of the start. */
  *pause(): KernelTask<void> {
    yield* this.box.relaxed.read();
  }

  *writes(): KernelTask<void> {
    yield* this.pause();
    this.box.word.set(1);
  }

  *reads(): KernelTask<void> {
    yield* this.pause();
    this.box.word.get();
  }
}
