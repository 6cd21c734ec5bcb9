import type { CodecDevice } from '../../hw/codec/codec-device.ts';
import {
  CODEC_DONE,
  CODEC_DST,
  CODEC_ERROR,
  CODEC_IRQ_STATUS,
  CODEC_PAGES,
  CODEC_PICTURE,
  CODEC_REFERENCES_MAX,
  CODEC_RESET,
  CODEC_SRC,
  CODEC_START,
  CODEC_STATUS,
  referenceRegister,
} from '../../hw/codec/codec-registers.ts';
import { PAGE_BYTES } from '../../hw/platform-options.ts';
import type { KernelTask } from '../../kernel/access.ts';
import type { Timer } from '../../kernel/clock.ts';
import { EINVAL } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainList, PlainWord } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import type { Stack } from '../../stack.ts';
import { addressOf, storageOf } from '../platform-allocator.ts';
import type { Vb2Buffer } from '../vb2-buffer.ts';
import type { Vb2Ops, Vb2Setup } from '../vb2-ops.ts';
import type { Vb2Completion, Vb2Queue } from '../vb2-queue.ts';
import { VideoDevice } from '../video-device.ts';
import { V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_BUF_TYPE_VIDEO_OUTPUT } from '../video-uapi.ts';
import { CodecJob } from './codec-job.ts';
import type { CodecPictures, CodecStream } from './codec-pictures.ts';

/** What a driver of a codec may be made with. */
export interface CodecDriverOptions extends CodecStream {
  /** Of a frame. */
  readonly pages: number;
  /** So long a job may take; Infinity: for ever. */
  readonly watchdogJiffies: number;
}

/** One second. */
const WATCHDOG_JIFFIES = 1000;
export const CODEC_DRIVER_DEFAULTS: CodecDriverOptions = {
  pages: 4,
  references: 1,
  reorderDepth: 0,
  watchdogJiffies: WATCHDOG_JIFFIES,
};

/** A driver of a codec: what one queue has is made into pictures for the other one. */
export class CodecDriver extends KernelObject implements Vb2Ops {
  readonly stack: Stack;
  readonly hardware: CodecDevice;
  readonly options: CodecDriverOptions;
  readonly video: VideoDevice;
  readonly lock: SpinLock;
  /** In the order in which they are to be decoded. Under `lock`. */
  readonly sources: PlainList<Vb2Buffer>;
  readonly pictures: CodecPictures;
  /** What the codec is at. Under `lock`. */
  readonly job: PlainWord<CodecJob | null>;
  /** No more sources come: the last picture is to be marked. Under `lock`. */
  readonly isDraining: PlainWord<boolean>;
  private timer: Timer | null = null;

  constructor(stack: Stack, hardware: CodecDevice, options: Partial<CodecDriverOptions> = {}) {
    super(stack.world, 'codecDriver');
    this.isStatic = true;
    this.stack = stack;
    this.hardware = hardware;
    this.options = { ...CODEC_DRIVER_DEFAULTS, ...options };
    this.lock = new SpinLock(this, 'lock', '&ctx->lock');
    this.sources = new PlainList<Vb2Buffer>(this, 'sources');
    const { CodecPictures: Pictures, PlatformAllocator } = stack.types.devices;
    this.pictures = new Pictures(stack.world, this.options, this.lock);
    this.job = new PlainWord<CodecJob | null>(this, 'job', null);
    this.isDraining = new PlainWord<boolean>(this, 'isDraining', false);
    const memOps = new PlatformAllocator(stack);
    const queue = { ops: this, memOps, queuedMin: 1, allocatedMin: 1 };
    this.video = new VideoDevice(stack, 'codec', [
      { ...queue, type: V4L2_BUF_TYPE_VIDEO_OUTPUT },
      // Pictures are read again, because others refer to them.
      { ...queue, type: V4L2_BUF_TYPE_VIDEO_CAPTURE, isBidirectional: true },
    ]);
  }

