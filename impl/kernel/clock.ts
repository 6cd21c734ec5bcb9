import { Access, type Gate, type KernelTask, type Place } from './access.ts';
import type { StateKey } from './state-key.ts';
import type { Task } from './task.ts';
import type { World } from './world.ts';

/** "No limit": never counted down. Unit: jiffies. */
export const MAX_SCHEDULE_TIMEOUT: number = Number.MAX_SAFE_INTEGER;
/** A jiffy is a millisecond here (HZ = 1000). Unit: nanoseconds. */
export const JIFFY_NS = 1_000_000;
/** The machine is up for a second before a program starts, so that no time reads 0. */
const BOOT_JIFFIES = 1000;

/** A one-shot timer. Its function runs in softirq context. @kernel struct timer_list */
export interface Timer {
  /** Whose timer it is: two that differ in nothing else do the same. */
  readonly label: string;
  readonly expires: number;
  run(): KernelTask<void>;
}

/** Virtual time. It never passes by itself: only a timer that fires moves it. */
export class Clock implements Gate {
  readonly blockedBy = 'no timer is due';
  readonly mode: 'discrete' | 'free';
  private readonly place: Place = { label: 'clock' };
  private jiffies: number = BOOT_JIFFIES;
  private readonly world: World;
  /** Armed timers, earliest first; equal ones in the order of arming. */
  private readonly timers: Timer[] = [];
  private lane: Task | null = null;
  /** The timer whose function runs. */
  private running: Timer | null = null;
  private stops: Access | null = null;

  constructor(world: World, mode: 'discrete' | 'free') {
    this.world = world;
    this.mode = mode;
  }

  /** Jiffies since boot, for kernel code. @kernel jiffies */
  get now(): number {
    this.world.touch(this.place, 'now', 'read', 'once');
    this.world.current.observe(this.jiffies);
    return this.jiffies;
  }

  /** Lets time pass without a timer, for tests of what looks at the clock. Unit: jiffies. */
  advance(jiffies: number): void {
    this.world.touch(this.place, 'now', 'write', 'full');
    this.jiffies += jiffies;
  }

  /** Jiffies since boot, for judges and state keys. */
  get value(): number {
    return this.jiffies;
  }

  /** Monotonic time in nanoseconds. @kernel ktime_get */
  get nanoseconds(): number {
    return this.now * JIFFY_NS;
  }

  get armed(): readonly Timer[] {
    return this.timers;
  }

  arm(timer: Timer): void {
    this.writesTimers();
    let at = this.timers.length;
    while (at > 0 && (this.timers[at - 1]?.expires ?? 0) > timer.expires) at -= 1;
    this.timers.splice(at, 0, timer);
    if (this.lane === null) {
      this.lane = this.world.addLane('clock', CLOCK_LANE, 'softirq');
      const fires = new Access('wait', 'plain', this.place, '', 'fire a timer of', this);
      this.lane.idleAt = fires;
      this.lane.isNatures = true;
      this.lane.start(this.run(fires));
    }
  }

  /** True when the timer had not fired yet. @kernel timer_delete */
  cancel(timer: Timer): boolean {
    this.writesTimers();
    const at = this.timers.indexOf(timer);
    if (at >= 0) this.timers.splice(at, 1);
    return at >= 0;
  }

  /** Afterwards the timer's function does not run, and will not. @kernel timer_delete_sync */
  *cancelSync(timer: Timer): KernelTask<void> {
    if (this.cancel(timer) || this.running !== timer) return;
    this.stops ??= this.stopping();
    yield this.stops;
    this.writesTimers();
  }

  private stopping(): Access {
    const gate = { ready: (): boolean => this.running === null, blockedBy: 'a timer runs' };
    return new Access('wait', 'acquire', this.place, '', 'wait for a timer of', gate);
  }

  /** Under a lock of its own. */
  private writesTimers(): void {
    this.world.barrier();
    this.world.touch(this.place, 'timers', 'write', 'full');
  }

  ready(): boolean {
    const first = this.timers[0];
    return first !== undefined && (this.mode === 'free' || first.expires <= this.jiffies);
  }

  /** Nothing can run: the lane whose step jumps to the next timer; null when there is none. */
  jump(): Task | null {
    return this.timers.length > 0 && this.running === null ? this.lane : null;
  }

  visitState(key: StateKey): void {
    key.part();
    key.add('clock');
    key.add(this.jiffies);
    key.add(this.running?.label ?? null);
    for (const { label, expires } of this.timers) {
      key.add(label);
      key.add(expires);
    }
  }

  private *run(fires: Access): KernelTask<void> {
    for (;;) {
      this.lane?.forget();
      yield fires;
      const timer = this.timers.shift();
      if (timer === undefined) continue;
      this.writesTimers();
      this.world.touch(this.place, 'now', 'write', 'full');
      this.jiffies = Math.max(this.jiffies, timer.expires);
      this.running = timer;
      yield* timer.run();
      this.writesTimers();
      this.running = null;
    }
  }
}

/** Lanes of the machine itself come after all tasks; see `World.addLane`. */
const CLOCK_LANE = 1;
