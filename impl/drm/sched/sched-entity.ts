import type { AbstractState } from '../../../model/events.ts';
import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../dma-buf/fence-callback.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { Cell } from '../../kernel/cell.ts';
import { Completion } from '../../kernel/completion.ts';
import { ECANCELED } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import { Pointer } from '../../kernel/pointer.ts';
import { Mutex } from '../../kernel/mutex.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import type { Stack } from '../../stack.ts';
import type { DrmGpuScheduler } from './gpu-scheduler.ts';
import type { DrmSchedRq } from './run-queue.ts';
import { DRM_SCHED_FENCE_DONT_PIPELINE, toDrmSchedFence } from './sched-fence.ts';
import type { DrmSchedJob } from './sched-job.ts';
import type { SpscQueue } from './spsc-queue.ts';

/** What an entity is made of. */
export interface EntityParts {
  readonly priority: number;
  readonly schedulers: readonly DrmGpuScheduler[];
  readonly rq: DrmSchedRq | null;
  /** The first of two contexts. */
  readonly fenceContext: number;
  /** Jobs of the same owner have hung the hardware. */
  readonly guilty: Cell | null;
}

/** Nobody uses it. */
const NOBODY = -1;

/** Jobs of one submitter, in order. @kernel struct drm_sched_entity */
export class DrmSchedEntity extends KernelObject {
  readonly stack: Stack;
  /** @kernel rq_lock */
  readonly lock: SpinLock;
  /** On the list of its run queue, which changes under both locks. @kernel list_empty(&entity->list) */
  readonly isListed: PlainWord<boolean>;
  /** Written under `lock`, read without it. */
  readonly rq: Pointer<DrmSchedRq>;
  /** Where it may move to; null when it may not. Under `lock`. */
  protected readonly schedulers: PlainWord<readonly DrmGpuScheduler[] | null>;
  protected readonly schedulerCount: PlainWord<number>;
  readonly priority: PlainWord<number>;
  readonly queue: SpscQueue;
  protected readonly fenceSeq: Cell;
  readonly fenceContext: number;
  /** What the worker waits for on its behalf. */
  readonly dependency: Pointer<DmaFence>;
  readonly callback: FenceCallback;
  readonly guilty: Cell | null;
  /** The finished fence of the job that was taken from it last. */
  readonly lastScheduled: Pointer<DmaFence>;
  /** The number of the process that pushed last. */
  readonly lastUser: Cell;
  /** It takes no jobs any more. Written under `lock`, read without it. */
  readonly stopped: PlainWord<boolean>;
  /** The worker is not at it. */
  readonly idle: Completion;
  /** When the job was submitted that is its oldest. Under `lock` and that of the run queue. */
  readonly oldestTs: PlainWord<number>;
  /** For who takes jobs off a stopped queue. */
  readonly sweepLock: Mutex;
  /** Nobody will look at the last fence again. Under `sweepLock`. */
  readonly isDestroyed: PlainWord<boolean>;

  /** @kernel drm_sched_entity_init */
  constructor(stack: Stack, { priority, schedulers, rq, fenceContext, guilty }: EntityParts) {
    super(stack.world, 'schedEntity');
    const { world, types } = stack;
    this.stack = stack;
    this.lock = new SpinLock(this, 'lock', '&entity->rq_lock');
    this.isListed = new PlainWord<boolean>(this, 'isListed', false, 'once');
    this.rq = new Pointer<DrmSchedRq>(this, 'rq', rq);
    const canMove = schedulers.length > 1;
    this.schedulers = new PlainWord<readonly DrmGpuScheduler[] | null>(
      this,
      'schedulers',
      canMove ? schedulers : null,
      'once',
    );
    this.schedulerCount = new PlainWord<number>(this, 'schedulerCount', schedulers.length, 'once');
    this.priority = new PlainWord<number>(this, 'priority', priority, 'once');
    this.queue = new types.SpscQueue(this);
    this.fenceSeq = new Cell(this, 'fenceSeq', 1, 'full');
    this.fenceContext = fenceContext;
    this.dependency = new Pointer<DmaFence>(this, 'dependency');
    this.callback = new types.FenceCallback(world, (fence) => this.wakeUp(fence));
    this.guilty = guilty;
    this.lastScheduled = new Pointer<DmaFence>(this, 'lastScheduled');
    this.lastUser = new Cell(this, 'lastUser', NOBODY);
    this.stopped = new PlainWord<boolean>(this, 'stopped', false, 'once');
    this.idle = new Completion(this, 'idle', this.startsIdle);
    this.oldestTs = new PlainWord<number>(this, 'oldestTs', 0);
    this.sweepLock = new Mutex(this, 'sweepLock', '&entity->sweep_lock');
    this.isDestroyed = new PlainWord<boolean>(this, 'isDestroyed', false);
    this.commit('init');
  }

