import type { AbstractState } from '../../../model/events.ts';
import { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { Cell } from '../../kernel/cell.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../kernel/clock.ts';
import { DelayedWork } from '../../kernel/delayed-work.ts';
import { ENOENT } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainList, PlainWord } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import { WaitQueue } from '../../kernel/wait-queue.ts';
import { WorkItem } from '../../kernel/work-item.ts';
import { WorkQueue } from '../../kernel/work-queue.ts';
import type { Stack } from '../../stack.ts';
import type { DrmGpuScheduler } from './gpu-scheduler.ts';
import { type DrmSchedRq, NO_SPACE } from './run-queue.ts';
import type { DrmSchedEntity } from './sched-entity.ts';
import type { DrmSchedJob } from './sched-job.ts';
import {
  DRM_SCHED_PRIORITY_COUNT,
  type SchedBackendOps,
  type SchedPolicy,
  type SchedulerOptions,
} from './sched-ops.ts';

/** Gives jobs to one ring, and takes them back, as long as nothing hangs. */
export abstract class SchedulerWorker extends KernelObject {
  readonly stack: Stack;
  readonly name: string;
  readonly ops: SchedBackendOps;
  readonly policy: SchedPolicy;
  readonly runQueues: readonly DrmSchedRq[];
  /** Unit: credits. */
  readonly creditLimit: number;
  protected readonly hangLimit: number;
  /** Unit: jiffies. */
  protected readonly timeout: number;
  protected readonly creditCount: Cell;
  /** Queued and running jobs, and entities with jobs. */
  readonly score: Cell;
  /** New jobs may be armed for it. */
  readonly ready: PlainWord<boolean>;
  readonly pauseSubmit: Cell;
  /** Jobs with the hardware, in the order of running. Mostly under its lock. */
  readonly pending: PlainList<DrmSchedJob>;
  protected readonly jobListLock: SpinLock;
  /** Those wait here who want to see a queue empty. */
  readonly jobScheduled: WaitQueue;
  protected readonly runWork: WorkItem;
  protected readonly freeWork: WorkItem;
  protected readonly timeoutWork: DelayedWork;

  /** @kernel drm_sched_init */
  constructor(stack: Stack, options: SchedulerOptions) {
    super(stack.world, 'scheduler');
    const { world, types } = stack;
    this.stack = stack;
    this.name = options.name;
    this.alias = options.name;
    this.ops = options.ops;
    this.policy = options.policy ?? 'fifo';
    this.creditLimit = options.creditLimit;
    this.hangLimit = options.hangLimit ?? 0;
    this.timeout = options.timeout ?? MAX_SCHEDULE_TIMEOUT;
    this.creditCount = new Cell(this, 'creditCount', 0, 'full');
    this.score = new Cell(this, 'score', 0, 'full');
    this.ready = new PlainWord<boolean>(this, 'ready', true, 'once');
    this.pauseSubmit = new Cell(this, 'pauseSubmit', 0);
    this.pending = new PlainList<DrmSchedJob>(this, 'pending');
    this.jobListLock = new SpinLock(this, 'jobListLock', '&sched->job_list_lock');
    this.jobScheduled = new WaitQueue(this, 'jobScheduled', '&sched->job_scheduled');
    // One worker takes both kinds of work: jobs that run and jobs that are freed do not meet.
    const submit = new WorkQueue(world, options.name);
    const recovery = new WorkQueue(world, `${options.name}.recovery`);
    this.runWork = new WorkItem(this, 'runWork', submit, () => this.runJobWork());
    this.freeWork = new WorkItem(this, 'freeWork', submit, () => this.freeJobWork());
    this.timeoutWork = new DelayedWork(this, 'timeout', recovery, () => this.jobTimedOut());
    const count = options.runQueues ?? DRM_SCHED_PRIORITY_COUNT;
    this.runQueues = Array.from({ length: count }, () => new types.DrmSchedRq(this.self));
    this.commit('init', null, this.creditLimit);
  }

  protected abstract get self(): DrmGpuScheduler;

  /** There is one for each priority that entities of this ring can have. */
  runQueueOf(priority: number): DrmSchedRq {
    const rq = this.runQueues[priority];
    return rq ?? this.world.fault('bug', `${this.name} has no run queue ${priority}`, this);
  }

