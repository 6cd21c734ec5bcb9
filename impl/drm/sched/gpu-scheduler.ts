import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { ECANCELED } from '../../kernel/errno.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { StateVisitor } from '../../kernel/object.ts';
import type { Stack } from '../../stack.ts';
import type { DrmSchedJob } from './sched-job.ts';
import {
  DRM_GPU_SCHED_STAT_ENODEV,
  DRM_SCHED_PRIORITY_HIGH,
  DRM_SCHED_PRIORITY_KERNEL,
  type SchedStat,
  type SchedulerOptions,
} from './sched-ops.ts';
import { SchedulerWorker } from './scheduler-worker.ts';

/**
 * The scheduler of one ring, with what happens when that hangs.
 *
 * @kernel struct drm_gpu_scheduler
 */
export class DrmGpuScheduler extends SchedulerWorker {
  /** The job whose time is up, as long as nobody has put it back. */
  protected readonly expired: PlainWord<DrmSchedJob | null>;
  /** A recovery found it finished, and left it to the handler of time-outs. */
  protected readonly freeGuilty: PlainWord<boolean>;

  constructor(stack: Stack, options: SchedulerOptions) {
    super(stack, options);
    this.expired = new PlainWord<DrmSchedJob | null>(this, 'expired', null);
    this.freeGuilty = new PlainWord<boolean>(this, 'freeGuilty', false);
  }

  protected override get self(): DrmGpuScheduler {
    return this;
  }

  /**
   * The head is taken off the list, so that nobody frees it while the driver looks at it.
   *
   * @kernel drm_sched_job_timedout
   * @rule SCHED-023
   * @rule SCHED-034
   * @rule SCHED-035
   */
  *jobTimedOut(): KernelTask<void> {
    yield* this.jobListLock.acquire();
    const job = this.pending.at(0);
    if (job === null) {
      this.jobListLock.release();
      return;
    }
    this.pending.remove(job);
    this.expired.set(job);
    this.commit('expire');
    job.commit('expire', null, 0, this);
    this.jobListLock.release();
    const status = yield* this.handleTimeout(job);
    if (this.freeGuilty.get()) {
      yield* this.ops.freeJob(job);
      this.freeGuilty.set(false);
    }
    yield* this.putBack(status);
  }

  /** The driver knows that the head hangs: nobody waits for its time. @kernel drm_sched_fault */
  fault(): void {
    this.timeoutWork.modify(0);
  }

  /** @rule SCHED-033 */
  protected *handleTimeout(job: DrmSchedJob): KernelTask<SchedStat> {
    const { fences } = this.stack;
    const cookie = fences.beginSignalling();
    const status = yield* this.ops.timedoutJob(job);
    fences.endSignalling(cookie);
    return status;
  }

  /** What the handler has left where it was goes back to the list. @rule SCHED-024 @rule SCHED-034 */
  protected *putBack(status: SchedStat): KernelTask<void> {
    yield* this.jobListLock.acquire();
    const job = this.expired.get();
    if (job !== null && !this.losesSpurious) {
      this.reinsert(job);
      yield* this.runFreeQueueLocked();
    }
    this.expired.set(null);
    if (status !== DRM_GPU_SCHED_STAT_ENODEV) this.startTimeout();
    this.commit('handled');
    this.jobListLock.release();
  }

  /** 6.12 forgets a job whose time-out was none. @rule SCHED-024 */
  protected get losesSpurious(): boolean {
    return this.world.build.schedulerQuirks;
  }

  protected reinsert(job: DrmSchedJob): void {
    this.pending.unshift(job);
    this.expired.set(null);
    this.commit('reinsert');
    job.commit('reinsert', null, 0, this);
  }

  /**
   * Afterwards the worker runs nothing, and no unfinished job is attached to the hardware. `bad` is the
   * job whose time is up.
   *
   * @kernel drm_sched_stop
   * @rule SCHED-025
   */
  *stop(bad: DrmSchedJob | null): KernelTask<void> {
    yield* this.parkWorker();
    // The worker is parked: nobody frees the bad job now.
    if (bad !== null && bad.sched.get() === this) this.reinsert(bad);
    for (const job of this.pending.copy().toReversed()) yield* this.detach(job, bad);
    this.timeoutWork.cancel();
  }

  /** @kernel drm_sched_wqueue_stop */
  *parkWorker(): KernelTask<void> {
    yield* this.pauseSubmit.writeFull(1);
    this.commit('stop');
    yield* this.runWork.cancelSync();
    yield* this.freeWork.cancelSync();
    this.commit('parked');
  }

