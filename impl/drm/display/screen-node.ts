import type { DisplayDevice } from '../../hw/display/display-device.ts';
import type { KernelTask } from '../../kernel/access.ts';
import type { Stack } from '../../stack.ts';
import { DrmDevice } from '../drm-device.ts';
import { type DrmDriver, VKMS } from '../drm-driver.ts';
import type { DisplayHardware } from '../kms/display-hardware.ts';
import type { ModeConfig } from '../kms/mode-config.ts';
import type { PlatformBuffers } from '../platform-buffers.ts';
import { ScreenDisplay } from './screen-display.ts';

/** The device file of a display controller with one screen of one plane, which waits to be told (`GO`). */
export class ScreenNode {
  readonly device: DrmDevice;
  private readonly stack: Stack;
  private readonly hardware: DisplayDevice;
  private readonly buffers: PlatformBuffers;

  constructor(stack: Stack, hardware: DisplayDevice, buffers: PlatformBuffers) {
    this.stack = stack;
    this.hardware = hardware;
    this.buffers = buffers;
    this.device = new DrmDevice(stack, this.driver);
  }

  private get driver(): DrmDriver {
    const { hardware, buffers } = this;
    return {
      ...VKMS,
      name: 'screen',
      display: {
        layout: { crtcs: 1, overlays: 0, hasWriteback: false, firstCrtc: 38 },
        make: (config) => this.make(config),
      },
      dmaDevice: hardware.device,
      initObject: (object) => buffers.init(object, hardware.device),
      freeObject: (object) => buffers.release(object),
    };
  }

  private make(config: ModeConfig): DisplayHardware {
    const { ScreenDisplay: Display } = this.stack.types.devices;
    return new Display(config, this.hardware, this.buffers);
  }

  *probe(): KernelTask<void> {
    const hardware = this.device.display?.hardware;
    if (hardware instanceof ScreenDisplay) yield* hardware.probe();
  }

  *remove(): KernelTask<void> {
    const hardware = this.device.display?.hardware;
    if (hardware instanceof ScreenDisplay) yield* hardware.remove();
  }
}
