import type { KernelTask, Place } from '../../impl/kernel/access.ts';
import type { World } from '../../impl/kernel/world.ts';
import type { Job } from './job.ts';
import { SHORT_JIFFIES } from './options.ts';

/** What jobs run on; all of a unit's work comes one after the other. */
export interface Unit {
  readonly name: string;
  running: Job | null;
}

/** Whom the hardware tells that something has happened. */
export interface HardwareClient {
  /** The job is done. Called as an interrupt. */
  done(job: Job): KernelTask<void>;
  /** A page is missing, or would be welcome. Called as an interrupt. */
  faulted(job: Job): KernelTask<void>;
  /** Where the job may run now; null: it has to wait. */
  place(job: Job): Unit | null;
}

/** Units that run jobs by the virtual clock. It works beside the processors, and locks nothing. */
export class Hardware implements Place {
  readonly label: string;
  readonly units: readonly Unit[];
  /** Jobs that no unit has taken, in order. */
  waiting: Job[] = [];
  private readonly world: World;
  private readonly client: HardwareClient;

  constructor(world: World, label: string, units: readonly string[], client: HardwareClient) {
    this.world = world;
    this.label = label;
    this.units = units.map((name) => ({ name, running: null }));
    this.client = client;
  }

  /** Takes a job, and runs it when its turn comes. */
  push(job: Job): void {
    this.touch();
    this.waiting.push(job);
    this.kick();
  }

  /** Gives free units to those who wait. Who cannot run yet does not hold up others. */
  kick(): void {
    this.touch();
    for (const job of [...this.waiting]) {
      const unit = this.client.place(job);
      if (unit === null) continue;
      this.waiting.splice(this.waiting.indexOf(job), 1);
      unit.running = job;
      this.run(job);
    }
  }

  /** The unit that a job is on. */
  unitOf(job: Job): Unit | null {
    return this.units.find(({ running }) => running === job) ?? null;
  }

  /** It is on no unit any more, and will not be. */
  drop(job: Job): void {
    this.touch();
    const unit = this.unitOf(job);
    if (unit !== null) unit.running = null;
    this.waiting = this.waiting.filter((one) => one !== job);
  }

  /** It gives its unit to others, and goes on later where it was. */
  setAside(job: Job): void {
    this.drop(job);
    this.waiting.push(job);
  }

  /** Its fault is resolved. */
  resume(job: Job): void {
    this.touch();
    job.hasFault = false;
    job.hasMemory = true;
    if (this.unitOf(job) !== null) this.run(job);
  }

  private run(job: Job): void {
    job.turn += 1;
    if (job.hasFault) return;
    if (job.work === 'endless') return;
    if (job.work === 'faulting' && !job.hasMemory) {
      this.after(1, job, () => this.fault(job));
      return;
    }
    if (job.work === 'hinting') this.after(1, job, () => this.client.faulted(job));
    this.after(SHORT_JIFFIES, job, () => this.finish(job));
  }

  /** Whoever asks finds it done; mostly that is said without being asked. */
  private *finish(job: Job): KernelTask<void> {
    this.touch();
    job.isDone = true;
    if (job.work !== 'polled') yield* this.client.done(job);
  }

  private *fault(job: Job): KernelTask<void> {
    this.touch();
    job.hasFault = true;
    yield* this.client.faulted(job);
  }

  /** Something happens after a while, if the job is still on its unit then. */
  private after(jiffies: number, job: Job, what: () => KernelTask<void>): void {
    const { clock } = this.world;
    const { turn } = job;
    const run = (): KernelTask<void> => this.ifRunning(job, turn, what);
    clock.arm({ label: `${this.label} ${job.name}`, expires: clock.now + jiffies, run });
  }

  private *ifRunning(job: Job, turn: number, what: () => KernelTask<void>): KernelTask<void> {
    this.touch();
    if (job.turn === turn && this.unitOf(job) !== null) yield* what();
  }

  private touch(): void {
    this.world.touch(this, 'units', 'write', 'full');
  }
}
