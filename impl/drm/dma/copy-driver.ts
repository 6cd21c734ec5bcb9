import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { FenceOps } from '../../dma-buf/fence-ops.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { JIFFY_NS, type Timer } from '../../kernel/clock.ts';
import { ECANCELED, EIO, ENODEV, ENOENT, ENOMEM, ETIME } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainList } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import type { DmaEngineDevice } from '../../hw/dma/dma-engine-device.ts';
import {
  DMA_CTRL,
  DMA_CTRL_IRQ,
  DMA_CTRL_START,
  DMA_DST,
  DMA_LINES,
  DMA_RESET,
  DMA_SRC,
  DMA_STATUS,
  DMA_STATUS_CONFIG,
  DMA_STATUS_DONE,
  DMA_STATUS_ERROR,
  DMA_STATUS_IDLE,
} from '../../hw/dma/dma-registers.ts';
import { ALL_ONES } from '../../hw/mmio.ts';
import { LINE_BYTES } from '../../hw/platform-options.ts';
import type { Stack } from '../../stack.ts';

/** Looks at an engine that has its last steps to do, before it is taken for broken. */
const LOOKS_MAX = 16;
/** What the status reads as when the engine is not there any more. */
const GONE: number = -1;

/** A copy that was asked for. */
export class CopyJob extends KernelObject {
  readonly fence: DmaFence;
  readonly from: number;
  readonly to: number;
  readonly lines: number;

  constructor(fence: DmaFence, copy: { from: number; to: number; lines: number }) {
    super(fence.world, 'copyJob');
    this.fence = fence;
    this.from = copy.from;
    this.to = copy.to;
    this.lines = copy.lines;
  }

  visitState(visit: StateVisitor): void {
    visit('fence', this.fence);
  }
}

/** A driver of a copying engine: it gives it one job at a time, and keeps the others in a queue. */
export class CopyDriver extends KernelObject implements FenceOps {
  readonly stack: Stack;
  readonly hardware: DmaEngineDevice;
  readonly timeoutJiffies: number;
  readonly lock: SpinLock;
  /** The first one is on the engine. Under `lock`. */
  readonly jobs: PlainList<CopyJob>;
  private context = 0;
  private count = 0n;
  private timer: Timer | null = null;
  /** The engine was not there when somebody looked. Under `lock`. */
  private isAbsent = false;

  constructor(stack: Stack, hardware: DmaEngineDevice, timeoutJiffies: number) {
    super(stack.world, 'copyDriver');
    this.isStatic = true;
    this.stack = stack;
    this.hardware = hardware;
    this.timeoutJiffies = timeoutJiffies;
    this.lock = new SpinLock(this, 'lock', '&chan->lock');
    this.jobs = new PlainList<CopyJob>(this, 'jobs');
  }

  *probe(): KernelTask<void> {
    this.context = yield* this.stack.fences.contextAlloc(1);
    yield* this.hardware.bus.interrupt.request(() => this.handle());
  }

  *remove(): KernelTask<void> {
    yield* this.hardware.bus.interrupt.release();
  }

