import { Access, type Gate, type KernelTask, type Place } from './access.ts';
import type { StateKey } from './state-key.ts';
import type { Task } from './task.ts';
import type { World } from './world.ts';

/** Lanes of the machine are numbered; workers come after interrupt work. */
const WORKER_LANE = 2048;

/** A piece of deferred work. @kernel struct work_struct */
export interface Work {
  readonly label: string;
  run(): KernelTask<void>;
}

/** Deferred work in process context, one item after another. @kernel struct workqueue_struct */
export class WorkQueue implements Gate {
  readonly blockedBy = 'no work is queued';
  private readonly world: World;
  private readonly items: Work[] = [];
  private readonly taken: Access;
  private readonly place: Place;
  private worker: Task | null = null;
  /** Each queue has a worker of its own. */
  private readonly number: number;

  constructor(world: World, name: string) {
    this.world = world;
    this.number = world.workQueues.length;
    this.place = { label: name };
    world.workQueues.push(this);
    this.taken = new Access('wait', 'acquire', this.place, '', 'take work from', this);
  }

  visitState(key: StateKey): void {
    key.part();
    key.add(this.place.label);
    for (const { label } of this.items) key.add(label);
  }

  ready(): boolean {
    return this.items.length > 0;
  }

  /** Joins the step of the caller: only the worker looks at the queue. @kernel queue_work */
  queue(work: Work): void {
    this.world.barrier();
    this.world.touch(this.place, 'items', 'write', 'full');
    this.items.push(work);
    if (this.worker !== null) return;
    const name = this.number === 0 ? 'kworker' : `kworker/${this.place.label}`;
    this.worker = this.world.addLane(name, WORKER_LANE + this.number, 'process');
    this.worker.idleAt = this.taken;
    this.worker.start(this.run());
  }

  private *run(): KernelTask<void> {
    for (;;) {
      this.worker?.forget();
      yield this.taken;
      this.world.touch(this.place, 'items', 'write', 'full');
      const work = this.items.shift();
      if (work !== undefined) yield* work.run();
    }
  }
}
