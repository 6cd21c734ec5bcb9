import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { FenceOps } from '../../dma-buf/fence-ops.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { JIFFY_NS, type Timer } from '../../kernel/clock.ts';
import { EBUSY, ENOMEM } from '../../kernel/errno.ts';
import { Mutex } from '../../kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainList } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import type { CpuMapping } from '../../hw/cpu-mapping.ts';
import type { DmaMapping } from '../../hw/dma-mapping.ts';
import { FENCE_FLUSH, FENCE_INTERRUPT, type GpuCommand } from '../../hw/gpu/gpu-commands.ts';
import type { GpuDevice } from '../../hw/gpu/gpu-device.ts';
import {
  GPU_IRQ_ENABLE,
  GPU_IRQ_FAULT,
  GPU_IRQ_FENCE,
  GPU_IRQ_STATUS,
  GPU_RING_BASE,
  GPU_SEQ_ADDR,
} from '../../hw/gpu/gpu-registers.ts';
import { PAGE_BYTES } from '../../hw/platform-options.ts';
import { wordOf, wordToken } from '../../hw/words.ts';
import type { Stack } from '../../stack.ts';
import { GpuJob, isReached } from './gpu-job.ts';
import type { GpuRecovery } from './gpu-recovery.ts';
import type { GpuRing } from './gpu-ring.ts';

/** Who owns the pages of the driver. */
const KERNEL_OWNER = 1;

export interface GpuDriverOptions {
  /** How long a job may take. Unit: jiffies; `Infinity`: as long as it wants. */
  readonly timeoutJiffies: number;
  /** So often somebody looks for numbers of which no interrupt has told. Unit: jiffies. */
  readonly fallbackJiffies: number;
  /** The number before the first one. */
  readonly seq: number;
}

export const GPU_DRIVER_DEFAULTS: GpuDriverOptions = {
  timeoutJiffies: 2000,
  fallbackJiffies: 500,
  seq: 0,
};

/** Memory that driver and engine share. */
interface Shared {
  readonly cpu: CpuMapping;
  readonly dma: DmaMapping;
}

/**
 * A driver of a graphics engine with one ring: it puts jobs on the ring, and signals their fences when
 * the engine has written their numbers.
 */
export class GpuDriver extends KernelObject implements FenceOps {
  readonly stack: Stack;
  readonly hardware: GpuDevice;
  readonly options: GpuDriverOptions;
  /** Of the list of jobs, and of all fences. */
  readonly lock: SpinLock;
  /** One submission at a time, and none while the engine is reset. */
  readonly submitLock: Mutex;
  /** Jobs that are not done, in the order of the ring. Under `lock`. */
  readonly jobs: PlainList<GpuJob>;
  readonly recovery: GpuRecovery;
  /** The last number that was given. Under `submitLock`. */
  lastSeq: number;
  private context = 0;
  private parts: { readonly ring: GpuRing; readonly numbers: Shared } | null = null;
  private readonly fallback: Timer;
  private isFallbackArmed = false;

  constructor(stack: Stack, hardware: GpuDevice, options: Partial<GpuDriverOptions> = {}) {
    super(stack.world, 'gpuDriver');
    this.isStatic = true;
    this.stack = stack;
    this.hardware = hardware;
    this.options = { ...GPU_DRIVER_DEFAULTS, ...options };
    this.lastSeq = this.options.seq;
    this.lock = new SpinLock(this, 'lock', '&ring->fence_lock');
    this.submitLock = new Mutex(this, 'submitLock', '&ring->submit_lock');
    this.jobs = new PlainList<GpuJob>(this, 'jobs');
    this.recovery = new stack.types.devices.GpuRecovery(this);
    this.fallback = { label: 'gpu fallback', expires: 0, run: () => this.lookAgain() };
  }

  get ring(): GpuRing {
    return this.made.ring;
  }

  private get made(): { readonly ring: GpuRing; readonly numbers: Shared } {
    return this.parts ?? this.world.fault('bug', 'the driver has no ring', this);
  }

  /** 0 or -ENOMEM. */
  *probe(): KernelTask<number> {
    const { hardware, stack } = this;
    const slots = yield* this.share('cached');
    const numbers = yield* this.share('uncached');
    if (slots === null || numbers === null) return -ENOMEM;
    const ring = new stack.types.devices.GpuRing(hardware, slots.cpu, slots.dma);
    this.parts = { ring, numbers };
    this.context = yield* stack.fences.contextAlloc(1);
    hardware.gpu.powerOn();
    yield* numbers.cpu.write(0, wordToken(this.lastSeq));
    yield* hardware.bus.interrupt.request(() => this.handle());
    yield* this.configure();
    return 0;
  }

