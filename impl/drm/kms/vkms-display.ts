import type { KernelTask } from '../../kernel/access.ts';
import type { AtomicState } from './atomic-state.ts';
import type { Connector } from './connector.ts';
import type { Crtc, CrtcState } from './crtc.ts';
import type { DisplayDriver, DisplayHardware, DisplayLayout } from './display-hardware.ts';
import type { ModeConfig } from './mode-config.ts';
import type { PlaneState } from './plane.ts';
import { ClockTicks, type TickSource } from './tick-source.ts';
import type { VblankEvent } from './vblank-event.ts';
import type { VkmsOutput } from './vkms-output.ts';
import type { WritebackJob } from './writeback-job.ts';

/** A display without hardware: a timer is its vertical blank, and a worker makes its pictures. */
export class VkmsDisplay implements DisplayHardware {
  readonly hasVblank = true;
  readonly offersAsyncFlips: boolean = false;
  readonly waitsFor: DisplayHardware['waitsFor'] = 'flips';
  protected readonly config: ModeConfig;
  private readonly ticksOf: (place: Crtc) => TickSource;
  private readonly outputs: VkmsOutput[] = [];

  constructor(config: ModeConfig, ticksOf: (place: Crtc) => TickSource) {
    this.config = config;
    this.ticksOf = ticksOf;
  }

  /** Made with the first look at it, which is when the device is made. */
  output(crtc: Crtc): VkmsOutput {
    const known = this.outputs[crtc.index];
    if (known !== undefined) return known;
    const output = new this.config.types.VkmsOutput(crtc, this.ticksOf(crtc));
    this.outputs[crtc.index] = output;
    return output;
  }

  /** A picture is made of everything that is on its CRTC. @kernel vkms_crtc_atomic_check */
  *check(state: AtomicState, crtc: CrtcState): KernelTask<number> {
    return yield* state.addPlanesOf(crtc);
  }

  /** @kernel vkms_crtc_atomic_enable */
  *enable(crtc: Crtc): KernelTask<void> {
    yield* crtc.vblank?.on() ?? nothing();
  }

  /** @kernel vkms_crtc_atomic_disable */
  *disable(crtc: Crtc): KernelTask<void> {
    yield* crtc.vblank?.off() ?? nothing();
    yield* this.output(crtc).abandon();
  }

  /** No tick gets between this and the flush. @kernel vkms_crtc_atomic_begin @rule KMS-022 */
  *begin(crtc: Crtc): KernelTask<void> {
    const output = this.output(crtc);
    yield* output.lock.acquireIrq();
    output.staged.takeAll();
  }

  /** @kernel vkms_plane_atomic_update */
  *updatePlane(state: PlaneState): KernelTask<void> {
    const crtc = state.crtc.get();
    const fb = state.fb.get();
    if (crtc !== null && fb !== null) this.output(crtc).staged.push(fb);
  }

  /** @kernel vkms_crtc_atomic_flush @rule KMS-015 @rule KMS-022 */
  *flush(crtc: Crtc, state: CrtcState): KernelTask<void> {
    const output = this.output(crtc);
    const event = state.event.get();
    if (event !== null) yield* this.armOrSend(crtc, event);
    state.event.set(null);
    output.shown.takeAll();
    for (const fb of output.staged.takeAll()) output.shown.push(fb);
    output.lock.releaseIrq();
  }

  /** What is off has no vertical blank: the event is sent at once. */
  protected *armOrSend(crtc: Crtc, event: VblankEvent): KernelTask<void> {
    const { config, vblank } = crtc;
    if (vblank === null) return;
    yield* config.eventLock.acquire();
    if ((yield* vblank.get()) === 0) vblank.arm(event);
    else yield* config.events.sendLocked(event, this.config.world.clock.nanoseconds);
    config.eventLock.release();
  }

  /** The job waits in its queue for the next picture. @kernel vkms_wb_atomic_commit */
  *capture(connector: Connector, crtc: Crtc, job: WritebackJob): KernelTask<void> {
    yield* connector.writeback?.queue(job) ?? nothing();
    yield* this.output(crtc).capture(connector);
  }

  *drain(crtc: Crtc): KernelTask<void> {
    yield* this.output(crtc).drain();
  }

  enableVblank(crtc: Crtc): void {
    const output = this.output(crtc);
    output.ticks.start(crtc.state.get().mode.get(), () => output.tick());
  }

  disableVblank(crtc: Crtc): void {
    this.output(crtc).ticks.stop();
  }
}

/** As the driver makes it unless it is told otherwise. */
export const VKMS_LAYOUT: DisplayLayout = {
  crtcs: 1,
  overlays: 0,
  hasWriteback: true,
  firstCrtc: 38,
};

export const VKMS_DISPLAY: DisplayDriver = {
  layout: VKMS_LAYOUT,
  make: (config) => new config.types.VkmsDisplay(config, (crtc) => new ClockTicks(crtc)),
};

function* nothing(): KernelTask<void> {}