  /** Who destroys an entity that was never used waits for nobody. */
  protected get startsIdle(): boolean {
    return true;
  }

  /** The number of the next job: pushes come in the same order. @rule SCHED-003 */
  *nextSeqno(): KernelTask<bigint> {
    return BigInt(yield* this.fenceSeq.fetchAdd(1));
  }

  /** It has a job and waits for nothing. @kernel drm_sched_entity_is_ready */
  *isReady(): KernelTask<boolean> {
    if ((yield* this.queue.peek()) === null) return false;
    return (yield* this.dependency.read()) === null;
  }

  /**
   * Goes on where there is least to do, if nothing of it is under way.
   *
   * @kernel drm_sched_entity_select_rq
   * @rule SCHED-032
   */
  *selectRq(): KernelTask<void> {
    if (this.schedulers.isNull()) return;
    if (!(yield* this.queue.isCountedEmpty())) return;
    const last = yield* this.lastScheduled.read();
    if (last !== null && !(yield* last.isSignaled())) return;
    yield* this.lock.acquire();
    yield* this.moveLocked();
    this.lock.release();
    if (this.schedulerCount.ask((count) => count === 1)) this.schedulers.set(null);
  }

  protected *moveLocked(): KernelTask<void> {
    const list = this.schedulers.get() ?? [];
    const best = yield* this.stack.sched.pickBest(list, this.schedulerCount.get());
    const rq = best === null ? null : best.runQueueOf(this.priority.get());
    const before = this.rq.readStable();
    if (rq === before) return;
    if (before !== null) yield* before.removeEntity(this);
    yield* this.rq.write(rq);
  }

  /** @kernel drm_sched_entity_modify_sched */
  *modifySchedulers(schedulers: readonly DrmGpuScheduler[]): KernelTask<void> {
    this.world.warnOn(schedulers.length === 0, 'an entity without schedulers', this);
    yield* this.lock.acquire();
    this.schedulers.set(schedulers);
    this.schedulerCount.set(schedulers.length);
    this.lock.release();
  }

  /** @kernel drm_sched_entity_set_priority */
  *setPriority(priority: number): KernelTask<void> {
    yield* this.lock.acquire();
    this.priority.set(priority);
    this.lock.release();
  }

  /**
   * Hands a job over. From the moment at which it is queued it may run, and be freed.
   *
   * @kernel drm_sched_entity_push_job
   * @rule SCHED-004
   * @rule SCHED-020
   */
  *push(job: DrmSchedJob): KernelTask<void> {
    const { world } = this;
    yield* job.scheduler.score.add(1);
    yield* this.lastUser.write(world.current.groupLeader.index);
    const ts = world.clock.nanoseconds;
    job.submitTs.set(ts);
    if (yield* this.queue.push(job)) yield* this.wakeForFirst(ts);
  }

  /** The first job brings the entity back to its run queue. */
  protected *wakeForFirst(ts: number): KernelTask<void> {
    yield* this.lock.acquire();
    const rq = this.rq.readStable();
    if (this.stopped.get() || rq === null) {
      // Stopped by its ring, it is still there.
      if (rq !== null) yield* rq.removeEntity(this);
      this.lock.release();
      yield* this.stack.schedKill.pushedLate(this);
      return;
    }
    yield* rq.addEntity(this);
    if (rq.sched.policy === 'fifo') yield* rq.updateFifo(this, ts);
    this.lock.release();
    yield* rq.sched.runJobQueue();
  }

  /**
   * The job at the head, if nothing is left to wait for; else the entity waits.
   *
   * @kernel drm_sched_entity_pop_job
   * @rule SCHED-008
   * @rule SCHED-011
   * @rule SCHED-028
   */
  *popJob(): KernelTask<DrmSchedJob | null> {
    const job = yield* this.queue.peek();
    if (job === null) return null;
    for (let found = yield* this.nextDependency(job); found !== null;) {
      yield* this.dependOn(found);
      if (yield* this.addDependencyCallback(job, found)) return null;
      found = yield* this.nextDependency(job);
    }
    yield* this.dependOn(null);
    if (yield* this.isGuilty()) yield* job.fence.finished.setError(-ECANCELED);

    yield* this.noteScheduled(job.fence.finished);
    this.commit('pop');
    job.commit('pop', null, 0, this);
    yield* this.queue.pop();
    yield* this.moveByNext();
    job.entity.set(null);
    return job;
  }

  protected *dependOn(fence: DmaFence | null): KernelTask<void> {
    yield* this.dependency.write(fence);
    this.commit(fence === null ? 'settle' : 'depend');
  }