  *probe(): KernelTask<void> {
    yield* this.hardware.bus.interrupt.request(() => this.handle());
  }

  *remove(): KernelTask<void> {
    this.disarm();
    yield* this.hardware.bus.interrupt.release();
  }

  /** The codec was pulled out: nothing comes back from it. */
  *disconnect(): KernelTask<void> {
    yield* this.video.unplug();
    for (const queue of this.video.queues) {
      yield* this.giveBack(queue);
      yield* queue.fail();
    }
  }

  *queueSetup(queue: Vb2Queue, count: number): KernelTask<Vb2Setup | number> {
    const { pages, references, reorderDepth } = this.options;
    const atLeast = queue.isOutput ? 1 : 1 + references + reorderDepth;
    return {
      count: Math.max(count, atLeast),
      planeSizes: [pages * PAGE_BYTES],
      devices: [this.hardware.device],
    };
  }

  /** Nobody reads and writes the same lines. @rule HW-CODEC-005 */
  *bufPrepare(buffer: Vb2Buffer): KernelTask<number> {
    return this.isOnOtherSide(buffer) ? -EINVAL : 0;
  }

  protected isOnOtherSide(buffer: Vb2Buffer): boolean {
    const storage = storagesOf(buffer);
    const others = this.video.queues.filter((queue) => queue !== buffer.queue);
    return others.some((queue) =>
      queue.queued.copy().some((other) => storagesOf(other).some((one) => storage.includes(one))),
    );
  }

