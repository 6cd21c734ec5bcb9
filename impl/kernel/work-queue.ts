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
  private readonly drained: Access;
  private worker: Task | null = null;
  /** What the worker is at. */
  private running: Work | null = null;
  /** Each queue has a worker of its own. */
  private readonly number: number;

  constructor(world: World, name: string) {
    this.world = world;
    this.number = world.workQueues.length;
    this.place = { label: name };
    world.workQueues.push(this);
    this.taken = new Access('wait', 'acquire', this.place, '', 'take work from', this);
    const idle = {
      ready: (): boolean => this.items.length === 0 && this.running === null,
      blockedBy: 'work is left',
    };
    this.drained = new Access('wait', 'acquire', this.place, '', 'drain', idle);
  }

  visitState(key: StateKey): void {
    key.part();
    key.add(this.place.label);
    key.add(this.running?.label ?? null);
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

  /** The same, unless it is queued already; false then. @kernel WORK_STRUCT_PENDING */
  queueOnce(work: Work): boolean {
    this.world.touch(this.place, 'items', 'write', 'full');
    if (this.items.includes(work)) return false;
    this.queue(work);
    return true;
  }

  /** True when it was queued, and had not begun. @kernel cancel_work */
  cancel(work: Work): boolean {
    this.world.barrier();
    this.world.touch(this.place, 'items', 'write', 'full');
    const at = this.items.indexOf(work);
    if (at >= 0) this.items.splice(at, 1);
    return at >= 0;
  }

  isQueued(work: Work): boolean {
    this.world.touch(this.place, 'items', 'read', 'full');
    return this.items.includes(work);
  }

  /** The worker is at this very work. */
  isRunning(work: Work): boolean {
    this.world.touch(this.place, 'running', 'read', 'full');
    const isRunning = this.isAt(work);
    this.world.current.observe(isRunning ? 1 : 0);
    return isRunning;
  }

  /** The same, for those who wait for it to end. */
  isAt(work: Work): boolean {
    return this.running === work;
  }

  /** Waits until everything that was queued is done. @kernel drain_workqueue */
  *drain(): KernelTask<void> {
    yield this.drained;
    this.world.touch(this.place, 'items', 'write', 'full');
    this.world.touch(this.place, 'running', 'read', 'full');
  }

  private *run(): KernelTask<void> {
    for (;;) {
      this.worker?.forget();
      yield this.taken;
      this.world.touch(this.place, 'items', 'write', 'full');
      const work = this.items.shift();
      if (work === undefined) continue;
      this.setRunning(work);
      yield* work.run();
      this.setRunning(null);
    }
  }

  private setRunning(work: Work | null): void {
    this.world.touch(this.place, 'running', 'write', 'full');
    this.running = work;
  }
}
