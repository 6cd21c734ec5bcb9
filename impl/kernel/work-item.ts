import { Access, type KernelTask } from './access.ts';
import type { KernelObject } from './object.ts';
import type { Work, WorkQueue } from './work-queue.ts';

/**
 * Work that is part of an object: on its queue at most once, and whoever takes the object away can
 * wait for its end. @kernel struct work_struct
 */
export class WorkItem implements Work {
  readonly label: string;
  private readonly place: KernelObject;
  private readonly wq: WorkQueue;
  private readonly claim: Access;
  private readonly grab: Access;
  private readonly ends: Access;
  readonly run: () => KernelTask<void>;

  constructor(place: KernelObject, field: string, wq: WorkQueue, run: () => KernelTask<void>) {
    this.place = place;
    this.wq = wq;
    this.run = run;
    this.label = `${place.label}.${field}`;
    this.claim = new Access('update', 'full', place, field, 'queue');
    this.grab = new Access('update', 'full', place, field, 'cancel');
    const gate = { ready: (): boolean => !wq.isAt(this), blockedBy: 'work runs' };
    this.ends = new Access('wait', 'acquire', place, field, 'wait for', gate);
  }

  /** @kernel queue_work */
  *queue(): KernelTask<void> {
    if (this.place.world.stops(this.claim)) yield this.claim;
    this.place.world.memory.writes(this.place, 'works', 'full');
    this.wq.queueOnce(this);
  }

  /** Afterwards it does not run, and is not queued. @kernel cancel_work_sync */
  *cancelSync(): KernelTask<void> {
    if (this.place.world.stops(this.grab)) yield this.grab;
    this.place.world.memory.writes(this.place, 'works', 'full');
    this.wq.cancel(this);
    if (!this.wq.isRunning(this)) return;
    this.place.world.memory.mightSleep(`cancel_work_sync ${this.label}`);
    if (this.place.world.stops(this.ends)) yield this.ends;
    this.wq.isRunning(this);
    this.wq.cancel(this);
  }
}
