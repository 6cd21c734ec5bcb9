import type { CameraDevice } from '../../hw/camera/camera-device.ts';
import {
  CAM_ABORT,
  CAM_CTRL,
  CAM_DONE_ADDR,
  CAM_IRQ_DONE,
  CAM_IRQ_ENABLE,
  CAM_IRQ_FAULT,
  CAM_IRQ_STATUS,
  CAM_NEXT_ADDR,
  CAM_QUEUE_LEVEL,
  CAM_QUEUE_MAX,
  CAM_READ_BACK,
  CAM_SEQ,
  CAM_STREAM,
} from '../../hw/camera/camera-registers.ts';
import { ALL_ONES } from '../../hw/mmio.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { ENODEV } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainList } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import type { Stack } from '../../stack.ts';
import { addressOf } from '../platform-allocator.ts';
import type { Vb2Buffer } from '../vb2-buffer.ts';
import type { Vb2Ops, Vb2Setup } from '../vb2-ops.ts';
import type { Vb2Completion, Vb2Queue } from '../vb2-queue.ts';
import { VideoDevice } from '../video-device.ts';
import { V4L2_BUF_TYPE_VIDEO_CAPTURE } from '../video-uapi.ts';

/** Looks at something that takes a moment, before it is taken for broken. */
const LOOKS_MAX = 16;

/** What the camera says of the last frame that it has finished. */
interface Report {
  readonly address: number;
  readonly sequence: number;
  /** The bus has failed, for this frame or one before that nobody has asked about. */
  readonly hasFailed: boolean;
}

/** A driver of a camera: frames go into the buffers of a video queue. */
export class CameraDriver extends KernelObject implements Vb2Ops {
  readonly stack: Stack;
  readonly hardware: CameraDevice;
  readonly video: VideoDevice;
  readonly lock: SpinLock;
  /** Buffers that the hardware has no place for yet. Under `lock`. */
  readonly waiting: PlainList<Vb2Buffer>;
  /** Those that it was given, in this order. Under `lock`. */
  readonly given: PlainList<Vb2Buffer>;

  constructor(stack: Stack, hardware: CameraDevice) {
    super(stack.world, 'cameraDriver');
    this.isStatic = true;
    this.stack = stack;
    this.hardware = hardware;
    this.lock = new SpinLock(this, 'lock', '&cam->slock');
    this.waiting = new PlainList<Vb2Buffer>(this, 'waiting');
    this.given = new PlainList<Vb2Buffer>(this, 'given');
    this.video = new VideoDevice(stack, 'camera', [
      {
        type: V4L2_BUF_TYPE_VIDEO_CAPTURE,
        ops: this,
        memOps: new stack.types.devices.PlatformAllocator(stack),
        queuedMin: 1,
        allocatedMin: 2,
      },
    ]);
  }

  *probe(): KernelTask<void> {
    yield* this.hardware.bus.interrupt.request(() => this.handle());
  }

  *remove(): KernelTask<void> {
    yield* this.hardware.bus.interrupt.release();
  }

  /** The camera was pulled out: nothing comes back from it. */
  *disconnect(): KernelTask<void> {
    yield* this.video.unplug();
    yield* this.giveUp();
  }

  *queueSetup(_queue: Vb2Queue, count: number): KernelTask<Vb2Setup | number> {
    const { device, frameBytes } = this.hardware;
    return { count, planeSizes: [frameBytes], devices: [device] };
  }

