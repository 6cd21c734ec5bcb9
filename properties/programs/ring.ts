import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { FenceOps } from '../../impl/dma-buf/fence-ops.ts';
import type { DrmGpuScheduler } from '../../impl/drm/sched/gpu-scheduler.ts';
import type { DrmSchedJob } from '../../impl/drm/sched/sched-job.ts';
import type { SchedBackendOps, SchedStat } from '../../impl/drm/sched/sched-ops.ts';
import { Access, type Gate, type KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { SpinLock } from '../../impl/kernel/spinlock.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { Stack } from '../../impl/stack.ts';
import { recover, type Recovery } from './ring-recovery.ts';
import type { RingJob } from './ring-job.ts';

/** Lanes of the machine are numbered; hardware of programs comes last. */
const RING_LANE = 12_288;

/** What a scheduler asked of the ring, in order. */
export interface RingSight {
  readonly op: 'run' | 'free' | 'timeout' | 'prepare';
  readonly job: string;
  readonly task: string;
  readonly at: number;
}

/** A ring whose hardware does what the program says. */
export class Ring extends KernelObject implements SchedBackendOps, FenceOps, Gate {
  readonly stack: Stack;
  readonly lock: SpinLock;
  readonly context: number;
  readonly recovery: Recovery;
  readonly blockedBy = 'no job completes';
  /** Set when the scheduler is there. */
  sched: DrmGpuScheduler | null = null;
  readonly jobs: RingJob[] = [];
  readonly sights: RingSight[] = [];
  /** As they came: `j.hw@5`. */
  readonly deadlines: string[] = [];
  /** The program is over: nothing runs any more, everything is done. */
  private isOff = false;
  private seqno = 0n;
  private readonly completing: RingJob[] = [];
  private readonly completes: Access;
  private lane: Task | null = null;
  private readonly number: number;

  constructor(stack: Stack, context: number, recovery: Recovery) {
    super(stack.world, 'ring');
    this.isStatic = true;
    this.stack = stack;
    this.context = context;
    this.recovery = recovery;
    this.number = stack.world.workQueues.length;
    this.lock = new SpinLock(this, 'lock', '&ring->lock');
    this.completes = new Access('wait', 'acquire', this, '', 'interrupt of', this);
  }

  getDriverName(): string {
    return 'ring';
  }

  getTimelineName(): string {
    return 'ring';
  }

  *prepareJob(job: DrmSchedJob): KernelTask<DmaFence | null> {
    const known = this.of(job);
    if (known?.prepares === undefined || known.prepares === null || known.isPrepared) return null;
    this.note('prepare', known);
    known.isPrepared = true;
    return yield* known.prepares.get();
  }

  /** Jobs of the guilty do not reach the hardware. @rule SCHED-028 */
  *runJob(job: DrmSchedJob): KernelTask<DmaFence | number | null> {
    const known = this.of(job);
    if (known === null) return null;
    this.note('run', known);
    const error = known.runs === 0 ? known.error : known.again;
    known.runs += 1;
    if (yield* job.fence.finished.error.ask((error) => error !== 0)) return null;
    if (known.does === 'instant' || this.isOff) return null;
    if (known.does === 'fails') return error;
    const fence = yield* this.begin(known);
    if (known.does === 'late') yield* known.finish(error);
    if (known.does === 'completes') this.interruptFor(known);
    return fence;
  }

  /** When the scheduler's fences are wanted. */
  *setDeadline(fence: DmaFence, deadlineNs: bigint): KernelTask<void> {
    this.world.touch(this, 'deadlines', 'write', 'once');
    this.deadlines.push(`${fence.label}@${deadlineNs}`);
  }

  /** A fence with two references: the scheduler's, and the ring's own. */
  private *begin(known: RingJob): KernelTask<DmaFence> {
    this.seqno += 1n;
    const { DmaFence: Fence } = this.stack.types;
    const fence = new Fence(this.stack, this, this.lock, this.context, this.seqno);
    fence.alias = `${known.name}.hw${known.runs === 1 ? '' : known.runs}`;
    yield* fence.get();
    const before = known.hardware;
    known.set(fence);
    if (before !== null) yield* before.put();
    return fence;
  }

  *timedoutJob(job: DrmSchedJob): KernelTask<SchedStat> {
    const known = this.of(job);
    if (known !== null) this.note('timeout', known);
    return yield* recover(this, job, this.recovery);
  }

  *freeJob(job: DrmSchedJob): KernelTask<void> {
    const known = this.of(job);
    if (known !== null) {
      this.note('free', known);
      known.isFreed = true;
    }
    yield* job.cleanup();
    job.free();
  }

  /** The job will come. */
  adopt(known: RingJob): void {
    this.world.touch(this, 'jobs', 'write', 'full');
    this.jobs.push(known);
  }

  /** The interrupt comes at any moment from now on; interrupts come in the order of the jobs. */
  private interruptFor(known: RingJob): void {
    const { world } = this;
    world.touch(this, 'completing', 'write', 'full');
    this.completing.push(known);
    if (this.lane !== null) return;
    const lane = world.addLane(`irq/${this.number}`, RING_LANE + this.number, 'hardirq');
    this.lane = lane;
    lane.idleAt = this.completes;
    lane.start(this.interrupts(lane));
  }

  private *interrupts(lane: Task): KernelTask<void> {
    for (;;) {
      lane.forget();
      yield this.completes;
      this.world.touch(this, 'completing', 'write', 'full');
      const known = this.completing.shift();
      if (known !== undefined) yield* known.finish(known.error);
    }
  }

  ready(): boolean {
    return this.completing.length > 0;
  }

  /** The program is over. */
  *turnOff(): KernelTask<void> {
    this.isOff = true;
    for (const known of this.jobs) yield* known.finish(0);
    yield new Access('wait', 'plain', this, '', 'wait for the end of', {
      ready: () => this.isQuiet(),
      blockedBy: 'jobs run',
    });
    for (const known of this.jobs) {
      if (known.hardware !== null) yield* known.hardware.put();
      known.hardware = null;
    }
  }

  /** All jobs are freed, or nobody is left to do that. */
  private isQuiet(): boolean {
    const { world } = this;
    if (this.jobs.every((known) => known.isFreed)) return true;
    return !world.lanes.some((lane) => world.isRunnable(lane)) && world.clock.armed.length === 0;
  }

  /** Null once it was freed: its memory may be that of another one. */
  private of(job: DrmSchedJob): RingJob | null {
    return this.jobs.find((known) => known.job === job) ?? null;
  }

  private note(op: RingSight['op'], { name }: RingJob): void {
    const { world } = this;
    world.touch(this, 'sights', 'write', 'once');
    this.sights.push({ op, job: name, task: world.current.name, at: world.clock.value });
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('isOff', this.isOff);
    visit('completing', this.completing);
    visit('deadlines', this.deadlines.join(' '));
    // What a program may be asked about at its end: all of it decides.
    visit('sights', this.sights.map(({ op, job, at }) => `${op} ${job} ${at}`).join('; '));
  }
}
