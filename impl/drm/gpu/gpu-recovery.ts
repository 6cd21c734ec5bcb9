import type { KernelTask } from '../../kernel/access.ts';
import type { Timer } from '../../kernel/clock.ts';
import { ECANCELED, ENODEV, ETIME } from '../../kernel/errno.ts';
import type { StateVisitor } from '../../kernel/object.ts';
import { type Work, WorkQueue } from '../../kernel/work-queue.ts';
import {
  GPU_RESET,
  GPU_STATUS,
  GPU_STATUS_FAULTED,
  GPU_STATUS_RESETTING,
  GPU_WPTR,
} from '../../hw/gpu/gpu-registers.ts';
import { ALL_ONES } from '../../hw/mmio.ts';
import type { GpuDriver } from './gpu-driver.ts';
import type { GpuJob } from './gpu-job.ts';

/** Looks at an engine that is being reset, before it is given up. Unit: looks, one each jiffy. */
const LOOKS_MAX = 10;
const TASK_UNINTERRUPTIBLE = 2;

/** What is done when a job takes too long. */
export class GpuRecovery implements Work {
  readonly label = 'gpu recovery';
  protected readonly driver: GpuDriver;
  private readonly queue: WorkQueue;
  private timer: Timer | null = null;
  private isQueued = false;
  /** It was rung for this job once more: an engine that hangs does not hear that either. */
  private rungFor: GpuJob | null = null;
  /** Somebody else looks after jobs, and is told at once when the engine cannot go on. */
  takesOver: (() => void) | null = null;

  constructor(driver: GpuDriver) {
    this.driver = driver;
    this.queue = new WorkQueue(driver.world, 'gpu-recovery');
  }

  /** The clock of the first job runs, or none if there is none. */
  arm(): void {
    const { options, world, jobs } = this.driver;
    if (this.timer !== null) world.clock.cancel(this.timer);
    this.timer = null;
    if (options.timeoutJiffies === Infinity || jobs.value.length === 0) return;
    const expires = world.clock.now + options.timeoutJiffies;
    this.timer = { label: 'gpu timeout', expires, run: () => this.expire() };
    world.clock.arm(this.timer);
  }

  private *expire(): KernelTask<void> {
    this.timer = null;
    this.hurry();
  }

  /** The engine says itself that it cannot go on. @rule HW-GPU-015 */
  hurry(): void {
    if (this.takesOver !== null) {
      this.takesOver();
      return;
    }
    if (this.isQueued) return;
    this.isQueued = true;
    this.queue.queue(this);
  }

  /** Looks once more before it blames anybody. @rule HW-GPU-010 @rule HW-GPU-011 */
  *run(): KernelTask<void> {
    const { driver } = this;
    this.isQueued = false;
    const first = driver.jobs.value[0] ?? null;
    yield* this.synchronise();
    if (first === null || driver.jobs.value[0] !== first) {
      this.arm();
      return;
    }
    if (yield* this.isGone()) yield* this.abandon(-ENODEV);
    else if (!(yield* this.ringAgain(first))) yield* this.startOver();
    this.arm();
  }

  /** Who is not there answers with ones. @rule HW-MEM-008 */
  *isGone(): KernelTask<boolean> {
    return (yield* this.driver.hardware.mmio.read(GPU_STATUS)) === ALL_ONES;
  }

  /** Everything that has happened by now is taken in before somebody is blamed. @rule HW-GPU-010 */
  *settle(): KernelTask<void> {
    yield* this.synchronise();
  }

  /** True: the engine may not have heard of this job, and does now. Once for each. @rule HW-GPU-011 */
  *ringAgain(first: GpuJob): KernelTask<boolean> {
    const { driver } = this;
    yield* driver.submitLock.acquire();
    const isLost = this.rungFor !== first && (yield* this.isDoorbellLost());
    this.rungFor = isLost ? first : null;
    if (isLost) yield* driver.ring.ring();
    driver.submitLock.release();
    return isLost;
  }

  /** The engine begins anew, and everything that was on the ring ends. @rule HW-GPU-012 */
  *startOver(): KernelTask<void> {
    const { submitLock } = this.driver;
    yield* submitLock.acquire();
    yield* this.reset();
    submitLock.release();
  }

  /** The engine is gone: nothing on the ring will ever end by itself. @rule SCHED-034 */
  *abandon(error: number): KernelTask<void> {
    const { driver } = this;
    const flags = yield* driver.lock.acquireIrqsave();
    const left = driver.jobs.takeAll();
    for (const job of left) yield* this.end(job, error);
    driver.lock.releaseIrqrestore(flags);
    yield* driver.retire(left);
  }

  /** What the engine has done by now is known afterwards. */
  protected *synchronise(): KernelTask<void> {
    const { driver } = this;
    yield* driver.hardware.bus.interrupt.synchronize();
    yield* driver.process();
  }

  protected *isDoorbellLost(): KernelTask<boolean> {
    const { driver } = this;
    const { mmio } = driver.hardware;
    if ((yield* mmio.read(GPU_STATUS)) === GPU_STATUS_FAULTED) return false;
    return (yield* mmio.read(GPU_WPTR)) !== driver.ring.wptr;
  }

  /** Ends all jobs: the first one is guilty, the others are only in the way. @rule HW-GPU-012 */
  protected *reset(): KernelTask<void> {
    const { driver } = this;
    const { mmio, bus } = driver.hardware;
    yield* bus.interrupt.mask();
    yield* mmio.write(GPU_RESET, 1);
    yield* this.awaitReset();
    yield* this.takeIn();
    yield* this.fail();
    driver.ring.restart();
    yield* bus.interrupt.unmask();
  }

  /** What was written before the reset is done, and nobody blames it. */
  protected *takeIn(): KernelTask<void> {
    yield* this.driver.process();
  }

  private *awaitReset(): KernelTask<void> {
    const { mmio } = this.driver.hardware;
    const { sleeper } = this.driver.world.current;
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      if ((yield* mmio.read(GPU_STATUS)) !== GPU_STATUS_RESETTING) return;
      yield* sleeper.setState(TASK_UNINTERRUPTIBLE);
      yield* sleeper.scheduleTimeout(1);
    }
  }

  /** Old fences count as done from now on, whoever asks. @rule HW-GPU-018 */
  protected *fail(): KernelTask<void> {
    const { driver } = this;
    const flags = yield* driver.lock.acquireIrqsave();
    const failed = this.failing();
    for (const [index, job] of failed.entries()) {
      yield* this.end(job, index === 0 ? -ETIME : -ECANCELED);
    }
    driver.lock.releaseIrqrestore(flags);
    yield* driver.writeSeq(driver.lastSeq);
    yield* driver.retire(failed);
  }

  /** Who reads what it has written learns of its fence only what became of that. @rule HW-GPU-014 */
  protected *end(job: GpuJob, error: number): KernelTask<void> {
    yield* job.fence.setError(error);
    yield* job.fence.signalLocked();
  }

  protected failing(): GpuJob[] {
    return this.driver.jobs.takeAll();
  }

  visitState(visit: StateVisitor): void {
    visit('timer', this.timer?.expires ?? 0);
    visit('recovery', [this.isQueued, this.rungFor]);
  }
}
