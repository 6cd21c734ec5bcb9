import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../impl/dma-buf/dma-resv.ts';
import type { FenceOps } from '../../impl/dma-buf/fence-ops.ts';
import { DMA_RESV_USAGE_WRITE } from '../../impl/dma-buf/resv-usage.ts';
import { Access, type Gate, type KernelTask } from '../../impl/kernel/access.ts';
import { EBUSY, ECANCELED, EINVAL, EIO, ENOMEM } from '../../impl/kernel/errno.ts';
import { Mutex } from '../../impl/kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { SpinLock } from '../../impl/kernel/spinlock.ts';
import type { Stack } from '../../impl/stack.ts';
import type { DeviceContext } from './device-context.ts';
import type { DeviceTypes } from './device-types.ts';
import type { Origin } from './fence-origins.ts';
import { Hardware, type HardwareClient, type Unit } from './hardware.ts';
import { Job } from './job.ts';
import { type DeviceOptions, HANG_JIFFIES, RING_JOBS_MAX, type Work } from './options.ts';
import type { Paging } from './paging.ts';
import type { Recovery } from './recovery.ts';
import type { Remedy, Shared } from './remedies.ts';

/** What comes of a submission: a fence, nothing (work that has none), or an error. */
export type Submitted = DmaFence | null | number;

/** A device that completes work, and whose driver keeps the contract. */
export class TestDevice extends KernelObject implements HardwareClient, FenceOps, Shared {
  readonly stack: Stack;
  readonly options: DeviceOptions;
  readonly types: DeviceTypes;
  /** Of the device, and of all its fences. */
  readonly lock: SpinLock;
  /** One submission at a time. It may be held at waits, so nobody takes it on the way to a signal. */
  readonly submitLock: Mutex;
  readonly hardware: Hardware;
  readonly remedy: Remedy;
  readonly recovery: Recovery;
  readonly paging: Paging;
  /** Jobs with fences that are pending, in the order of submission. Under `lock`. */
  readonly jobs: Job[] = [];
  /** Jobs without fences that are not finished. Under `lock`. */
  readonly work: Job[] = [];
  /** Fences that nobody's work is behind: none, with a driver as it should be. */
  readonly orphans: { readonly fence: DmaFence; readonly origin: Origin }[] = [];
  /** Fences that are about to be visible: nothing may come in between. */
  protected announced = 0;
  /** Nothing is taken any more. Under `lock`. */
  isWedged = false;
  /** It was unloaded. */
  isGone = false;
  /** Fences of it that somebody still refers to. */
  protected fences = 0;
  private readonly published: Access;
  private readonly queued: Access;

  constructor(stack: Stack, options: DeviceOptions, types: DeviceTypes) {
    super(stack.world, 'device');
    this.isStatic = true;
    this.stack = stack;
    this.options = options;
    this.types = types;
    this.lock = new SpinLock(this, 'lock', '&gpu->lock');
    this.submitLock = new Mutex(this, 'submit_lock', '&gpu->submit_lock');
    this.remedy = new types.remedies[options.remedy]();
    const copies = options.copies === 'engine' ? ['copy'] : [];
    this.hardware = new Hardware(stack.world, 'hardware', [...this.remedy.units, ...copies], this);
    this.recovery = new types.Recovery(this);
    this.paging = new types.Paging(this);
    this.published = this.waiting('wait to publish on', () => this.remedy.mayPublish(this));
    this.queued = this.waiting('wait to queue on', () => this.remedy.mayQueueWork(this));
  }

  private waiting(verb: string, ready: () => boolean): Access {
    const gate: Gate = { ready, blockedBy: 'the other kind of work is on the device' };
    return new Access('wait', 'full', this, 'jobs', verb, gate);
  }

  get fencesInFlight(): number {
    return this.jobs.length + this.announced;
  }

  // What the core asks of a fence: these need the device.

  getDriverName(): string {
    this.world.memory.reads(this, 'name');
    return 'gpu';
  }

  getTimelineName(): string {
    this.world.memory.reads(this, 'name');
    return 'ring';
  }

