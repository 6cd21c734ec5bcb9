import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { FenceOps } from '../../impl/dma-buf/fence-ops.ts';
import { Access, type Gate, type KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { SpinLock } from '../../impl/kernel/spinlock.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { DriverKernel } from './driver-kernel.ts';

/** Lanes of engines come after those of the machine itself. */
const ENGINE_LANE: number = 2 ** 14;
/** Calls of a task, and allocations of a call, that can make engines. */
const MADE_IN: number = 2 ** 6;

/** What an engine is told to do. */
export interface Job {
  /** Done before it begins. Their references go to the job. */
  readonly after: readonly DmaFence[];
  /** What the hardware does. */
  work(): KernelTask<void>;
}

interface Queued {
  readonly job: Job;
  readonly fence: DmaFence;
}

/**
 * Hardware that works through jobs in their order, beside the processors: when it takes which step
 * is a matter of the schedule, as with any task.
 */
export class Engine extends KernelObject implements FenceOps, Gate {
  readonly blockedBy = 'no job is queued';
  private readonly kernel: DriverKernel;
  private readonly name: string;
  private readonly lock: SpinLock;
  private readonly queue: Queued[] = [];
  private readonly taken: Access;
  private lane: Task | null = null;
  /** Of its fences; 0 before there is one. */
  private context = 0;
  private seqno = 0n;

  constructor(kernel: DriverKernel, name: string) {
    super(kernel.world, 'engine');
    this.isStatic = true;
    kernel.named(this, name);
    this.kernel = kernel;
    this.name = name;
    this.lock = new SpinLock(this, 'lock', `${name} engine`);
    this.taken = new Access('wait', 'acquire', this, 'queue', 'take a job from', this);
  }

  getDriverName(): string {
    return this.name;
  }

  getTimelineName(): string {
    return this.name;
  }

  ready(): boolean {
    return this.queue.length > 0;
  }

  /** Queues a job. Its fence signals once it is done; the reference is the caller's. */
  *submit(job: Job): KernelTask<DmaFence> {
    const { kernel, world } = this;
    const { stack } = kernel;
    if (this.context === 0) this.context = yield* stack.fences.contextAlloc(1);
    this.seqno += 1n;
    const fence = new stack.types.DmaFence(stack, this, this.lock, this.context, this.seqno);
    kernel.named(fence, 'job');
    // The engine has a reference of its own until the job is done.
    yield* fence.get();
    world.barrier();
    world.touch(this, 'queue', 'write', 'full');
    this.queue.push({ job, fence });
    this.start();
    return fence;
  }

  private start(): void {
    if (this.lane !== null) return;
    const number = (this.idTask * MADE_IN + this.idCall) * MADE_IN + this.idNth;
    this.lane = this.world.addLane(this.name, ENGINE_LANE + number, 'process');
    this.lane.idleAt = this.taken;
    this.lane.start(this.run());
  }

  private *run(): KernelTask<void> {
    for (;;) {
      this.lane?.forget();
      yield this.taken;
      this.world.touch(this, 'queue', 'write', 'full');
      const next = this.queue.shift();
      if (next !== undefined) yield* this.perform(next);
    }
  }

  private *perform({ job, fence }: Queued): KernelTask<void> {
    for (const before of job.after) {
      yield* before.wait(false);
      yield* before.put();
    }
    yield* job.work();
    yield* fence.signal();
    yield* fence.put();
  }

  visitState(visit: StateVisitor): void {
    visit('seqno', this.seqno);
    for (const { job, fence } of this.queue) {
      visit('fence', fence);
      visit('after', job.after);
    }
  }
}
