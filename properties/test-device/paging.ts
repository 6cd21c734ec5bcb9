import type { KernelTask } from '../../impl/kernel/access.ts';
import { WorkQueue } from '../../impl/kernel/work-queue.ts';
import { DeviceContext } from './device-context.ts';
import type { TestDevice } from './device.ts';
import type { Job } from './job.ts';

/** Contexts have numbers; that of the kernel's own copies is out of the way. */
const COPY_CONTEXT = 1_000_000;

/** Brings pages to the device, and takes memory from it. */
export class Paging {
  protected readonly device: TestDevice;
  /** Whose jobs move memory. */
  readonly copies: DeviceContext;
  /** Faults that are being resolved, of jobs that wait for that. */
  readonly open: Job[] = [];
  private readonly queue: WorkQueue;

  constructor(device: TestDevice) {
    this.device = device;
    this.copies = new DeviceContext(device, COPY_CONTEXT, false);
    this.queue = new WorkQueue(device.world, 'faults');
  }

  /** A job has a fault, or a hint. Called as an interrupt. */
  request(job: Job): void {
    if (job.work === 'faulting') this.open.push(job);
    this.queue.queue({ label: `fault of ${job.name}`, run: () => this.resolve(job) });
  }

  protected *resolve(job: Job): KernelTask<void> {
    const { device } = this;
    yield* this.findMemory();
    if (device.options.copies !== 'none') yield* this.migrate(job);
    if (job.work !== 'faulting') return;
    const flags = yield* device.lock.acquireIrqsave();
    this.open.splice(this.open.indexOf(job), 1);
    if (device.work.includes(job) || device.jobs.includes(job)) device.hardware.resume(job);
    device.hardware.kick();
    device.lock.releaseIrqrestore(flags);
  }

  /** Allocates; where memory is short, others have to give some back first. */
  protected *findMemory(): KernelTask<void> {
    const { memory } = this.device.world;
    yield* memory.reserve('GFP_KERNEL');
    if (!this.device.options.isFull) return;
    memory.reclaim.enter();
    yield* this.waitForFences();
    memory.reclaim.leave();
  }

  /** Moves memory by a job with a fence, and waits for that. */
  protected *migrate(job: Job): KernelTask<void> {
    const { device } = this;
    const copy = device.newJob(this.copies, 'short');
    const { fence } = copy;
    if (fence === null) return;
    yield* fence.get();
    job.copy = copy;
    const cookie = device.stack.fences.beginSignalling();
    yield* device.queue(copy);
    device.stack.fences.endSignalling(cookie);
    yield* fence.wait(false);
    job.copy = null;
    yield* fence.put();
  }

  /**
   * Memory is to be taken from the device: by reclaim, or by a notifier. Only a GPU's driver may
   * wait for its jobs there. True: the memory is free.
   */
  *takeBack(): KernelTask<boolean> {
    if (this.device.options.kind !== 'gpu') return this.device.jobs.length === 0;
    yield* this.waitForFences();
    return true;
  }

  /** What uses the memory is over. */
  protected *waitForFences(): KernelTask<void> {
    for (const { fence } of [...this.device.jobs]) {
      if (fence === null || !(yield* fence.getRcu())) continue;
      yield* fence.wait(false);
      yield* fence.put();
    }
  }
}