  /** The worker was told to run nothing. @kernel READ_ONCE(sched->pause_submit) */
  protected *isPaused(): KernelTask<boolean> {
    return (yield* this.pauseSubmit.read()) !== 0;
  }

  /** Looks for a job to run, soon. @kernel drm_sched_wakeup, drm_sched_run_job_queue */
  *runJobQueue(): KernelTask<void> {
    if (!(yield* this.isPaused())) yield* this.runWork.queue();
  }

  /** @kernel __drm_sched_run_free_queue */
  protected *queueFreeWork(): KernelTask<void> {
    if (!(yield* this.isPaused())) yield* this.freeWork.queue();
  }

  /** @kernel drm_sched_run_free_queue */
  protected *runFreeQueue(): KernelTask<void> {
    yield* this.jobListLock.acquire();
    yield* this.runFreeQueueLocked();
    this.jobListLock.release();
  }

  protected *runFreeQueueLocked(): KernelTask<void> {
    const head = this.pending.at(0);
    if (head !== null && (yield* head.fence.finished.isSignaled())) yield* this.queueFreeWork();
  }

  /**
   * A job that is larger than the ring is cut: it would never run otherwise.
   *
   * @kernel drm_sched_can_queue
   * @rule SCHED-014
   * @rule SCHED-015
   */
  *canQueue(entity: DrmSchedEntity): KernelTask<boolean> {
    const job = yield* entity.queue.peek();
    if (job === null) return false;
    const credits = job.credits.get();
    if (this.world.warnOn(credits > this.creditLimit, 'a job exceeds the credit limit', job)) {
      job.credits.set(this.creditLimit);
    }
    const wanted = Math.min(credits, this.creditLimit);
    return yield* this.creditCount.ask((used) => this.creditLimit - used >= wanted);
  }

  /** @kernel drm_sched_select_entity @rule SCHED-013 @rule SCHED-014 */
  protected *selectEntity(): KernelTask<DrmSchedEntity | null> {
    for (const rq of this.runQueues) {
      const found = yield* this.policy === 'fifo' ? rq.selectFifo() : rq.selectRoundRobin();
      if (found !== null) return found === NO_SPACE ? null : found;
    }
    return null;
  }

  /**
   * Gives one job to the hardware, and looks for the next.
   *
   * @kernel drm_sched_run_job_work
   * @rule SCHED-016
   * @rule SCHED-017
   */
  *runJobWork(): KernelTask<void> {
    if (yield* this.isPaused()) return;
    const entity = yield* this.selectEntity();
    if (entity === null) return;
    const job = yield* entity.popJob();
    if (job === null) {
      yield* this.letGo(entity);
      yield* this.chooseAgain();
      return;
    }
    yield* this.charge(job);
    yield* this.jobBegin(job);
    const { fence } = job;
    const parent = yield* this.run(job);
    yield* this.letGo(entity);
    yield* fence.signalScheduled(parent instanceof DmaFence ? parent : null);
    if (parent instanceof DmaFence) {
      yield* parent.put(); // the job's fence has its own reference
      yield* this.watch(job, parent);
    } else {
      yield* this.jobDone(job, parent ?? 0);
    }
    yield* this.jobScheduled.wakeAll();
    yield* this.runJobQueue();
  }

  /** The entity had to wait after all: others may not. @rule SCHED-012 */
  protected *chooseAgain(): KernelTask<void> {
    yield* this.runJobQueue();
  }

  /** The entity may be destroyed now. */
  protected *letGo(entity: DrmSchedEntity): KernelTask<void> {
    yield* entity.idle.completeAll();
    entity.commit('letGo');
  }

  /** The job is over when the hardware's fence is, or at once. */
  protected *watch(job: DrmSchedJob, parent: DmaFence): KernelTask<void> {
    if ((yield* parent.addCallback(job.callback)) !== -ENOENT) return;
    yield* this.jobDone(job, yield* parent.error.read());
  }

  /** Nobody's progress may depend on what happens here. @rule SCHED-033 */
  protected *run(job: DrmSchedJob): KernelTask<DmaFence | number | null> {
    const { fences } = this.stack;
    const cookie = fences.beginSignalling();
    job.commit('run');
    const parent = yield* this.ops.runJob(job);
    fences.endSignalling(cookie);
    return parent;
  }