  *bufQueue(buffer: Vb2Buffer): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    if (buffer.queue.isOutput) this.sources.push(buffer);
    else this.pictures.empty.push(buffer);
    yield* this.goOn();
    this.lock.releaseIrqrestore(flags);
  }

  *startStreaming(): KernelTask<number> {
    return 0;
  }

  /** The codec is at rest before anybody else may have the memory. @rule VB2-011 */
  *stopStreaming(queue: Vb2Queue): KernelTask<void> {
    yield* this.giveBack(queue);
    yield* this.hardware.bus.interrupt.synchronize();
  }

  private *giveBack(queue: Vb2Queue): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    yield* this.breakOff();
    const buffers = queue.isOutput ? this.sources.takeAll() : this.pictures.forget();
    this.isDraining.set(false);
    for (const buffer of buffers) yield* buffer.queue.complete(buffer, 'error');
    this.lock.releaseIrqrestore(flags);
  }

  /** What the codec is at is nobody's; both buffers are where they were. */
  protected *breakOff(): KernelTask<void> {
    const job = this.job.get();
    if (job === null) return;
    yield* this.reset();
    this.sources.unshift(job.source);
    this.pictures.empty.unshift(job.picture);
    this.endJob(job);
  }

  private endJob(job: CodecJob): void {
    this.disarm();
    this.job.set(null);
    this.world.memory.free(job);
  }

  /** Returns when the codec is at rest, and nothing of it will land. */
  protected *reset(): KernelTask<void> {
    const { mmio } = this.hardware;
    yield* mmio.write(CODEC_RESET, 1);
    yield* mmio.read(CODEC_STATUS);
  }

  /** User space has no more sources. @kernel V4L2_DEC_CMD_STOP @rule HW-CODEC-003 */
  *stopDecoder(): KernelTask<number> {
    const flags = yield* this.lock.acquireIrqsave();
    this.isDraining.set(true);
    yield* this.goOn();
    this.lock.releaseIrqrestore(flags);
    return 0;
  }

  /** Starts the next job, or ends the stream. */
  protected *goOn(): KernelTask<void> {
    if (!this.job.isNull()) return;
    const source = this.sources.at(0);
    if (source === null) {
      if (this.isDraining.get()) yield* this.endStream();
      return;
    }
    const picture = this.pictures.takeEmpty();
    if (picture === null) return;
    this.sources.remove(source);
    yield* this.start(new CodecJob(source, picture));
  }

  /** The last picture says so; without one, a buffer without picture does. @rule HW-CODEC-003 */
  protected *endStream(): KernelTask<void> {
    if ((yield* this.pictures.giveOut(true)) === 0) {
      const buffer = this.pictures.takeEmpty();
      if (buffer === null) return; // the next buffer will say it
      buffer.isLast.set(true);
      for (const { bytesUsed } of buffer.planes) bytesUsed.set(0);
      yield* buffer.queue.complete(buffer, 'done');
    }
    this.isDraining.set(false);
  }

  protected *start(job: CodecJob): KernelTask<void> {
    const { mmio } = this.hardware;
    this.job.set(job);
    yield* mmio.write(CODEC_SRC, placeOf(job.source));
    yield* mmio.write(CODEC_DST, placeOf(job.picture));
    const references = this.pictures.references.copy();
    for (let index = 0; index < this.referencesMax; index += 1) {
      const reference = references[index];
      yield* mmio.write(referenceRegister(index), reference === undefined ? 0 : placeOf(reference));
    }
    yield* mmio.write(CODEC_PAGES, this.options.pages);
    yield* mmio.write(CODEC_START, 1);
    this.arm();
  }

  private get referencesMax(): number {
    return Math.min(this.options.references, CODEC_REFERENCES_MAX);
  }

  private arm(): void {
    const { clock } = this.world;
    const { watchdogJiffies } = this.options;
    if (watchdogJiffies === Infinity) return;
    const expires = clock.now + watchdogJiffies;
    this.timer = { label: 'codec watchdog', expires, run: () => this.timedOut() };
    clock.arm(this.timer);
  }

  private disarm(): void {
    if (this.timer !== null) this.world.clock.cancel(this.timer);
    this.timer = null;
  }

  /** An interrupt is a hint: what has happened is asked of the codec. */
  *handle(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    if (yield* this.finish()) yield* this.goOn();
    this.lock.releaseIrqrestore(flags);
  }

  /** Ends the job that is done or has failed. False: there is none. */
  private *finish(): KernelTask<boolean> {
    const { mmio } = this.hardware;
    const job = this.job.get();
    const status = yield* mmio.read(CODEC_STATUS);
    if (job === null || (status !== CODEC_DONE && status !== CODEC_ERROR)) return false;
    yield* mmio.write(CODEC_IRQ_STATUS, 1);
    // Behind this the interrupt does not stand any more.
    const number = yield* mmio.read(CODEC_PICTURE);
    yield* this.end(job, this.resultOf(status), number);
    return true;
  }

  /** @rule HW-CODEC-004 */
  protected resultOf(status: number): Vb2Completion {
    return status === CODEC_ERROR ? 'error' : 'done';
  }

  /** Nobody refers to a picture that has failed. */
  protected *end(job: CodecJob, how: Vb2Completion, number: number): KernelTask<void> {
    const { source, picture } = job;
    this.endJob(job);
    yield* source.queue.complete(source, how);
    if (how === 'done') {
      this.pictures.add(picture, number);
      yield* this.pictures.giveOut(false);
    } else {
      yield* picture.queue.complete(picture, how);
    }
  }

  /** A job that takes too long fails, and the codec is reset. @rule HW-CODEC-004 */
  protected *timedOut(): KernelTask<void> {
    this.timer = null;
    const flags = yield* this.lock.acquireIrqsave();
    const isFinished = yield* this.finish();
    const job = this.job.get();
    if (!isFinished && job !== null) {
      yield* this.reset();
      yield* this.end(job, 'error', 0);
    }
    yield* this.goOn();
    this.lock.releaseIrqrestore(flags);
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('sources', this.sources.value);
    visit('job', this.job.value);
    visit('isDraining', this.isDraining.value);
    visit('timer', this.timer?.expires ?? 0);
  }
}

function placeOf({ planes: [plane] }: Vb2Buffer): number {
  return plane === undefined ? 0 : addressOf(plane);
}

function storagesOf({ planes }: Vb2Buffer): readonly unknown[] {
  return planes.map(storageOf).filter((storage) => storage !== null);
}
