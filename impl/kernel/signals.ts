import { Access, type Gate, type KernelTask } from './access.ts';
import { TASK_INTERRUPTIBLE, TASK_RUNNING } from './task-state.ts';
import type { Task } from './task.ts';
import type { Whim } from './whim.ts';
import type { World } from './world.ts';

/** Lanes of the machine are numbered; signals come after the workers. */
const SIGNAL_LANE = 4096;

/** Alternative 0: nature sends no more signals in this run. Alternative n: the n-th sleeper. */
class Delivery extends Access {
  private readonly signals: Signals;

  constructor(signals: Signals) {
    super('wait', 'full', { label: '' }, '', 'deliver a signal', signals);
    this.signals = signals;
  }

  override get alternatives(): number {
    return 1 + this.signals.count();
  }
}

/**
 * Nature sends signals to processes: an interruptible sleep may end at any step. Nothing ever
 * depends on it, so the lane is never ready by itself; `World.enumerate` offers what it may do
 * behind everything else.
 *
 * @kernel signal_wake_up
 */
export class Signals implements Gate, Whim {
  readonly blockedBy = 'signals come when nature wants';
  readonly canEnd = true;
  readonly lane: Task;
  private readonly world: World;
  private readonly delivers: Access;

  constructor(world: World) {
    this.world = world;
    this.delivers = new Delivery(this);
    this.lane = world.addLane('signals', SIGNAL_LANE, 'process');
    this.lane.idleAt = this.delivers;
    this.lane.isNatures = true;
    this.lane.start(this.run());
  }

  ready(): boolean {
    return false;
  }

  /** How many tasks could be interrupted now; 0 when nature has no signal left. */
  count(): number {
    if (this.world.interruptionsLeft === 0) return 0;
    let count = 0;
    for (const task of this.world.tasks) if (isInterruptible(task)) count += 1;
    return count;
  }

  private *run(): KernelTask<void> {
    const { world } = this;
    for (;;) {
      this.lane.forget();
      yield this.delivers;
      if (world.alternative === 0) {
        world.interruptionsLeft = 0;
        continue;
      }
      const sleeper = this.sleeper(world.alternative);
      world.interruptionsLeft -= 1;
      sleeper.signalPending = true;
      sleeper.state = TASK_RUNNING;
    }
  }

  private sleeper(number: number): Task {
    let count = 0;
    for (const task of this.world.tasks) {
      if (isInterruptible(task)) count += 1;
      if (count === number) return task;
    }
    throw new Error(`there is no sleeper ${number}`);
  }
}

function isInterruptible(task: Task): boolean {
  return task.state === TASK_INTERRUPTIBLE && !task.signalPending;
}