  *bufQueue(buffer: Vb2Buffer): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    this.waiting.push(buffer);
    yield* this.feed();
    this.lock.releaseIrqrestore(flags);
  }

  /** Gives the hardware as many buffers as it has places for. @rule HW-CAM-008 */
  protected *feed(): KernelTask<void> {
    const { mmio } = this.hardware;
    for (let buffer = this.waiting.at(0); buffer !== null; buffer = this.waiting.at(0)) {
      const level = yield* mmio.read(CAM_QUEUE_LEVEL);
      if (level >= CAM_QUEUE_MAX) return;
      if (level === 0 && !this.given.isEmpty()) yield* this.catchUp();
      this.waiting.remove(buffer);
      this.given.push(buffer);
      yield* mmio.write(CAM_NEXT_ADDR, this.placeOf(buffer));
    }
  }

  /**
   * Frames may have been dropped before one that has its place only now, so that numbers before it
   * do not follow from its own: what is done is asked about first. @rule HW-CAM-004
   */
  protected *catchUp(): KernelTask<void> {
    const report = yield* this.ask();
    if (report !== null) yield* this.finish(report);
  }

  /** There is a place again. @rule HW-CAM-008 */
  protected *feedMore(): KernelTask<void> {
    yield* this.feed();
  }

  private placeOf({ planes: [plane] }: Vb2Buffer): number {
    return plane === undefined ? 0 : addressOf(plane);
  }

  *startStreaming(): KernelTask<number> {
    const { mmio } = this.hardware;
    yield* mmio.write(CAM_IRQ_ENABLE, CAM_IRQ_DONE);
    yield* mmio.write(CAM_CTRL, CAM_STREAM);
    if ((yield* mmio.read(CAM_CTRL)) !== ALL_ONES) return 0;
    yield* this.giveBack('queued');
    return -ENODEV;
  }

  /** The engine is off before anybody else may have the memory. @rule HW-CAM-006 */
  *stopStreaming(): KernelTask<void> {
    const { mmio, bus } = this.hardware;
    yield* mmio.write(CAM_IRQ_ENABLE, 0);
    yield* mmio.write(CAM_CTRL, CAM_ABORT);
    yield* this.awaitOff();
    yield* mmio.write(CAM_IRQ_STATUS, ALL_ONES);
    yield* bus.interrupt.synchronize();
    yield* this.giveBack('error');
  }

  protected *awaitOff(): KernelTask<void> {
    const { mmio } = this.hardware;
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      const state = yield* mmio.read(CAM_CTRL);
      if (state === 0 || state === ALL_ONES) return;
    }
  }

  /** Every buffer, whoever has it. @rule VB2-011 */
  protected *giveBack(how: Vb2Completion): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    for (const buffer of [...this.given.takeAll(), ...this.waiting.takeAll()]) {
      yield* buffer.queue.complete(buffer, how);
    }
    this.lock.releaseIrqrestore(flags);
  }

  private *giveUp(): KernelTask<void> {
    yield* this.giveBack('error');
    for (const queue of this.video.queues) yield* queue.fail();
  }

  /** An interrupt is a hint: what has happened is asked of the camera. */
  *handle(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    const report = yield* this.ask();
    if (report !== null) {
      yield* this.finish(report);
      yield* this.feedMore();
    }
    this.lock.releaseIrqrestore(flags);
  }

  /**
   * Takes note first, and looks then: a frame that ends meanwhile is seen at the second look, so that
   * address and number are of one frame. What is noted of one may be of the next; whether that has
   * failed, only a further look tells. @rule HW-CAM-004
   */
  protected *ask(): KernelTask<Report | null> {
    const { mmio } = this.hardware;
    let last: Omit<Report, 'hasFailed'> | null = null;
    let hasFailed = false;
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      const status = yield* mmio.read(CAM_IRQ_STATUS);
      if (status === ALL_ONES || (status & (CAM_IRQ_DONE | CAM_IRQ_FAULT)) === 0) break;
      hasFailed ||= this.tellsOfFault(status);
      yield* mmio.write(CAM_IRQ_STATUS, status);
      if ((status & CAM_IRQ_DONE) === 0) continue;
      const address = yield* mmio.read(CAM_DONE_ADDR);
      const sequence = yield* mmio.read(CAM_SEQ);
      last = { address, sequence };
    }
    if (last === null) return null;
    const { address, sequence } = last;
    return { address, sequence, hasFailed };
  }

  /** @rule HW-CAM-007 */
  protected tellsOfFault(status: number): boolean {
    return (status & CAM_IRQ_FAULT) !== 0;
  }

  /** Frames are numbered backwards from the one that the camera speaks of. @rule HW-CAM-004 */
  protected *finish({ address, sequence, hasFailed }: Report): KernelTask<void> {
    const buffers = this.finishedAt(address);
    if (buffers.length === 0) return;
    const isGood = !hasFailed && (yield* this.hasSettled());
    for (const [index, buffer] of buffers.entries()) {
      this.given.remove(buffer);
      buffer.sequence.set(sequence - (buffers.length - 1 - index));
      for (const { bytesUsed, minLength } of buffer.planes) bytesUsed.set(minLength);
      yield* buffer.queue.complete(buffer, isGood ? 'done' : 'error');
    }
  }

  /** Those before it are done too: nobody has told, because the handler came late. @rule HW-CAM-004 */
  protected finishedAt(address: number): Vb2Buffer[] {
    const given = this.given.copy();
    return given.slice(0, given.findIndex((buffer) => this.placeOf(buffer) === address) + 1);
  }

  /** All that the camera has written can be read back. @rule HW-CAM-005 */
  protected *hasSettled(): KernelTask<boolean> {
    const { mmio } = this.hardware;
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      if ((yield* mmio.read(CAM_READ_BACK)) === 0) return true;
    }
    return false;
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('waiting', this.waiting.value);
    visit('given', this.given.value);
  }
}