  /** Asked with or without the lock, so it looks at one word. */
  *signaled(fence: DmaFence): KernelTask<boolean> {
    this.world.memory.reads(this, 'jobs', 'once');
    return this.jobs.find((job) => job.fence === fence)?.isDone === true;
  }

  *release(fence: DmaFence): KernelTask<void> {
    this.world.memory.writes(this, 'fences', 'full');
    this.fences -= 1;
    fence.free();
  }

  // Submission.

  /** Takes a job. `resv`: its fence goes there, and is published by that. */
  *submit(context: DeviceContext, work: Work, resv: DmaResv | null): KernelTask<Submitted> {
    if (context.isLongRunning) return yield* this.submitWork(context, work);
    // What may fault, for memory, can have no fence.
    if (work === 'faulting') return -EINVAL;
    yield* this.submitLock.acquire();
    const submitted = yield* this.submitLocked(context, work, resv);
    this.submitLock.release();
    return submitted;
  }

  /** Everything that completion needs is got before the fence is there for others to find. */
  protected *submitLocked(
    context: DeviceContext,
    work: Work,
    resv: DmaResv | null,
  ): KernelTask<Submitted> {
    yield* this.throttle();
    const error = yield* this.prepare(context);
    if (error !== 0) return error;
    if (resv !== null) {
      yield* resv.acquire();
      if ((yield* resv.reserveFences(1)) !== 0) {
        yield* resv.release();
        return -ENOMEM;
      }
    }
    yield this.published;
    this.touch();
    this.announced += 1;
    this.remedy.publishing(this);
    this.hardware.kick();
    const job = this.newJob(context, work);
    const { fence } = job;
    if (fence === null) return -EINVAL;
    yield* fence.get(); // for the caller
    const cookie = this.stack.fences.beginSignalling();
    yield* this.publish(job, resv);
    this.stack.fences.endSignalling(cookie);
    return fence;
  }

  /** From here on others find the fence. In a signalling section. */
  protected *publish(job: Job, resv: DmaResv | null): KernelTask<void> {
    if (resv !== null && job.fence !== null) {
      yield* resv.addFence(job.fence, DMA_RESV_USAGE_WRITE);
      yield* resv.release();
    }
    yield* this.queue(job);
  }

