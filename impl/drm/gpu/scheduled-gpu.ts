import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import { SIGNALED } from '../../dma-buf/fence-flags.ts';
import { GPU_RING_SLOTS } from '../../hw/gpu/gpu-registers.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { ENODEV } from '../../kernel/errno.ts';
import type { DrmGpuScheduler } from '../sched/gpu-scheduler.ts';
import type { DrmSchedJob } from '../sched/sched-job.ts';
import {
  DRM_GPU_SCHED_STAT_ENODEV,
  DRM_GPU_SCHED_STAT_NOMINAL,
  type SchedBackendOps,
  type SchedStat,
} from '../sched/sched-ops.ts';
import type { GpuDriver } from './gpu-driver.ts';
import type { GpuWork } from './gpu-work.ts';

/** The engine is at the number of a job, and not yet behind it, when that is known to be done. */
const CREDITS: number = GPU_RING_SLOTS - 1;

/**
 * A ring that a scheduler feeds: the scheduler says which job comes next, and whose time is up; the
 * driver of the ring tells when a job is done.
 */
export class ScheduledGpu implements SchedBackendOps {
  readonly gpu: GpuDriver;
  private found: DrmGpuScheduler | null = null;
  private readonly works = new Map<DrmSchedJob, GpuWork>();

  constructor(gpu: GpuDriver) {
    this.gpu = gpu;
  }

  get sched(): DrmGpuScheduler {
    return this.found ?? this.gpu.world.fault('bug', 'a ring without a scheduler', this.gpu);
  }

  /** 0 or -ENOMEM. */
  *probe(timeoutJiffies: number): KernelTask<number> {
    const { gpu } = this;
    const error = yield* gpu.probe();
    if (error !== 0) return error;
    const sched = yield* gpu.stack.sched.createScheduler({
      name: 'gpu',
      ops: this,
      creditLimit: CREDITS,
      timeout: timeoutJiffies,
    });
    if (typeof sched === 'number') {
      yield* gpu.remove();
      return sched;
    }
    this.found = sched;
    gpu.recovery.takesOver = () => sched.fault();
    return 0;
  }

  /** All files are closed, and their jobs are over. */
  *remove(): KernelTask<void> {
    if (this.found === null) return;
    yield* this.found.fini();
    this.found = null;
    yield* this.gpu.remove();
  }

  /** The job is armed, and will be pushed. */
  adopt(work: GpuWork): void {
    this.works.set(work.job, work);
  }

  protected workOf(job: DrmSchedJob): GpuWork {
    const { world } = this.gpu;
    return this.works.get(job) ?? world.fault('bug', 'a job that nobody has submitted', job);
  }

  /**
   * Puts the job on the ring. After a reset it is asked again: who was done, or is guilty, is given
   * its old fence; so are those that carry an error nothing. @rule SCHED-028
   */
  *runJob(job: DrmSchedJob): KernelTask<DmaFence | number | null> {
    const work = this.workOf(job);
    const before = work.hardware.get();
    if (before !== null && (yield* this.isOver(work, before))) return yield* before.get();
    if (yield* this.isSkipped(job)) return null;
    const fence = yield* this.gpu.emit(work.commands);
    if (typeof fence === 'number') return fence;
    work.hardware.set(yield* fence.get());
    if (before !== null) yield* before.put();
    return fence;
  }

  /** It does not run again. */
  protected *isOver(work: GpuWork, before: DmaFence): KernelTask<boolean> {
    if (work.isGuilty.get()) return true;
    if (!(yield* before.flags.test(SIGNALED))) return false;
    return yield* before.error.ask((error) => error === 0);
  }

  /** An error was there before the hardware had a say. @rule SCHED-028 */
  protected *isSkipped(job: DrmSchedJob): KernelTask<boolean> {
    return yield* job.fence.finished.error.ask((error) => error !== 0);
  }

  /**
   * Looks before it blames. The scheduler is stopped in any case: only so the job is on its list
   * again. What still is on the ring keeps its fence.
   *
   * @rule SCHED-023
   * @rule SCHED-026
   * @rule SCHED-034
   */
  *timedoutJob(job: DrmSchedJob): KernelTask<SchedStat> {
    const { recovery } = this.gpu;
    const { sched } = this;
    if (yield* this.isGone()) {
      yield* recovery.abandon(-ENODEV);
      return DRM_GPU_SCHED_STAT_ENODEV;
    }
    yield* recovery.settle();
    yield* sched.stop(job);
    const work = this.workOf(job);
    if (yield* this.isInnocent(work)) yield* this.attachAgain();
    else yield* this.recover(work);
    yield* sched.start();
    return DRM_GPU_SCHED_STAT_NOMINAL;
  }

  protected *isGone(): KernelTask<boolean> {
    return yield* this.gpu.recovery.isGone();
  }

  /** It is done, or the engine has not heard of it. @rule HW-GPU-010 @rule HW-GPU-011 */
  protected *isInnocent(work: GpuWork): KernelTask<boolean> {
    const fence = work.hardware.get();
    if (fence === null || (yield* fence.flags.test(SIGNALED))) return true;
    const [first] = this.gpu.jobs.value;
    return first !== undefined && (yield* this.gpu.recovery.ringAgain(first));
  }

  /** Whatever the ring still has keeps its fence. */
  protected *attachAgain(): KernelTask<void> {
    for (const job of this.sched.pending.copy()) {
      const fence = this.workOf(job).hardware.get();
      if (fence !== null) yield* job.fence.setParent(fence);
    }
  }

  /**
   * Only who was at work when the engine hung is guilty; the others run again. @rule SCHED-027
   */
  protected *recover(work: GpuWork): KernelTask<void> {
    const { sched } = this;
    yield* this.gpu.recovery.startOver();
    const fence = work.hardware.get();
    if (fence !== null && (yield* fence.error.ask((error) => error !== 0))) {
      work.isGuilty.set(true);
      yield* sched.increaseKarma(work.job);
    }
    yield* sched.resubmitJobs();
  }

  /** @kernel free_job */
  *freeJob(job: DrmSchedJob): KernelTask<void> {
    const work = this.workOf(job);
    this.works.delete(job);
    yield* job.cleanup();
    job.free();
    const hardware = work.hardware.get();
    if (hardware !== null) yield* hardware.put();
    const { gemLookup } = this.gpu.stack;
    yield* gemLookup.putAll(work.array);
    this.gpu.world.memory.free(work);
  }
}
