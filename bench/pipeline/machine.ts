import { CameraDevice } from '../../impl/hw/camera/camera-device.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import type { CameraDriver } from '../../impl/media/camera/camera-driver.ts';
import type { Stack } from '../../impl/stack.ts';
import { CardBench, type Screen } from '../../properties/programs/card-bench.ts';

/** A machine with a camera, a graphics card and a screen, as the rules define them by default. */
export class Machine {
  readonly card: CardBench;
  readonly camera: CameraDriver;

  constructor(stack: Stack) {
    this.card = new CardBench(stack, {
      timeoutJiffies: 2000,
      fallbackJiffies: 500,
      interruptNs: 1000,
      isDoorbellSure: true,
    });
    const { devices } = stack.types;
    const hardware = new CameraDevice(this.card.platform, devices);
    this.camera = new devices.CameraDriver(stack, hardware);
  }

  /** All drivers look for their devices. */
  *probe(): KernelTask<Screen> {
    yield* this.camera.probe();
    yield* this.card.probe();
    return yield* this.card.addScreen({});
  }

  *remove(): KernelTask<void> {
    yield* this.camera.remove();
    yield* this.card.remove();
  }
}