  /** What the engine has to know; it forgets it without power. */
  *configure(): KernelTask<void> {
    const { mmio } = this.hardware;
    yield* mmio.write(GPU_RING_BASE, this.ring.mapping.iova * PAGE_BYTES);
    yield* mmio.write(GPU_SEQ_ADDR, this.seqAddress);
    yield* mmio.write(GPU_IRQ_ENABLE, GPU_IRQ_FENCE | GPU_IRQ_FAULT);
  }

  get seqAddress(): number {
    return this.made.numbers.dma.iova * PAGE_BYTES;
  }

  private *share(attribute: 'cached' | 'uncached'): KernelTask<Shared | null> {
    const { platform } = this.hardware.device;
    const request = { zone: 'system', count: 1, owner: KERNEL_OWNER } as const;
    const pages = yield* platform.pages.allocate(request);
    if (typeof pages === 'number') return null;
    const dma = yield* platform.mapper.map(this.hardware.device, pages, 'bidirectional');
    if (typeof dma === 'number') {
      yield* platform.pages.release(pages);
      return null;
    }
    return { dma, cpu: new platform.types.CpuMapping(platform, pages, attribute) };
  }

  /** Nothing of the driver is left; all jobs are over. */
  *remove(): KernelTask<void> {
    const { hardware, parts, world } = this;
    if (parts === null) return;
    yield* hardware.bus.interrupt.release();
    hardware.gpu.powerOff();
    const { platform } = hardware.device;
    const { ring, numbers } = parts;
    this.parts = null;
    for (const { cpu, dma } of [{ cpu: ring.slots, dma: ring.mapping }, numbers]) {
      const { pages } = cpu;
      cpu.unmap();
      yield* platform.mapper.unmap(dma, () => platform.pages.release(pages));
    }
    world.memory.writes(this, 'parts', 'once');
  }

  /** Puts commands on the ring. Returns a fence that the caller has a reference on, or an error. */
  *submit(commands: readonly GpuCommand[]): KernelTask<DmaFence | number> {
    yield* this.submitLock.acquire();
    const result = yield* this.submitLocked(commands);
    this.submitLock.release();
    return result;
  }

  private *submitLocked(commands: readonly GpuCommand[]): KernelTask<DmaFence | number> {
    if (!(yield* this.ring.reserve(commands.length + 1))) return -EBUSY;
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    return yield* this.emitLocked(commands);
  }

  /** For the kernel's own work: its error, when it is over. */
  *run(commands: readonly GpuCommand[]): KernelTask<number> {
    const fence = yield* this.submit(commands);
    return typeof fence === 'number' ? fence : yield* this.finish(fence);
  }

  /** Who waits has a reference until it does not look at the fence any more. */
  protected *finish(fence: DmaFence): KernelTask<number> {
    yield* fence.wait(false);
    const error = yield* fence.error.read();
    yield* fence.put();
    return error;
  }

  /**
   * The same for who has the memory of the fence already, and may not ask for any: what others wait
   * for depends on it. @rule SCHED-033
   */
  *emit(commands: readonly GpuCommand[]): KernelTask<DmaFence | number> {
    yield* this.submitLock.acquire();
    const hasRoom = yield* this.ring.reserve(commands.length + 1);
    const result = hasRoom ? yield* this.emitLocked(commands) : -EBUSY;
    this.submitLock.release();
    return result;
  }

  private *emitLocked(commands: readonly GpuCommand[]): KernelTask<DmaFence> {
    const seq = (this.lastSeq + 1) >>> 0;
    const { DmaFence: Fence } = this.stack.types;
    const fence = new Fence(this.stack, this, this.lock, this.context, BigInt(seq));
    yield* fence.get(); // for the list
    this.lastSeq = seq;
    this.tell(fence, seq);
    yield* this.begin(new GpuJob(this.world, seq, fence));
    yield* this.ring.emit([...commands, this.fenceCommand(seq)]);
    return fence;
  }

  /** Whoever keeps the books of the machine learns what the fence stands for. */
  private tell(fence: DmaFence, seq: number): void {
    const { device, gpu } = this.hardware;
    const { timeoutJiffies, fallbackJiffies } = this.options;
    const limits = {
      timeoutNs: timeoutJiffies * JIFFY_NS,
      fallbackNs: fallbackJiffies * JIFFY_NS,
      resetNs: gpu.times.resetNs,
    };
    const number = { value: seq, address: this.seqAddress };
    device.platform.ledger?.submitted({ fence, device, seq: number, copy: null, limits });
  }

