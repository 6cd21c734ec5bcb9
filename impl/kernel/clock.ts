import { Access, type Gate, type KernelTask, type Place } from './access.ts';
import type { Alarms } from './alarms.ts';
import type { Alarm } from './alarm.ts';
import type { StateKey } from './state-key.ts';
import type { Task } from './task.ts';
import type { World } from './world.ts';

/** "No limit": never counted down. Unit: jiffies. */
export const MAX_SCHEDULE_TIMEOUT: number = Number.MAX_SAFE_INTEGER;
/** A jiffy is a millisecond here (HZ = 1000). Unit: nanoseconds. */
export const JIFFY_NS = 1_000_000;
/** The machine is up for a second before a program starts, so that no time reads 0. */
const BOOT_NS = 1_000_000_000;

/** A one-shot timer. Its function runs in softirq context. @kernel struct timer_list */
export interface Timer {
  /** Whose timer it is: two that differ in nothing else do the same. */
  readonly label: string;
  /** Unit: jiffies. */
  readonly expires: number;
  run(): KernelTask<void>;
}

/**
 * Virtual time, a whole number of nanoseconds. It never passes by itself: only a timer that fires
 * moves it, or hardware whose time has come.
 *
 * @rule HW-TIME-001 HW-TIME-003 HW-TIME-004
 */
export class Clock implements Gate {
  readonly blockedBy = 'no timer is due';
  readonly mode: 'discrete' | 'free';
  readonly alarms: Alarms;
  private readonly place: Place = { label: 'clock' };
  protected ns: number = BOOT_NS;
  protected readonly world: World;
  /** Armed timers, earliest first; equal ones in the order of arming. */
  protected readonly timers: Timer[] = [];
  private lane: Task | null = null;
  /** The timer whose function runs. */
  private running: Timer | null = null;
  private stops: Access | null = null;

  constructor(world: World, mode: 'discrete' | 'free', alarms: new (world: World) => Alarms) {
    this.world = world;
    this.mode = mode;
    this.alarms = new alarms(world);
  }

  /** Jiffies since boot, for kernel code. @kernel jiffies */
  get now(): number {
    this.world.touch(this.place, 'now', 'read', 'once');
    this.world.current.observe(this.value);
    return this.value;
  }

  /** Lets time pass without a timer, for tests of what looks at the clock. Unit: jiffies. */
  advance(jiffies: number): void {
    this.world.touch(this.place, 'now', 'write', 'full');
    this.ns += jiffies * JIFFY_NS;
  }

  /** Jiffies since boot, for judges and state keys. */
  get value(): number {
    return Math.floor(this.ns / JIFFY_NS);
  }

  /** Nanoseconds since boot, for judges and hardware; who decides by it says so with a touch. */
  get valueNs(): number {
    return this.ns;
  }

  /** Monotonic time in nanoseconds. @kernel ktime_get */
  get nanoseconds(): number {
    this.world.touch(this.place, 'now', 'read', 'once');
    this.world.current.observe(this.ns);
    return this.ns;
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

  /** The current task goes on at this time, or soon after. `periodNs`: as in `arrange`. */
  *waitUntil(dueNs: number, periodNs: number = 0): KernelTask<void> {
    yield this.arrange(dueNs, periodNs);
    this.arrive();
  }

  /**
   * The same in two parts, for lanes that wait all the time: yield the access, then `arrive`.
   * `periodNs`: the task will do so for ever, each time after so long, so that the end of a run need
   * not wait for it.
   */
  arrange(dueNs: number, periodNs: number = 0): Access {
    const { alarm } = this.world.current;
    this.touchesTime();
    this.alarms.set(alarm, dueNs, periodNs);
    return alarm.access;
  }

  /** The time that the current task has waited for is there. */
  arrive(): void {
    const { alarm } = this.world.current;
    this.alarms.clear(alarm);
    this.reach(alarm.dueNs);
  }

  /** A task that waits for a time need not do so any longer. */
  wake({ alarm }: Task): void {
    if (!alarm.isSet) return;
    this.touchesTime();
    this.alarms.set(alarm, Math.min(alarm.dueNs, this.ns), alarm.periodNs);
  }

  /** Hardware has worked until then, and nobody could look meanwhile. */
  reach(ns: number): void {
    this.touchesTime();
    this.ns = Math.max(this.ns, ns);
  }

  /** Where alarms stand, and the time: as atomic words, by which nobody is ordered. */
  private touchesTime(): void {
    this.world.touch(this.place, 'now', 'write', 'once');
    this.world.touch(this.place, 'timers', 'write', 'once');
  }

  /** Its time has come; or nothing comes before it, and time may pass at any moment. */
  isDue(alarm: Alarm): boolean {
    if (alarm.dueNs <= this.ns) return true;
    if (this.mode === 'discrete') return false;
    return this.alarms.isFirst(alarm) && this.expiryNs(TICK_NS) >= alarm.dueNs;
  }

  ready(): boolean {
    const expiryNs = this.expiryNs(0);
    if (expiryNs === Infinity) return false;
    if (expiryNs <= this.ns) return true;
    if (this.mode === 'discrete' || expiryNs - this.ns > LATE_MAX_NS) return false;
    return this.alarms.firstDueNs() >= expiryNs;
  }

  /** When the first timer fires that is not running; then, or within `slack` ns after. */
  protected expiryNs(slack: number): number {
    const first = this.timers[0];
    return first === undefined ? Infinity : first.expires * JIFFY_NS + slack;
  }

  /**
   * Nothing can run: the lanes whose step jumps to the next moment at which something happens, in
   * the order in which that was arranged.
   */
  jumps(): readonly Task[] {
    const expiryNs = this.running === null ? this.expiryNs(0) : Infinity;
    const dueNs = this.alarms.firstDueNs();
    const due = dueNs <= expiryNs ? this.alarms.first() : [];
    if (this.lane === null || expiryNs === Infinity || expiryNs > dueNs) return due;
    return [this.lane, ...due];
  }

  /** The next moment at which anybody but `task` goes on by itself. */
  nextBesides(task: Task): number {
    return Math.min(this.expiryNs(0), this.alarms.nextBesides(task));
  }

  visitState(key: StateKey): void {
    key.part();
    key.add('clock');
    key.add(this.ns);
    key.add(this.running?.label ?? null);
    for (const { label, expires } of this.timers) {
      key.add(label);
      key.add(expires);
    }
    this.alarms.visitState(key);
  }

  private *run(fires: Access): KernelTask<void> {
    for (;;) {
      this.lane?.forget();
      yield fires;
      const timer = this.timers.shift();
      if (timer === undefined) continue;
      this.writesTimers();
      this.world.touch(this.place, 'now', 'write', 'full');
      this.ns = Math.max(this.ns, timer.expires * JIFFY_NS);
      this.running = timer;
      yield* timer.run();
      this.writesTimers();
      this.running = null;
    }
  }
}

/** Lanes of the machine itself come after all tasks; see `World.addLane`. */
const CLOCK_LANE = 1;
/**
 * Where time is free, whoever could go on may be as late as this, and a timer overtakes it: so what
 * waits longer, such as for ever, ends when nobody can run, and not before. An hour, in nanoseconds.
 */
const LATE_MAX_NS = 3_600_000_000_000;
/** A timer may be so late, when hardware keeps the processor busy. Unit: nanoseconds. */
const TICK_NS = 4_000_000;
