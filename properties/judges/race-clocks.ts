import type { Cpu } from '../../impl/kernel/cpu.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { World } from '../../impl/kernel/world.ts';

/** How far a task knows each of the others to have come, by slot. */
export class Clock {
  readonly slot: number;
  readonly times: number[];
  /** Its own time: what happens now is known to those who know this time. */
  now = 1;
  /** The last turn of the boot task that it knows of. */
  turn = 0;
  /** What is ordered by its processor: interrupts, and code that keeps them out. */
  readonly interrupts: number[];
  /**
   * What reads without an order have shown to be over, as a test of a bit does. The reads that come
   * behind may have been done earlier, so this says nothing about them; null when there is nothing.
   */
  private seen: number[] | null = null;

  constructor(slot: number, interrupts: number[]) {
    this.slot = slot;
    this.interrupts = interrupts;
    this.times = [];
    for (let other = 0; other < slot; other += 1) this.times.push(0);
    this.times.push(1);
  }

  /** The other's `time` happened before what happens here now. */
  knows(slot: number, time: number): boolean {
    return slot === this.slot || (this.times[slot] ?? 0) >= time;
  }

  /** The same, or reads before have shown it: enough to give something to others. */
  hasSeen(slot: number, time: number): boolean {
    return this.knows(slot, time) || (this.seen?.[slot] ?? 0) >= time;
  }

  acquire(released: readonly number[]): void {
    join(this.times, released);
  }

  /** Reads without an order what was released. */
  see(released: readonly number[]): void {
    for (let slot = 0; slot < released.length; slot += 1) {
      const time = released[slot] ?? 0;
      if (this.hasSeen(slot, time)) continue;
      this.seen ??= [];
      while (this.seen.length <= slot) this.seen.push(0);
      this.seen[slot] = time;
    }
  }

  /** What happens from here on is not known to those who learn what has happened until now. */
  release(into: number[]): void {
    join(into, this.times);
    if (this.seen !== null) join(into, this.seen);
    this.now += 1;
    this.times[this.slot] = this.now;
  }
}

/** Makes `into` know what `from` knows. */
function join(into: number[], from: readonly number[]): void {
  for (let slot = 0; slot < from.length; slot += 1) {
    const time = from[slot] ?? 0;
    if (slot >= into.length) into.push(time);
    else if (time > (into[slot] ?? 0)) into[slot] = time;
  }
}

/**
 * The clocks of all tasks of a world. An interrupt on the processor of a task is unordered with it
 * but for code that keeps interrupts out; tasks that take turns on a processor are unordered. With
 * store buffers one processor has one clock: its own stores come back to it before they land, so
 * that the moment of landing says nothing about the order there.
 */
export class Clocks {
  private readonly world: World;
  private readonly clocks = new Map<Task | Cpu, Clock>();
  /** By the number of the task; lanes have large ones. */
  private readonly clockOfTask: Record<number, Clock> = {};
  private readonly interrupts = new Map<Cpu, number[]>();
  /** What everybody knows since the last turn of the boot task. */
  private readonly common: number[] = [];
  private turns = 0;

  constructor(world: World) {
    this.world = world;
  }

  /**
   * Somebody else runs now: returns the clock of `next`; null for the boot task, which is ordered
   * with everything. `before`: who ran until now, with its clock.
   */
  turnTo(next: Task, before: Task | null, beforeClock: Clock | null): Clock | null {
    if (before !== null && before.context !== 'process') {
      beforeClock?.release(beforeClock.interrupts);
    }
    if (next === this.world.boot) {
      for (const clock of this.clocks.values()) clock.release(this.common);
      this.turns += 1;
      return null;
    }
    const clock = this.clockOf(next);
    if (clock.turn !== this.turns) {
      clock.turn = this.turns;
      clock.acquire(this.common);
    }
    if (next.context !== 'process') clock.acquire(clock.interrupts);
    return clock;
  }

  private clockOf(task: Task): Clock {
    let clock = this.clockOfTask[task.index];
    clock ??= this.clockOfTask[task.index] = this.clockOfOwner(task);
    return clock;
  }

  private clockOfOwner(task: Task): Clock {
    const owner = this.world.hasBuffers ? task.cpu : task;
    let clock = this.clocks.get(owner);
    if (clock === undefined) {
      clock = new Clock(this.clocks.size, this.interruptsOf(task.cpu));
      this.clocks.set(owner, clock);
    }
    return clock;
  }

  private interruptsOf(cpu: Cpu): number[] {
    let interrupts = this.interrupts.get(cpu);
    if (interrupts === undefined) {
      interrupts = [];
      this.interrupts.set(cpu, interrupts);
    }
    return interrupts;
  }
}
