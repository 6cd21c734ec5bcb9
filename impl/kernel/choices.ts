import { LANE_BASE, type Task } from './task.ts';
import type { Whim } from './whim.ts';
import type { World } from './world.ts';

/** What could happen next in a world, each as a task and one of the outcomes of its access. */
export class Choices {
  readonly tasks: Task[] = [];
  readonly alternatives: number[] = [];
  /** Nobody can run but whose time has come. */
  isIdle = false;
  protected readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  /** Lists the choices of this moment and returns how many there are; 0 means quiescent. */
  enumerate(): number {
    const { world } = this;
    const last = world.current;
    let count = 0;
    if (world.isRunnable(last) && !last.isIdle) count = this.offer(last, 0);
    for (const task of world.tasks) {
      if (task !== last && world.isRunnable(task)) count = this.offer(task, count);
    }
    for (const lane of this.world.lanes) {
      if (lane.waitsForTime || (lane === last && !lane.isIdle)) continue;
      if (world.isRunnable(lane)) count = this.offer(lane, count);
    }
    // What is due comes last, in the order in which it was arranged.
    for (const { task } of this.world.clock.alarms.list) {
      if (task.index < LANE_BASE || (task === last && !task.isIdle)) continue;
      if (world.isRunnable(task)) count = this.offer(task, count);
    }
    return this.complete(count);
  }

  /** So many can run by themselves; what nature may do comes behind them. */
  private complete(count: number): number {
    // Setting the length would give the storage away, step after step.
    while (this.tasks.length > count) {
      this.tasks.pop();
      this.alternatives.pop();
    }
    this.isIdle = false;
    if (count === 0) this.enumerateIdle();
    if (this.world.asksNature) this.enumerateOutcomes(this.tasks.length);
    for (const whim of this.world.whims) this.enumerateWhims(whim);
    return this.tasks.length;
  }

  /** Lists the first choice only; false: there is none. */
  first(): boolean {
    const task = this.firstTask();
    if (task === null) return this.complete(0) > 0;
    this.isIdle = false;
    this.offer(task, 0);
    return true;
  }

  /** As in `enumerate`; null: nothing can run by itself. */
  private firstTask(): Task | null {
    const { world } = this;
    const last = world.current;
    if (!last.isIdle && world.isRunnable(last)) return last;
    for (const task of world.tasks) if (task !== last && world.isRunnable(task)) return task;
    for (const lane of world.lanes) {
      if (!lane.waitsForTime && (lane !== last || lane.isIdle) && world.isRunnable(lane))
        return lane;
    }
    const { clock } = world;
    for (const alarm of clock.alarms.list) {
      // They are in the order of their times: those behind it are not due either.
      if (!clock.isDue(alarm)) break;
      const { task } = alarm;
      if (task.index < LANE_BASE || (task === last && !task.isIdle)) continue;
      if (world.isRunnable(task)) return task;
    }
    return null;
  }

  /** Puts a task at the end of the choices, over what was there before; returns the new end. */
  protected offer(task: Task, at: number): number {
    this.tasks[at] = task;
    this.alternatives[at] = 0;
    return at + 1;
  }

  /** Nothing can run: time jumps to the next moment, or else nature may say that it is done. */
  protected enumerateIdle(): void {
    this.isIdle = true;
    let lanes = this.world.clock.jumps();
    if (lanes.length === 0) {
      lanes = this.world.whims
        .filter((whim) => whim.canEnd && whim.count() > 0)
        .map(({ lane }) => lane);
    }
    for (const lane of lanes) this.offer(lane, this.tasks.length);
  }

  /** What nature may do besides comes last: smaller choices are simpler runs. */
  private enumerateWhims(whim: Whim): void {
    const count = whim.count();
    for (let other = 1; other <= count; other += 1) {
      this.tasks.push(whim.lane);
      this.alternatives.push(other);
    }
  }

  /** Other outcomes of what could happen. */
  private enumerateOutcomes(plain: number): void {
    for (let index = 0; index < plain; index += 1) {
      const task = this.tasks[index];
      if (this.world.whims.some(({ lane }) => lane === task)) continue;
      const count = task?.pending?.alternatives ?? 1;
      for (let other = 1; task !== undefined && other < count; other += 1) {
        this.tasks.push(task);
        this.alternatives.push(other);
      }
    }
  }
}