  /** The fence of a copy, on which the caller has a reference. */
  *copy(copy: { from: number; to: number; lines: number }): KernelTask<DmaFence | number> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    return yield* this.emit(copy);
  }

  /** The same for who has the memory of the fence already, and may not ask for any. @rule SCHED-033 */
  *emit(copy: { from: number; to: number; lines: number }): KernelTask<DmaFence> {
    this.count += 1n;
    const { DmaFence: Fence } = this.stack.types;
    const fence = new Fence(this.stack, this, this.lock, this.context, this.count);
    yield* fence.get(); // for the list
    const job = new CopyJob(fence, copy);
    const flags = yield* this.lock.acquireIrqsave();
    this.tell(fence, copy);
    this.jobs.push(job);
    const ended = this.isTurnOf(job) ? yield* this.begin(job) : [];
    this.lock.releaseIrqrestore(flags);
    yield* this.drop(ended);
    return fence;
  }

  /** Whoever keeps the books of the machine learns what the fence stands for. */
  private tell(fence: DmaFence, copy: { from: number; to: number; lines: number }): void {
    const { device } = this.hardware;
    const timeoutNs = this.timeoutJiffies * JIFFY_NS;
    const limits = { timeoutNs, fallbackNs: Infinity, resetNs: 0 };
    device.platform.ledger?.submitted({ fence, device, seq: null, copy, limits });
  }

  /** The engine has no other job. */
  protected isTurnOf(job: CopyJob): boolean {
    return this.jobs.isFirst(job);
  }

  /** An engine that is gone ends all jobs. */
  private *begin(job: CopyJob): KernelTask<CopyJob[]> {
    yield* this.start(job);
    return this.isAbsent ? yield* this.abandon() : [];
  }

  /** Only an idle engine takes a job; one that does not come to rest is made to. @rule HW-DMA-004 */
  protected *start(job: CopyJob): KernelTask<void> {
    const { mmio } = this.hardware;
    if (!(yield* this.awaitIdle())) yield* this.halt();
    yield* mmio.write(DMA_SRC, job.from);
    yield* mmio.write(DMA_DST, this.targetOf(job));
    yield* mmio.write(DMA_LINES, job.lines);
    yield* mmio.write(DMA_CTRL, DMA_CTRL_START | DMA_CTRL_IRQ);
    this.arm();
  }

  /** Where the engine puts the lines of a job. */
  protected targetOf({ to }: CopyJob): number {
    return to;
  }

  /** False: it is still at the end of the job before, and would take no other. */
  protected *awaitIdle(): KernelTask<boolean> {
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      const status = yield* this.status();
      if (status === DMA_STATUS_IDLE || status === GONE) return true;
    }
    return false;
  }

  protected *status(): KernelTask<number> {
    const status = this.codeOf(yield* this.hardware.mmio.read(DMA_STATUS));
    this.isAbsent ||= status === GONE;
    return status;
  }

  /** Who is not there answers with ones, which are no status. @rule HW-MEM-008 */
  protected codeOf(status: number): number {
    return status === ALL_ONES ? GONE : status & ~DMA_STATUS_CONFIG;
  }

  /** Nobody will do these jobs. @rule HW-MEM-008 */
  private *abandon(): KernelTask<CopyJob[]> {
    this.disarm();
    const abandoned = this.jobs.copy();
    for (const job of abandoned) yield* this.end(job, -ENODEV);
    return [...abandoned];
  }

  private arm(): void {
    const { clock } = this.world;
    if (this.timer !== null) clock.cancel(this.timer);
    this.timer = null;
    if (this.timeoutJiffies === Infinity) return;
    const expires = clock.now + this.timeoutJiffies;
    this.timer = { label: 'copy timeout', expires, run: () => this.timedOut() };
    clock.arm(this.timer);
  }

  private disarm(): void {
    if (this.timer !== null) this.world.clock.cancel(this.timer);
    this.timer = null;
  }

  *handle(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    const ended = yield* this.take();
    this.lock.releaseIrqrestore(flags);
    yield* this.drop(ended);
  }

  /** Ends the job that is done or has failed, and starts the next one. */
  protected *take(): KernelTask<CopyJob[]> {
    const { mmio } = this.hardware;
    const status = yield* this.status();
    if (status === GONE) return yield* this.abandon();
    const job = this.jobs.at(0);
    if (job === null || (status !== DMA_STATUS_DONE && status !== DMA_STATUS_ERROR)) return [];
    yield* mmio.write(DMA_STATUS, 0);
    this.disarm();
    const error = this.errorOf(status);
    if (error === 0) yield* this.flush(job);
    yield* this.end(job, error);
    const next = this.jobs.at(0);
    if (next !== null) yield* this.start(next);
    return [job];
  }

  /** Writes to memory of another device may still be on their way: a read comes behind them. @rule HW-DMA-008 */
  protected *flush({ to, lines }: CopyJob): KernelTask<void> {
    const { bus } = this.hardware;
    if (!bus.waitsForPeers) yield* bus.readBack(to + Math.max(lines - 1, 0) * LINE_BYTES);
  }

  /** @rule HW-DMA-005 */
  protected errorOf(status: number): number {
    return status === DMA_STATUS_ERROR ? -EIO : 0;
  }

  protected *end(job: CopyJob, error: number): KernelTask<void> {
    this.jobs.remove(job);
    if (error !== 0) yield* job.fence.setError(error);
    yield* job.fence.signalLocked();
  }

  private *drop(ended: readonly CopyJob[]): KernelTask<void> {
    for (const job of ended) {
      yield* job.fence.put();
      this.world.memory.free(job);
    }
  }

  /** A job that takes too long fails, and those behind it with it. @rule HW-DMA-006 */
  protected *timedOut(): KernelTask<void> {
    this.timer = null;
    const flags = yield* this.lock.acquireIrqsave();
    const ended = yield* this.take();
    if (ended.length === 0) {
      yield* this.halt();
      for (const [index, job] of this.failing().entries()) {
        yield* this.end(job, index === 0 ? -ETIME : -ECANCELED);
        ended.push(job);
      }
    }
    this.lock.releaseIrqrestore(flags);
    yield* this.drop(ended);
  }

  /** Takes a copy back; -ENOENT when it is over, also if nobody has been told of that. @rule E2E-009 */
  *cancel(fence: DmaFence): KernelTask<number> {
    const flags = yield* this.lock.acquireIrqsave();
    const ended = yield* this.take();
    const job = this.jobs.find((known) => known.fence === fence);
    if (job !== null) {
      const isCurrent = this.jobs.isFirst(job);
      yield* this.quiesce(job);
      yield* this.end(job, -ECANCELED);
      ended.push(job);
      const next = this.jobs.at(0);
      if (isCurrent && next !== null) yield* this.start(next);
    }
    this.lock.releaseIrqrestore(flags);
    yield* this.drop(ended);
    return job === null ? -ENOENT : 0;
  }

  /** Nothing more of this copy reaches memory. */
  protected *quiesce(job: CopyJob): KernelTask<void> {
    if (!this.jobs.isFirst(job)) return;
    this.disarm();
    yield* this.halt();
  }

  /** The reset has come through when this is over: before that, lines of the job may still arrive. */
  protected *halt(): KernelTask<void> {
    yield* this.hardware.mmio.write(DMA_RESET, 1);
    yield* this.awaitIdle();
  }

  protected failing(): CopyJob[] {
    return this.jobs.copy();
  }

  getDriverName(): string {
    return 'dma';
  }

  getTimelineName(): string {
    return 'copies';
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('jobs', this.jobs.value);
    visit('timer', this.timer?.expires ?? 0);
    visit('isAbsent', this.isAbsent);
  }
}
