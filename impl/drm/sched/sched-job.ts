import type { AbstractState } from '../../../model/events.ts';
import type { FenceCallback } from '../../dma-buf/fence-callback.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { Cell } from '../../kernel/cell.ts';
import { EINVAL, ENOENT, ENOMEM } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import { Pointer } from '../../kernel/pointer.ts';
import { WorkItem } from '../../kernel/work-item.ts';
import type { Stack } from '../../stack.ts';
import type { DrmGpuScheduler } from './gpu-scheduler.ts';
import type { JobDependencies } from './job-dependencies.ts';
import type { DrmSchedEntity } from './sched-entity.ts';
import { type DrmSchedFence, SchedFenceMemory } from './sched-fence.ts';

/**
 * A piece of work for a ring. It belongs to its submitter until it is pushed, then to the scheduler,
 * and at its end to the driver's `freeJob`.
 *
 * @kernel struct drm_sched_job
 */
export class DrmSchedJob extends KernelObject {
  readonly stack: Stack;
  /** Null before it is initialised, and once it was taken from its entity. */
  readonly entity: PlainWord<DrmSchedEntity | null>;
  readonly sched: PlainWord<DrmGpuScheduler | null>;
  readonly credits: PlainWord<number>;
  readonly priority: PlainWord<number>;
  /** Unit: nanoseconds. */
  readonly submitTs: PlainWord<number>;
  readonly karma: Cell;
  /** The node behind it in its entity's queue. */
  readonly next: Pointer<DrmSchedJob>;
  /** What its fence will be made of. */
  protected readonly memory: PlainWord<SchedFenceMemory | null>;
  protected readonly fenceWord: PlainWord<DrmSchedFence | null>;
  readonly dependencies: JobDependencies;
  /** Waits for the hardware. @kernel job->cb */
  readonly callback: FenceCallback;
  /** For a job that is killed: waits for what it depends on. @kernel job->finish_cb */
  readonly killCallback: FenceCallback;
  readonly killWork: WorkItem;

  constructor(stack: Stack) {
    super(stack.world, 'schedJob');
    const { world, types, delayedWork } = stack;
    this.stack = stack;
    this.entity = new PlainWord<DrmSchedEntity | null>(this, 'entity', null);
    this.sched = new PlainWord<DrmGpuScheduler | null>(this, 'sched', null);
    this.credits = new PlainWord<number>(this, 'credits', 0);
    this.priority = new PlainWord<number>(this, 'priority', 0);
    this.submitTs = new PlainWord<number>(this, 'submitTs', 0);
    this.karma = new Cell(this, 'karma', 0, 'full');
    this.next = new Pointer<DrmSchedJob>(this, 'next');
    this.memory = new PlainWord<SchedFenceMemory | null>(this, 'memory', null);
    this.fenceWord = new PlainWord<DrmSchedFence | null>(this, 'fence', null);
    this.dependencies = new types.JobDependencies(this);
    this.callback = new types.FenceCallback(world, (fence) =>
      this.scheduler.jobDoneBy(this, fence),
    );
    this.killCallback = new types.FenceCallback(world, (fence) =>
      stack.schedKill.told(this, fence),
    );
    this.killWork = new WorkItem(this, 'killWork', delayedWork, () => stack.schedKill.work(this));
  }

  /** @kernel drm_sched_job_init @rule SCHED-002 */
  *init(entity: DrmSchedEntity, credits: number): KernelTask<number> {
    const { world } = this;
    if ((yield* entity.rq.read()) === null) return -ENOENT;
    if (credits === 0) return -EINVAL;
    this.entity.set(entity);
    this.credits.set(credits);
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    this.memory.set(new SchedFenceMemory(this.stack));
    this.commit('init');
    return 0;
  }

  /**
   * From here on others may know its fence, and it must be pushed.
   *
   * @kernel drm_sched_job_arm
   * @rule SCHED-003
   * @rule SCHED-032
   */
  *arm(): KernelTask<void> {
    const entity = this.entity.get();
    const memory = this.memory.get();
    if (entity === null || memory === null) {
      return this.world.fault('bug', 'drm_sched_job_arm of a job that is not initialised', this);
    }
    yield* entity.selectRq();
    const rq = yield* entity.rq.read();
    if (rq === null) return this.world.fault('bug', 'drm_sched_job_arm without a run queue', this);
    this.sched.set(rq.sched);
    this.priority.set(entity.priority.get());
    const seqno = yield* entity.nextSeqno();
    const { DrmSchedFence: Fence } = this.stack.types;
    this.fenceWord.set(new Fence(memory, rq.sched, { context: entity.fenceContext, seqno }));
    this.memory.set(null);
    this.commit('arm', null, Number(seqno));
  }

  /** There from arming to the end. */
  get fence(): DrmSchedFence {
    return this.fenceWord.get() ?? this.world.fault('bug', 'a job without a fence', this);
  }

  /** The one that it was armed for. */
  get scheduler(): DrmGpuScheduler {
    return this.sched.get() ?? this.world.fault('bug', 'a job without a scheduler', this);
  }

  /**
   * Gives back what the job has: for drivers, at the job's end or instead of arming it.
   *
   * @kernel drm_sched_job_cleanup
   * @rule SCHED-001
   */
  *cleanup(): KernelTask<void> {
    const { world } = this;
    const fence = this.fenceWord.get();
    const memory = this.memory.get();
    this.fenceWord.set(null);
    this.memory.set(null);
    this.commit(fence === null ? 'abort' : 'free');
    if (memory !== null) world.memory.free(memory);
    if (fence !== null) yield* fence.finished.put();
    yield* this.dependencies.drop();
  }

  /** The driver's own part of it; the callbacks are part of the job. @kernel kfree */
  free(): void {
    const { memory } = this.world;
    memory.free(this.callback);
    memory.free(this.killCallback);
    memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('entity', this.entity.value);
    visit('sched', this.sched.value);
    visit('credits', this.credits.value);
    visit('priority', this.priority.value);
    visit('submitTs', this.submitTs.value);
    visit('karma', this.karma.value);
    visit('next', this.next.value);
    visit('memory', this.memory.value);
    visit('fence', this.fenceWord.value);
    this.dependencies.visitState(visit);
  }

  override abstract(): AbstractState {
    const state = this.fenceWord.value === null ? 'bare' : 'armed';
    return { state, context: { isTaken: this.entity.value === null } };
  }
}
