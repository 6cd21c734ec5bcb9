import { Access, type Gate, type KernelTask } from '../../impl/kernel/access.ts';
import type { Timer } from '../../impl/kernel/clock.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { World } from '../../impl/kernel/world.ts';
import type { HardwareJob } from './hardware-job.ts';
import { InterruptLine } from './interrupt-line.ts';

/** Lanes of rings come after those of engines. */
const RING_LANE: number = 2 ** 19;
/** Things that a call can make, and calls of a task that can make things. */
const MADE_IN: number = 2 ** 6;
/** Numbers are 32 bits wide, as hardware writes them. */
const WIDTH = 32;

/** The watchdog barks when the ring is at one job for so long. Unit: jiffies. */
export const WATCHDOG_JIFFIES = 500;

interface Command {
  readonly job: HardwareJob;
  readonly number: number;
}

/** Who hears of the ring. */
export interface RingListeners {
  /** The interrupt handler. */
  readonly interrupt: () => KernelTask<void>;
  /** The ring has been at one job for too long. In soft interrupt context. */
  readonly timedOut: () => void;
}

/**
 * Hardware that works through commands in their order, beside the processors. For each it does the
 * job, writes the number of the command to memory, and raises an interrupt; when it takes which of
 * these steps is a matter of the schedule. A watchdog notices when it does not go on.
 */
export class CommandRing extends KernelObject implements Gate {
  readonly blockedBy = 'no command is queued';
  readonly interrupts: InterruptLine;
  private readonly queue: Command[] = [];
  private readonly taken: Access;
  private readonly doorbell: Access;
  private readonly look: Access;
  private readonly store: Access;
  private readonly boosts: Access;
  private readonly begins: Access;
  private readonly ticks: Access;
  private readonly hangs: Access;
  private readonly gives: Access;
  private readonly listeners: RingListeners;
  private current: Command | null = null;
  /** What it was at has been taken from it, and it has not noticed yet. */
  private isGivenUp = false;
  private written: number;
  private started = 0;
  private isBoosted = false;
  private isDue = false;
  private lane: Task | null = null;

  /** `written`: the number that stands in memory before the first command is done. */
  constructor(world: World, written: number, listeners: RingListeners) {
    super(world, 'commandRing');
    this.isStatic = true;
    this.written = Number(BigInt.asUintN(WIDTH, BigInt(written)));
    this.listeners = listeners;
    this.interrupts = new InterruptLine(this, listeners.interrupt);
    this.taken = new Access('wait', 'acquire', this, 'commands', 'take from', this);
    this.doorbell = new Access('write', 'release', this, 'commands', 'ring for');
    this.look = new Access('read', 'acquire', this, 'completed', 'read');
    this.store = new Access('write', 'release', this, 'completed', 'write');
    this.boosts = new Access('write', 'once', this, 'clock', 'raise');
    this.begins = new Access('read', 'once', this, 'clock', 'work by');
    const due = {
      ready: (): boolean => this.isDue || this.current === null,
      blockedBy: 'the job takes its time',
    };
    this.ticks = new Access('wait', 'acquire', this, 'clock', 'work by', due);
    const given = { ready: (): boolean => this.current === null, blockedBy: 'the job hangs' };
    this.hangs = new Access('wait', 'acquire', this, 'commands', 'hang in', given);
    this.gives = new Access('update', 'full', this, 'commands', 'take commands from');
  }

  ready(): boolean {
    return this.queue.length > 0;
  }

  /** Hands a job over, to be done behind all that were handed over before. */
  *start(job: HardwareJob, number: number): KernelTask<void> {
    yield this.doorbell;
    this.world.memory.writes(this, 'commands', 'release');
    this.started += 1;
    job.place = this.started;
    this.queue.push({ job, number: Number(BigInt.asUintN(WIDTH, BigInt(number))) });
    if (this.lane !== null) return;
    const made = (this.idTask * MADE_IN + this.idCall) * MADE_IN + this.idNth;
    this.lane = this.world.addLane(this.label, RING_LANE + made, 'process');
    this.lane.idleAt = this.taken;
    this.lane.start(this.run());
  }