  protected *detach(job: DrmSchedJob, bad: DrmSchedJob | null): KernelTask<void> {
    const { fence } = job;
    const parent = fence.parent.readStable();
    if (parent !== null && (yield* parent.removeCallback(job.callback))) {
      yield* fence.clearParent(parent);
      yield* this.giveBack(job, 'detach');
      return;
    }
    yield* this.jobListLock.acquire();
    this.unlist(job);
    this.jobListLock.release();
    // Who ends it may still be at it.
    yield* fence.finished.wait(false);
    if (job === bad) this.freeGuilty.set(true);
    else yield* this.ops.freeJob(job);
  }

  /**
   * Jobs that the driver has given to the hardware again go on, and all others end here.
   *
   * @kernel drm_sched_start
   * @rule SCHED-026
   * @rule SCHED-027
   */
  *start(): KernelTask<void> {
    for (const job of this.pending.copy()) {
      const parent = job.fence.parent.readStable();
      yield* this.charge(job);
      if (parent === null) yield* this.jobDone(job, -ECANCELED);
      else yield* this.watch(job, parent);
    }
    yield* this.jobListLock.acquire();
    this.startTimeout();
    this.jobListLock.release();
    yield* this.unparkWorker();
  }

  /** @kernel drm_sched_wqueue_start */
  *unparkWorker(): KernelTask<void> {
    yield* this.pauseSubmit.writeFull(0);
    this.commit('start');
    yield* this.runWork.queue();
    yield* this.freeWork.queue();
  }

  /**
   * Gives all pending jobs to the hardware once more. Who has caused too many hangs carries an error,
   * and so do its later jobs.
   *
   * @kernel drm_sched_resubmit_jobs
   * @rule SCHED-028
   */
  *resubmitJobs(): KernelTask<void> {
    let guilty: number | null = null;
    for (const job of this.pending.copy()) {
      const { context } = job.fence.scheduled;
      const { hangLimit } = this;
      if (guilty === null && (yield* job.karma.ask((karma) => karma > hangLimit))) guilty = context;
      if (context === guilty) yield* job.fence.finished.setError(-ECANCELED);
      yield* this.resubmit(job, yield* this.run(job));
    }
  }

  protected *resubmit(job: DrmSchedJob, parent: DmaFence | number | null): KernelTask<void> {
    const { fence } = job;
    if (typeof parent === 'number') yield* fence.finished.setError(parent);
    if (parent === null || typeof parent === 'number') return;
    yield* fence.setParent(parent);
    yield* parent.put();
  }

  /**
   * A job has hung the hardware; those of the kernel never count. Later jobs of the same entity are
   * guilty, too, if that still has any.
   *
   * @kernel drm_sched_increase_karma
   * @rule SCHED-028
   */
  *increaseKarma(bad: DrmSchedJob): KernelTask<void> {
    if (bad.priority.get() === DRM_SCHED_PRIORITY_KERNEL) return;
    yield* bad.karma.add(1);
    const { context } = bad.fence.scheduled;
    for (const rq of this.runQueues.slice(DRM_SCHED_PRIORITY_HIGH)) {
      yield* rq.lock.acquire();
      const entity = rq.entities.find(({ fenceContext }) => fenceContext === context);
      if (entity?.guilty) yield* entity.guilty.writeFull(1);
      rq.lock.release();
      if (entity !== null) return;
    }
  }

  /** They take no jobs any more, and stay where they are until they are destroyed. */
  *stopEntities(): KernelTask<void> {
    for (const rq of this.runQueues) {
      yield* rq.lock.acquire();
      for (const entity of rq.entities.copy()) {
        entity.stopped.set(true);
        entity.commit('kill');
      }
      rq.lock.release();
    }
  }

  /** For drivers that go away: entities are to be destroyed before, or find themselves stopped. @kernel drm_sched_fini */
  *fini(): KernelTask<void> {
    yield* this.parkWorker();
    yield* this.stopEntities();
    yield* this.jobScheduled.wakeAll();
    yield* this.timeoutWork.cancelSync();
    this.ready.set(false);
    this.commit('fini');
    for (const rq of this.runQueues) this.world.memory.free(rq);
    this.world.memory.free(this);
  }

  override visitState(visit: StateVisitor): void {
    super.visitState(visit);
    visit('expired', this.expired.value);
    visit('freeGuilty', this.freeGuilty.value);
  }
}
