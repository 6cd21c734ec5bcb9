import { DrmDevice } from '../../impl/drm/drm-device.ts';
import { VKMS } from '../../impl/drm/drm-driver.ts';
import type { Crtc } from '../../impl/drm/kms/crtc.ts';
import type { DisplayLayout } from '../../impl/drm/kms/display-hardware.ts';
import type { TickSource } from '../../impl/drm/kms/tick-source.ts';
import { VKMS_LAYOUT, type VkmsDisplay } from '../../impl/drm/kms/vkms-display.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { PlainWord } from '../../impl/kernel/plain.ts';
import type { Stack } from '../../impl/stack.ts';

/** Vertical blanks come when a program says so, as long as somebody wants them. */
export class ManualTicks extends KernelObject implements TickSource {
  readonly isOn: PlainWord<boolean>;
  private tick: (() => KernelTask<void>) | null = null;

  constructor(crtc: Crtc) {
    super(crtc.world, 'manualTicks');
    this.isStatic = true;
    this.isOn = new PlainWord<boolean>(this, 'on', false, 'full');
  }

  start(_periodJiffies: number, tick: () => KernelTask<void>): void {
    this.tick = tick;
    this.isOn.set(true);
  }

  stop(): void {
    this.isOn.set(false);
  }

  /** False when nobody wants interrupts. */
  *fire(): KernelTask<boolean> {
    if (!this.isOn.get() || this.tick === null) return false;
    yield* this.tick();
    return true;
  }

  visitState(visit: StateVisitor): void {
    visit('on', this.isOn.value);
  }
}

/** How a display differs from that of the driver. */
export interface ManualOptions extends Partial<DisplayLayout> {
  readonly offersAsyncFlips?: boolean;
  readonly waitsFor?: 'vblanks' | 'flips';
}

/** A virtual display whose vertical blanks a program makes. */
export class ManualDisplay {
  readonly device: DrmDevice;
  /** One for each CRTC that was lit at some time. */
  readonly ticks: ManualTicks[] = [];

  constructor(
    stack: Stack,
    { offersAsyncFlips = false, waitsFor = 'flips', ...layout }: ManualOptions = {},
  ) {
    this.device = new DrmDevice(stack, {
      ...VKMS,
      display: {
        layout: { ...VKMS_LAYOUT, ...layout },
        make: (config) => {
          const ticksOf = (crtc: Crtc): ManualTicks => {
            const ticks = new ManualTicks(crtc);
            this.ticks[crtc.index] = ticks;
            return ticks;
          };
          const display: VkmsDisplay = new stack.types.VkmsDisplay(config, ticksOf);
          return Object.assign(display, { offersAsyncFlips, waitsFor });
        },
      },
    });
  }

  visitState(visit: StateVisitor): void {
    visit('device', this.device);
    visit('ticks', [...this.ticks]);
  }
}
