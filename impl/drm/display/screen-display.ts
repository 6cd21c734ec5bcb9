import type { DisplayDevice } from '../../hw/display/display-device.ts';
import {
  CRTC_ENABLE,
  CRTC_FRAME_COUNT,
  CRTC_GO,
  CRTC_IRQ_ENABLE,
  CRTC_IRQ_VBLANK,
} from '../../hw/display/display-registers.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { JIFFY_NS } from '../../kernel/clock.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import { TASK_UNINTERRUPTIBLE } from '../../kernel/task-state.ts';
import type { Crtc, CrtcState } from '../kms/crtc.ts';
import type { DisplayHardware } from '../kms/display-hardware.ts';
import type { ModeConfig } from '../kms/mode-config.ts';
import type { PlaneState } from '../kms/plane.ts';
import type { VblankEvent } from '../kms/vblank-event.ts';
import type { PlatformBuffers } from '../platform-buffers.ts';
import { acknowledge, isShownSince, programPlane } from './scan-out.ts';

/** A display controller with one screen, under the common code for displays. */
export class ScreenDisplay extends KernelObject implements DisplayHardware {
  readonly hasVblank = true;
  readonly offersAsyncFlips = false;
  readonly waitsFor = 'flips';
  protected readonly config: ModeConfig;
  protected readonly hardware: DisplayDevice;
  protected readonly buffers: PlatformBuffers;
  /** To be sent when what was programmed is shown. Under the event lock. */
  protected readonly event: PlainWord<VblankEvent | null>;
  /** The event has a reference on vertical blanks. Under the event lock. */
  protected readonly counts: PlainWord<boolean>;
  /** Frames that had been counted when the event was armed. Under the event lock. */
  protected readonly askedAt: PlainWord<number>;
  /** Frames of which the common code has heard; only the interrupt looks. */
  protected readonly heard: PlainWord<number>;

  constructor(config: ModeConfig, hardware: DisplayDevice, buffers: PlatformBuffers) {
    super(config.world, 'screenDisplay');
    this.isStatic = true;
    this.config = config;
    this.hardware = hardware;
    this.buffers = buffers;
    this.event = new PlainWord<VblankEvent | null>(this, 'event', null);
    this.counts = new PlainWord<boolean>(this, 'counts', false);
    this.askedAt = new PlainWord<number>(this, 'askedAt', 0);
    this.heard = new PlainWord<number>(this, 'heard', 0, 'once');
  }

  *probe(): KernelTask<void> {
    yield* this.hardware.bus.interrupt.request(() => this.handle());
  }

  *remove(): KernelTask<void> {
    yield* this.hardware.bus.interrupt.release();
  }

  *enable(crtc: Crtc): KernelTask<void> {
    const { mmio } = this.hardware;
    yield* mmio.write(CRTC_IRQ_ENABLE, CRTC_IRQ_VBLANK);
    yield* mmio.write(CRTC_ENABLE, 1);
    yield* crtc.vblank?.on() ?? nothing();
  }

  /** It goes on to the end of its frame, and reads memory until then. @rule HW-DISP-011 @rule KMS-017 */
  *disable(crtc: Crtc): KernelTask<void> {
    yield* this.hardware.mmio.write(CRTC_ENABLE, 0);
    yield* this.awaitEnd();
    yield* crtc.vblank?.off() ?? nothing();
    yield* this.tell(true);
  }

  protected *awaitEnd(): KernelTask<void> {
    const { sleeper } = this.world.current;
    yield* sleeper.setState(TASK_UNINTERRUPTIBLE);
    yield* sleeper.scheduleTimeout(1 + Math.ceil(this.hardware.crtc.periodNs / JIFFY_NS));
  }

  *begin(): KernelTask<void> {}

  *updatePlane({ plane, fb }: PlaneState): KernelTask<void> {
    const [object] = fb.get()?.objects ?? [];
    const memory = object === undefined ? null : this.buffers.of(object);
    yield* programPlane(this.hardware.mmio, plane.index, memory?.address ?? null);
  }

  /** The interrupt sees the event and the registers, or neither. @rule KMS-015 @rule HW-DISP-006 */
  *flush(crtc: Crtc, state: CrtcState): KernelTask<void> {
    const { eventLock } = this.config;
    const { mmio } = this.hardware;
    const event = state.event.get();
    yield* eventLock.acquireIrq();
    if (state.active.get()) yield* this.arm(crtc, event);
    else if (event !== null) yield* this.send(crtc, event);
    state.event.set(null);
    yield* mmio.write(CRTC_GO, 1);
    eventLock.releaseIrq();
  }

  protected *arm({ vblank }: Crtc, event: VblankEvent | null): KernelTask<void> {
    if (event === null) return;
    this.counts.set(vblank !== null && (yield* vblank.get()) === 0);
    this.askedAt.set(yield* this.hardware.mmio.read(CRTC_FRAME_COUNT));
    this.event.set(event);
  }

  /** An interrupt is a hint: the screen is asked what it has done. @rule HW-DISP-009 @rule HW-DISP-010 */
  *handle(): KernelTask<void> {
    const { mmio } = this.hardware;
    yield* acknowledge(mmio);
    const frames = yield* mmio.read(CRTC_FRAME_COUNT);
    if (!this.isNews(frames)) return;
    this.heard.set(frames);
    const [crtc] = this.config.crtcs;
    yield* crtc?.vblank?.handle() ?? nothing();
    yield* this.tell(false);
  }

  protected isNews(frames: number): boolean {
    return this.heard.get() !== frames;
  }

  /** Sends the event, if its picture is there, or if the screen is off. */
  protected *tell(isOff: boolean): KernelTask<void> {
    const { eventLock, crtcs } = this.config;
    const flags = yield* eventLock.acquireIrqsave();
    const event = this.event.get();
    const isDue = event !== null && (isOff || (yield* this.isShown()));
    if (isDue) {
      this.event.set(null);
      if (this.counts.get()) yield* crtcs[0]?.vblank?.put() ?? nothing();
      yield* this.send(event.crtc, event);
    }
    eventLock.releaseIrqrestore(flags);
  }

  protected *send({ vblank }: Crtc, event: VblankEvent): KernelTask<void> {
    event.sequence.set(vblank?.count.get() ?? 0);
    yield* this.config.events.sendLocked(event, this.world.clock.nanoseconds);
  }

  protected *isShown(): KernelTask<boolean> {
    return yield* isShownSince(this.hardware.mmio, this.askedAt.get());
  }

  /** Interrupts come as long as the screen is on. */
  enableVblank(): void {}

  disableVblank(): void {}

  visitState(visit: StateVisitor): void {
    visit('event', this.event.value);
    visit('counts', this.counts.value);
    visit('askedAt', this.askedAt.value);
    visit('heard', this.heard.value);
  }
}

function* nothing(): KernelTask<void> {}