  protected fenceCommand(seq: number): GpuCommand {
    return { op: 'FENCE', at: this.seqAddress, seq, flags: FENCE_FLUSH | FENCE_INTERRUPT };
  }

  /** No interrupt is taken from here on. */
  *quiet(): KernelTask<void> {
    yield* this.hardware.bus.interrupt.mask();
  }

  /** Interrupts are taken again; one that was wanted meanwhile may be lost. @rule HW-IRQ-003 */
  *listen(): KernelTask<void> {
    yield* this.hardware.bus.interrupt.unmask();
    yield* this.catchUp();
  }

  protected *catchUp(): KernelTask<void> {
    yield* this.process();
  }

  /** The engine is not given what `mapping` says any more, once it does not use it. */
  *unmap(mapping: DmaMapping, released: () => KernelTask<void>): KernelTask<void> {
    yield* this.awaitUsers();
    yield* this.hardware.device.platform.mapper.unmap(mapping, released);
  }

  /** Every job that could use a mapping is over. */
  protected *awaitUsers(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    const last = this.jobs.at(-1)?.fence ?? null;
    if (last !== null) yield* last.get();
    this.lock.releaseIrqrestore(flags);
    if (last === null) return;
    yield* last.wait(false);
    yield* last.put();
  }

  /** The job is there for whoever signals before the engine hears of it. */
  private *begin(job: GpuJob): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    this.jobs.push(job);
    this.armFallback();
    this.lock.releaseIrqrestore(flags);
    this.recovery.arm();
  }

  /**
   * The interrupt: it is acknowledged first, and the acknowledgement has landed before the number is
   * read, so that whatever comes later brings another interrupt. @rule HW-GPU-007
   */
  *handle(): KernelTask<void> {
    const { mmio } = this.hardware;
    const status = yield* mmio.read(GPU_IRQ_STATUS);
    if (status !== 0) yield* this.acknowledge(status);
    yield* this.process();
    if ((status & GPU_IRQ_FAULT) !== 0) this.recovery.hurry();
  }

  protected *acknowledge(status: number): KernelTask<void> {
    const { mmio } = this.hardware;
    yield* mmio.write(GPU_IRQ_STATUS, status);
    yield* mmio.read(GPU_IRQ_STATUS);
  }

  /** Signals all fences up to the number in memory, whoever asks for that. @rule HW-GPU-008 */
  *process(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    const seq = yield* this.readSeq();
    const done = this.jobs.filter((job) => this.isDone(job, seq));
    for (const job of done) {
      this.jobs.remove(job);
      yield* job.fence.signalLocked();
    }
    this.lock.releaseIrqrestore(flags);
    yield* this.retire(done);
  }

  protected isDone(job: GpuJob, written: number): boolean {
    return isReached(job.seq, written);
  }

  *retire(done: readonly GpuJob[]): KernelTask<void> {
    for (const job of done) {
      yield* job.fence.put();
      this.world.memory.free(job);
    }
    if (done.length > 0) this.recovery.arm();
  }

  /** The number in memory; the engine has written it. */
  *readSeq(): KernelTask<number> {
    return wordOf(yield* this.made.numbers.cpu.read(0));
  }

  /** What is written counts as done from now on. */
  *writeSeq(seq: number): KernelTask<void> {
    yield* this.made.numbers.cpu.write(0, wordToken(seq));
  }

  /** An interrupt may be lost. @rule HW-GPU-009 */
  protected armFallback(): void {
    if (this.isFallbackArmed || this.options.fallbackJiffies === Infinity) return;
    const { clock } = this.world;
    this.isFallbackArmed = true;
    clock.arm({ ...this.fallback, expires: clock.now + this.options.fallbackJiffies });
  }

  private *lookAgain(): KernelTask<void> {
    yield* this.process();
    const flags = yield* this.lock.acquireIrqsave();
    this.isFallbackArmed = false;
    if (!this.jobs.isEmpty()) this.armFallback();
    this.lock.releaseIrqrestore(flags);
  }

  /** Asked with or without the lock: it looks at the number. @rule HW-GPU-009 */
  *signaled(fence: DmaFence): KernelTask<boolean> {
    return isReached(Number(fence.seqno), yield* this.readSeq());
  }

  getDriverName(): string {
    return 'gpu';
  }

  getTimelineName(): string {
    return 'ring';
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('submitLock', this.submitLock.holder?.name ?? 'free');
    visit('jobs', this.jobs.value);
    visit('lastSeq', this.lastSeq);
    visit('fallback', this.isFallbackArmed);
    this.recovery.visitState(visit);
  }
}
