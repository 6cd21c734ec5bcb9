import { Access, type KernelTask } from './access.ts';
import type { Timer } from './clock.ts';
import type { KernelObject } from './object.ts';
import type { Work, WorkQueue } from './work-queue.ts';

/**
 * Work that a timer queues. Arming and disarming it join the step of the caller, who mostly holds
 * the lock that says what the timer is for. @kernel struct delayed_work
 */
export class DelayedWork implements Work {
  readonly label: string;
  readonly run: () => KernelTask<void>;
  private readonly place: KernelObject;
  private readonly wq: WorkQueue;
  private readonly ends: Access;
  /** Armed, until it fires. */
  private timer: Timer | null = null;

  constructor(place: KernelObject, field: string, wq: WorkQueue, run: () => KernelTask<void>) {
    this.place = place;
    this.wq = wq;
    this.run = run;
    this.label = `${place.label}.${field}`;
    const gate = { ready: (): boolean => !wq.isAt(this), blockedBy: 'delayed work runs' };
    this.ends = new Access('wait', 'acquire', place, field, 'wait for', gate);
  }

  /** The timer runs, or its work is queued. */
  get isPending(): boolean {
    const { world } = this.place;
    const isPending = this.timer !== null || this.wq.isQueued(this);
    world.current.observe(isPending ? 1 : 0);
    return isPending;
  }

  /** From now on it is due `delay` jiffies later, whatever it was before. @kernel mod_delayed_work */
  modify(delay: number): void {
    this.cancel();
    const { clock } = this.place.world;
    this.timer = { label: this.label, expires: clock.now + delay, run: () => this.fire() };
    clock.arm(this.timer);
  }

  /** The same, unless it is pending already. @kernel queue_delayed_work */
  start(delay: number): void {
    if (!this.isPending) this.modify(delay);
  }

  private *fire(): KernelTask<void> {
    this.timer = null;
    this.wq.queueOnce(this);
  }

  /** It does not begin any more; what runs goes on. @kernel cancel_delayed_work */
  cancel(): void {
    if (this.timer !== null) this.place.world.clock.cancel(this.timer);
    this.timer = null;
    this.wq.cancel(this);
  }

  /** Afterwards it does not run either. @kernel cancel_delayed_work_sync */
  *cancelSync(): KernelTask<void> {
    this.cancel();
    if (!this.wq.isRunning(this)) return;
    this.place.world.memory.mightSleep(`cancel_delayed_work_sync ${this.label}`);
    yield this.ends;
    this.wq.isRunning(this);
    this.cancel();
  }
}
