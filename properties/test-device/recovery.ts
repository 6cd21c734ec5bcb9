import type { KernelTask } from '../../impl/kernel/access.ts';
import { ECANCELED, EIO, ETIME } from '../../impl/kernel/errno.ts';
import { WorkQueue } from '../../impl/kernel/work-queue.ts';
import type { TestDevice } from './device.ts';
import type { Job } from './job.ts';

/** Ends what hangs: all of it lies on the way to a signal. */
export class Recovery {
  protected readonly device: TestDevice;
  /** How often it had to act. */
  count = 0;
  private readonly queue: WorkQueue;

  constructor(device: TestDevice) {
    this.device = device;
    this.queue = new WorkQueue(device.world, 'recovery');
  }

  /** The time of a job is up. Called by a timer. */
  *hangs(job: Job): KernelTask<void> {
    this.queue.queue({ label: `recover ${job.name}`, run: () => this.recover(job) });
  }

  protected *recover(job: Job): KernelTask<void> {
    const { device } = this;
    const { fences } = device.stack;
    const cookie = fences.beginSignalling();
    const flags = yield* device.lock.acquireIrqsave();
    const ended = this.isOverdue(job) ? yield* this.recoverLocked(job) : [];
    device.lock.releaseIrqrestore(flags);
    fences.endSignalling(cookie);
    for (const one of ended) yield* device.retire(one);
  }

  /** Another recovery may have ended it meanwhile, or given it more time. */
  protected isOverdue(job: Job): boolean {
    const { jobs, world } = this.device;
    return jobs.includes(job) && job.hang !== null && job.hang.expires <= world.clock.now;
  }

  /** Gives the jobs that it has ended. */
  protected *recoverLocked(job: Job): KernelTask<readonly Job[]> {
    if (job.isDone) {
      // It told nobody; there is nothing to recover.
      yield* this.device.completeLocked(job, 0);
      this.device.hardware.kick();
      return [job];
    }
    this.count += 1;
    const { recovery, resets } = this.device.options;
    const isGentle = recovery === 'preferred' && resets;
    return isGentle ? yield* this.resetContext(job) : yield* this.giveUp();
  }

  /** The least that a driver must do: no more work, and all fences complete. */
  protected *giveUp(): KernelTask<readonly Job[]> {
    const { device } = this;
    device.isWedged = true;
    return yield* this.end([...device.jobs, ...device.work], () => -EIO);
  }

  /** Only who keeps the hardware busy loses its work. */
  protected *resetContext(job: Job): KernelTask<readonly Job[]> {
    const { device } = this;
    const guilty = this.guilty(job);
    const { context } = guilty;
    context.isBanned = true;
    const lost = [...device.jobs, ...device.work].filter((one) => one.context === context);
    const ended = yield* this.end(lost, (one) => (one === guilty ? -ETIME : -ECANCELED));
    for (const left of device.jobs) device.watch(left);
    return ended;
  }

  /** Who runs where the job would: the job itself, or who does not let it. */
  protected guilty(job: Job): Job {
    const { units } = this.device.hardware;
    if (units.some(({ running }) => running === job)) return job;
    return units.find(({ running }) => running !== null)?.running ?? job;
  }

  /** Ends jobs in the order in which they came. */
  protected *end(jobs: readonly Job[], errorOf: (job: Job) => number): KernelTask<readonly Job[]> {
    for (const job of jobs) yield* this.device.completeLocked(job, errorOf(job));
    this.device.hardware.kick();
    return jobs;
  }
}