  /** Memory for the job, and for its fence. */
  protected *prepare(context: DeviceContext): KernelTask<number> {
    const { memory } = this.world;
    if (!(yield* memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    if (!(yield* memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    if (yield* this.isRefused()) return -EIO;
    return context.isBanned ? -ECANCELED : 0;
  }

  protected *isRefused(): KernelTask<boolean> {
    const flags = yield* this.lock.acquireIrqsave();
    const { isWedged } = this;
    this.lock.releaseIrqrestore(flags);
    return isWedged;
  }

  /** The ring is short: who submits waits for the oldest job. */
  protected *throttle(): KernelTask<void> {
    while (this.jobs.length >= RING_JOBS_MAX) {
      const oldest = this.jobs[0]?.fence ?? null;
      if (oldest === null || !(yield* oldest.getRcu())) continue;
      yield* oldest.wait(false);
      yield* oldest.put();
    }
  }

  newJob(context: DeviceContext, work: Work): Job {
    context.seqno += 1n;
    const { DmaFence } = this.stack.types;
    const fence = new DmaFence(this.stack, this, this.lock, context.number, context.seqno);
    this.world.memory.writes(this, 'fences', 'full');
    this.fences += 1;
    return new Job(context, work, fence);
  }

  /** Gives the job to the hardware, and sees to it that it ends. */
  *queue(job: Job): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    this.touch();
    this.jobs.push(job);
    if (this.announced > 0) this.announced -= 1;
    this.watch(job);
    this.hardware.push(job);
    this.lock.releaseIrqrestore(flags);
  }

  /** A job hangs that has not ended when its time is up. */
  watch(job: Job): void {
    const { clock } = this.world;
    if (job.hang !== null) clock.cancel(job.hang);
    const run = (): KernelTask<void> => this.recovery.hangs(job);
    job.hang = { label: `hang of ${job.name}`, expires: clock.now + HANG_JIFFIES, run };
    clock.arm(job.hang);
  }

  /** Work that has no fence: nobody waits for it, and it may take as long as it likes. */
  protected *submitWork(context: DeviceContext, work: Work): KernelTask<Submitted> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    if (context.isBanned) return -ECANCELED;
    yield this.queued;
    const job = new Job(context, work, null);
    job.isStatic = true; // it may run for longer than a program
    const flags = yield* this.lock.acquireIrqsave();
    this.touch();
    this.work.push(job);
    this.hardware.push(job);
    this.lock.releaseIrqrestore(flags);
    return null;
  }

  // Completion.

  place(job: Job): Unit | null {
    const units = this.unitsFor(job);
    if (job.context !== this.paging.copies) return this.remedy.place(job, units, this);
    return units.find(({ running }) => running === null) ?? null;
  }

  /** Units that a job can run on: copies have one of their own, if the device has that. */
  unitsFor(job: Job): readonly Unit[] {
    const { units } = this.hardware;
    const hasEngine = units.some(({ name }) => name === 'copy');
    const isCopy = job.context === this.paging.copies;
    if (isCopy && hasEngine) return units.filter(({ name }) => name === 'copy');
    const others = units.filter(({ name }) => name !== 'copy');
    return isCopy ? others : this.remedy.unitsFor(job, others);
  }

  *done(job: Job): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    yield* this.completeLocked(job, 0);
    this.hardware.kick();
    this.lock.releaseIrqrestore(flags);
    yield* this.retire(job);
  }

  *faulted(job: Job): KernelTask<void> {
    this.paging.request(job);
  }

  /** The job is over, and those who wait for it may go on. */
  *completeLocked(job: Job, error: number): KernelTask<void> {
    this.lock.assertHeld('a job ends');
    this.touch();
    this.hardware.drop(job);
    if (job.hang !== null) this.world.clock.cancel(job.hang);
    const list = job.fence === null ? this.work : this.jobs;
    const at = list.indexOf(job);
    if (at < 0) return;
    list.splice(at, 1);
    if (job.fence === null) this.account(job, error);
    else yield* this.signalLocked(job.fence, error);
  }

  private account({ context }: Job, error: number): void {
    if (error === 0) context.finished += 1;
    else context.killed += 1;
  }

  protected *signalLocked(fence: DmaFence, error: number): KernelTask<void> {
    const { fences, world } = this.stack;
    const cookie = fences.beginSignalling();
    // A note for whoever debugs; without memory it is not written.
    if (yield* world.memory.reserve('GFP_ATOMIC')) world.touch(this, 'notes', 'write', 'full');
    if (error !== 0) yield* fence.setError(error);
    yield* fence.signalLocked();
    fences.endSignalling(cookie);
  }

  /**
   * Ends what the hardware has done already, because somebody came by. Nothing depends on that: it
   * may take the lock of submissions, and is no signalling section.
   */
  *collect(): KernelTask<number> {
    yield* this.submitLock.acquire();
    const flags = yield* this.lock.acquireIrqsave();
    const done = this.jobs.filter(({ isDone }) => isDone);
    for (const job of done) yield* this.completeLocked(job, 0);
    this.hardware.kick();
    this.lock.releaseIrqrestore(flags);
    for (const job of done) yield* this.retire(job);
    this.submitLock.release();
    return done.length;
  }

  /** What is left of a job that is over. Not under the lock: it may be the last reference. */
  *retire(job: Job): KernelTask<void> {
    if (job.freedBy !== null) return;
    this.world.memory.free(job);
    if (job.fence !== null) yield* job.fence.put();
  }

  /** The driver goes away, if nobody needs it any more. */
  *unload(): KernelTask<number> {
    this.world.memory.reads(this, 'fences', 'full');
    if (this.isInUse()) return -EBUSY;
    this.isGone = true;
    this.world.memory.free(this);
    return 0;
  }

  protected isInUse(): boolean {
    return this.fences > 0 || this.jobs.length > 0;
  }

  touch(): void {
    this.world.memory.writes(this, 'jobs', 'full');
  }

  visitState(visit: StateVisitor): void {
    visit('jobs', this.jobs);
    visit('work', this.work);
    visit('isWedged', this.isWedged);
    visit('fences', this.fences);
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('submit_lock', this.submitLock.holder?.name ?? 'free');
  }
}