  /** The number of the last command that is done: 32 bits, and so it begins again at 0. */
  *completed(): KernelTask<number> {
    yield this.look;
    this.world.memory.reads(this, 'completed', 'acquire');
    this.world.current.observe(this.written);
    return this.written;
  }

  /** The hardware does what is left in no time. */
  *boost(): KernelTask<void> {
    yield this.boosts;
    this.world.memory.writes(this, 'clock', 'once');
    this.isBoosted = true;
  }

  /** The hardware gives up what it is at, if anything, and goes on with what is behind it. */
  *skip(): KernelTask<void> {
    yield this.gives;
    this.giveUp();
  }

  /** The hardware forgets everything that was handed over, and is idle. */
  *reset(): KernelTask<void> {
    yield this.gives;
    this.giveUp();
    this.queue.length = 0;
  }

  private giveUp(): void {
    this.world.memory.writes(this, 'commands', 'full');
    this.isGivenUp = this.current !== null;
    this.current = null;
  }

  private isAt(command: Command): boolean {
    this.world.memory.reads(this, 'commands', 'acquire');
    return this.current === command;
  }

  private *run(): KernelTask<void> {
    for (;;) {
      this.lane?.forget();
      yield this.taken;
      this.world.memory.writes(this, 'commands', 'full');
      const next = this.queue.shift();
      if (next !== undefined) yield* this.perform(next);
    }
  }

  private *perform(command: Command): KernelTask<void> {
    const { job, number } = command;
    const isAtIt = (): boolean => this.isAt(command);
    this.current = command;
    const watchdog = this.watch(command);
    if (job.hangs) yield this.hangs;
    else if (job.durationJiffies > 0) yield* this.takeTime(job);
    if (isAtIt()) yield* job.finish(isAtIt);
    if (isAtIt()) yield this.store;
    if (watchdog !== null) this.world.clock.cancel(watchdog);
    if (isAtIt()) yield* this.tell(number);
    else this.isGivenUp = false;
  }

  /** As part of the step that has come to this. */
  private *tell(number: number): KernelTask<void> {
    this.world.memory.writes(this, 'completed', 'release');
    this.written = number;
    this.current = null;
    yield* this.interrupts.raise();
  }

  /** Time passes only while nothing can run: jobs that are shorter than that are never noticed. */
  private watch(command: Command): Timer | null {
    const { hangs, durationJiffies } = command.job;
    if (!hangs && durationJiffies < WATCHDOG_JIFFIES) return null;
    const { clock } = this.world;
    const expires = clock.value + WATCHDOG_JIFFIES;
    const bark = (): KernelTask<void> => this.bark(command);
    const timer: Timer = { label: `${this.label} watchdog`, expires, run: bark };
    clock.arm(timer);
    return timer;
  }

  private *bark(command: Command): KernelTask<void> {
    if (this.current === command) this.listeners.timedOut();
  }

  private *takeTime(job: HardwareJob): KernelTask<void> {
    const { clock } = this.world;
    yield this.begins;
    this.world.memory.reads(this, 'clock', 'once');
    if (this.isBoosted) return;
    this.isDue = false;
    const expires = clock.value + job.durationJiffies;
    clock.arm({ label: `${this.label} works`, expires, run: () => this.due() });
    yield this.ticks;
  }

  private *due(): KernelTask<void> {
    this.isDue = true;
  }

  visitState(visit: StateVisitor): void {
    visit('completed', this.written);
    visit('commands', this.queue.length);
    visit('givenUp', this.isGivenUp);
    visit('irqMask', this.interrupts.isEnabled);
    visit('clock', this.isBoosted);
  }
}