  /** @rule SCHED-015 */
  protected *charge(job: DrmSchedJob): KernelTask<void> {
    const credits = job.credits.get();
    yield* this.creditCount.add(credits);
    this.commit('charge', null, credits);
    job.commit('charge');
  }

  protected *giveBack(job: DrmSchedJob, why: 'done' | 'detach'): KernelTask<void> {
    const credits = job.credits.get();
    yield* this.creditCount.add(-credits);
    this.commit('return', null, credits);
    job.commit(why);
  }

  /** The job is on the list, and the timer armed, before the hardware has it. @kernel drm_sched_job_begin @rule SCHED-016 */
  protected *jobBegin(job: DrmSchedJob): KernelTask<void> {
    yield* this.jobListLock.acquire();
    this.pending.push(job);
    this.commit('begin');
    job.commit('begin', null, 0, this);
    if (this.restartsTimer) this.startTimeout();
    else if (this.hasTimeout) this.timeoutWork.start(this.timeout);
    this.jobListLock.release();
  }

  /** 6.12 gives the head of the list all of its time anew whenever another job begins. @rule SCHED-022 */
  protected get restartsTimer(): boolean {
    return this.world.build.schedulerQuirks;
  }

  protected get hasTimeout(): boolean {
    return this.timeout !== MAX_SCHEDULE_TIMEOUT;
  }

  /** @kernel drm_sched_start_timeout @rule SCHED-022 */
  protected startTimeout(): void {
    this.jobListLock.assertHeld('drm_sched_start_timeout');
    if (this.hasTimeout && !this.pending.isEmpty()) this.timeoutWork.modify(this.timeout);
  }

  /** The hardware is done with a job: runs under the lock of its fence. @kernel drm_sched_job_done_cb */
  *jobDoneBy(job: DrmSchedJob, parent: DmaFence): KernelTask<void> {
    yield* this.jobDone(job, yield* parent.error.read());
  }

  /**
   * A job is over. Once its fence has signaled it may be gone.
   *
   * @kernel drm_sched_job_done
   * @rule SCHED-015
   * @rule SCHED-018
   */
  protected *jobDone(job: DrmSchedJob, result: number): KernelTask<void> {
    const { fence } = job;
    yield* this.giveBack(job, 'done');
    yield* this.score.add(-1);
    yield* fence.finished.get();
    yield* fence.signalFinished(result);
    yield* fence.finished.put();
    yield* this.queueFreeWork();
  }

  /** @kernel drm_sched_free_job_work @rule SCHED-020 */
  *freeJobWork(): KernelTask<void> {
    if (yield* this.isPaused()) return;
    const job = yield* this.finishedJob();
    if (job !== null) yield* this.ops.freeJob(job);
    yield* this.runFreeQueue();
    yield* this.runJobQueue();
  }

  /**
   * The head of the list, taken off, if it is done. The timer goes on with the next.
   *
   * @kernel drm_sched_get_finished_job
   * @rule SCHED-020
   * @rule SCHED-022
   */
  protected *finishedJob(): KernelTask<DrmSchedJob | null> {
    yield* this.jobListLock.acquire();
    const head = this.pending.at(0);
    const isDone = head !== null && (yield* head.fence.finished.isSignaled());
    if (head !== null && isDone) {
      // Its time of day is looked at behind all that was done to the job; the flag alone orders nothing.
      yield* head.fence.finished.timestamp();
      this.unlist(head);
      this.timeoutWork.cancel();
      if (!this.pending.isEmpty()) this.startTimeout();
    }
    this.jobListLock.release();
    return isDone ? head : null;
  }

  protected unlist(job: DrmSchedJob): void {
    this.pending.remove(job);
    this.commit('unlist');
    job.commit('unlist', null, 0, this);
  }

  /** The time of the head is up. */
  abstract jobTimedOut(): KernelTask<void>;

  visitState(visit: StateVisitor): void {
    visit('creditCount', this.creditCount.value);
    visit('score', this.score.value);
    visit('ready', this.ready.value);
    visit('pauseSubmit', this.pauseSubmit.value);
    visit('pending', this.pending.value);
    visit('jobListLock', this.jobListLock.holder?.name ?? 'free');
    visit('jobScheduled', this.jobScheduled.state);
  }

  override abstract(): AbstractState {
    return {
      state: this.pauseSubmit.value === 0 ? 'running' : 'paused',
      context: { credits: this.creditCount.value, pending: this.pending.value.length },
    };
  }
}
