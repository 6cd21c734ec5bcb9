import type { Alarm } from './alarm.ts';
import type { StateKey } from './state-key.ts';
import type { Task } from './task.ts';
import type { World } from './world.ts';

/** Longer than this nobody waits for periods that fit badly together. Unit: nanoseconds. */
const COMMON_PERIOD_MAX_NS = 1_000_000_000;

/** Who goes on by itself, and when: earliest first, equal ones in the order of setting. */
export class Alarms {
  protected readonly world: World;
  readonly list: Alarm[] = [];
  private orders = 0;
  /** How many steps tasks had made when something happened last, and since when that is so. */
  private taskSteps = 0;
  private quietSinceNs = 0;

  constructor(world: World) {
    this.world = world;
  }

  set(alarm: Alarm, dueNs: number, periodNs: number): void {
    if (alarm.isSet) this.remove(alarm);
    alarm.dueNs = dueNs;
    alarm.periodNs = periodNs;
    alarm.order = this.orders;
    alarm.isSet = true;
    this.orders += 1;
    const alarms = this.list;
    let at = alarms.length;
    alarms.push(alarm);
    for (let before = alarms[at - 1]; before !== undefined && before.dueNs > dueNs;) {
      alarms[at] = before;
      at -= 1;
      before = alarms[at - 1];
    }
    alarms[at] = alarm;
  }

  clear(alarm: Alarm): void {
    this.noteTasks();
    if (alarm.isSet) this.remove(alarm);
    alarm.isSet = false;
  }

  private remove(alarm: Alarm): void {
    const alarms = this.list;
    for (let at = alarms.indexOf(alarm) + 1; at < alarms.length; at += 1) {
      const next = alarms[at];
      if (next !== undefined) alarms[at - 1] = next;
    }
    alarms.pop();
  }

  /** When something happens next by itself; an interrupt that cannot be taken is nothing. */
  firstDueNs(): number {
    return this.next()?.dueNs ?? Infinity;
  }

  /** Nothing can happen before it. */
  isFirst(alarm: Alarm): boolean {
    return this.firstDueNs() >= alarm.dueNs && !this.isOver();
  }

  /** Who can go on first, all that are due together. None where a task that runs alone is first. */
  first(): readonly Task[] {
    const next = this.next();
    let tasks: readonly Task[] = [];
    if (next === null || this.isOver()) return tasks;
    for (const alarm of this.list) {
      if (alarm.dueNs > next.dueNs) break;
      const { task } = alarm;
      if (alarm.dueNs === next.dueNs && task.pending !== null && this.isTakable(alarm)) {
        // Mostly it is one, and a list that grows takes room for many.
        tasks = tasks.length === 0 ? [task] : [...tasks, task];
      }
    }
    return tasks;
  }

  nextBesides(task: Task): number {
    for (const alarm of this.list) if (alarm.task !== task) return alarm.dueNs;
    return Infinity;
  }

  private next(): Alarm | null {
    for (const alarm of this.list) if (this.isTakable(alarm)) return alarm;
    return null;
  }

  /** Its processor would let it go on. The boot task runs alone, and has no access announced. */
  private isTakable({ task }: Alarm): boolean {
    return task.pending === null ? task === this.world.boot : task.cpu.lets(task);
  }

  /** Tasks have done something since the last time that hardware has. */
  private noteTasks(): void {
    const { world } = this;
    if (world.taskSteps === this.taskSteps) return;
    this.taskSteps = world.taskSteps;
    this.quietSinceNs = world.clock.valueNs;
  }

  /**
   * Only what comes again and again is left, and nobody will do anything: all tasks have ended, or
   * none has made a step for as long as everything takes to come round.
   *
   * @rule HW-TIME-006
   */
  protected isOver(): boolean {
    const { world } = this;
    const alarms = this.list;
    if (alarms.length === 0) return false;
    for (const { periodNs } of alarms) if (periodNs === 0) return false;
    if (world.clock.armed.length > 0) return false;
    if (!world.tasks.some(isAtWork) && !world.lanes.some(isAtWork)) return true;
    if (world.taskSteps !== this.taskSteps) return false;
    return world.clock.valueNs - this.quietSinceNs >= commonPeriod(alarms);
  }

  visitState(key: StateKey): void {
    const { world } = this;
    if (this.list.length === 0) return;
    for (const { task, dueNs } of this.list) {
      key.add(task.index);
      key.add(dueNs);
    }
    key.add(world.taskSteps === this.taskSteps);
    key.add(this.quietSinceNs);
  }
}

/** It runs, or waits for something that is not just work. */
function isAtWork({ pending, isIdle }: Task): boolean {
  return pending !== null && !isIdle;
}

/** After so long everything that comes again has done so. */
function commonPeriod(alarms: readonly Alarm[]): number {
  let common = 1;
  for (const { periodNs } of alarms) common *= periodNs / divisor(common, periodNs);
  return Math.min(common, COMMON_PERIOD_MAX_NS);
}

function divisor(first: number, second: number): number {
  return second === 0 ? first : divisor(second, first % second);
}