  protected *isGuilty(): KernelTask<boolean> {
    return this.guilty !== null && (yield* this.guilty.ask((guilty) => guilty !== 0));
  }

  /** Before the job is off the queue: who finds that empty may look at this. */
  protected *noteScheduled(finished: DmaFence): KernelTask<void> {
    const before = this.lastScheduled.readStable();
    yield* finished.get();
    yield* this.lastScheduled.write(finished);
    if (before !== null) yield* before.put();
  }

  /** Its place among the others is that of its next job. */
  protected *moveByNext(): KernelTask<void> {
    const rq = yield* this.rq.read();
    if (rq?.sched.policy !== 'fifo') return;
    const next = yield* this.queue.peek();
    if (next === null) return;
    const ts = next.submitTs.get();
    yield* this.lock.acquire();
    if (this.isListed.get()) yield* rq.updateFifo(this, ts);
    this.lock.release();
  }

  /** @kernel drm_sched_job_dependency */
  protected *nextDependency(job: DrmSchedJob): KernelTask<DmaFence | null> {
    const listed = yield* job.dependencies.nextToWaitFor();
    if (listed !== null) return listed;
    const { ops } = job.scheduler;
    return ops.prepareJob === undefined ? null : yield* ops.prepareJob(job, this);
  }

  /**
   * True when there is something to wait for. Earlier jobs of this entity need no waiting, and of those
   * on the same ring it is enough that they were given to it.
   *
   * @kernel drm_sched_entity_add_dependency_cb
   * @rule SCHED-009
   * @rule SCHED-010
   */
  protected *addDependencyCallback(job: DrmSchedJob, dependency: DmaFence): KernelTask<boolean> {
    if (this.isOwn(dependency.context)) {
      yield* dependency.put();
      return false;
    }
    let fence = dependency;
    const weaker = yield* this.pipelined(job, dependency);
    if (weaker !== null) {
      yield* weaker.get();
      yield* this.dependOn(weaker);
      yield* dependency.put();
      fence = weaker;
    }
    if ((yield* fence.addCallback(this.callback)) === 0) return true;
    yield* fence.put();
    return false;
  }

  protected isOwn(context: number): boolean {
    return context === this.fenceContext || context === this.fenceContext + 1;
  }

  /** The fence that stands for `dependency` on the ring that both jobs go to; null: it has none. */
  protected *pipelined(job: DrmSchedJob, dependency: DmaFence): KernelTask<DmaFence | null> {
    if (yield* this.hasFailed(dependency)) return null;
    const fence = toDrmSchedFence(dependency);
    if (fence === null || !this.isOnRing(fence.sched, job.scheduler)) return null;
    if (yield* dependency.flags.test(DRM_SCHED_FENCE_DONT_PIPELINE)) return null;
    return fence.scheduled;
  }

  protected *hasFailed(fence: DmaFence): KernelTask<boolean> {
    return yield* fence.error.ask((error) => error !== 0);
  }

  protected isOnRing(first: DrmGpuScheduler, second: DrmGpuScheduler): boolean {
    return first === second;
  }

  /**
   * What it waited for is done: an error of that is of no concern. The entity may be gone once it does not
   * wait any more, so its ring is looked up first.
   *
   * @kernel drm_sched_entity_wakeup
   * @rule SCHED-011
   */
  *wakeUp(fence: DmaFence): KernelTask<void> {
    const rq = yield* this.rq.read();
    yield* this.dependOn(null);
    yield* fence.put();
    if (rq !== null) yield* rq.sched.runJobQueue();
  }

  /** For drivers, when nothing refers to it any more. @kernel kfree */
  free(): void {
    this.world.memory.free(this.callback);
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('isListed', this.isListed.value);
    visit('rq', this.rq.value);
    visit('schedulers', this.schedulers.value);
    visit('schedulerCount', this.schedulerCount.value);
    visit('priority', this.priority.value);
    this.queue.visitState(visit);
    visit('fenceSeq', this.fenceSeq.value);
    visit('dependency', this.dependency.value);
    visit('guilty', this.guilty?.value ?? null);
    visit('lastScheduled', this.lastScheduled.value);
    visit('lastUser', this.lastUser.value);
    visit('stopped', this.stopped.value);
    visit('idle', this.idle.state);
    visit('oldestTs', this.oldestTs.value);
    visit('sweepLock', this.sweepLock.holder?.name ?? 'free');
    visit('isDestroyed', this.isDestroyed.value);
  }

  override abstract(): AbstractState {
    const isOver = this.isDestroyed.value;
    return {
      state: isOver ? 'destroyed' : this.stopped.value ? 'stopped' : 'alive',
      context: {
        isListed: this.isListed.value,
        isIdle: this.idle.isComplete,
        isWaiting: this.dependency.value !== null,
      },
    };
  }
}
