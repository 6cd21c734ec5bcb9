import { Device } from '../device.ts';
import type { Mmio } from '../mmio.ts';
import { LINE_BYTES } from '../platform-options.ts';
import type { Platform } from '../platform.ts';
import type { VideoBus } from '../video-bus.ts';
import type { CameraOptions } from './camera-options.ts';
import type { Camera } from './camera.ts';

/** The classes that a camera is made of. */
export interface CameraTypes {
  readonly Camera: typeof Camera;
  readonly VideoBus: typeof VideoBus;
}

/** A camera, as it is put into a machine. */
export class CameraDevice {
  readonly device: Device;
  readonly camera: Camera;
  readonly bus: VideoBus;
  readonly mmio: Mmio;

  constructor(
    platform: Platform,
    types: CameraTypes,
    options: Partial<CameraOptions> = {},
    name: string = 'camera',
  ) {
    this.device = new Device(platform, { name });
    const asserts = (): boolean => this.camera.asserts;
    const interrupt = this.device.addInterrupt({ name, type: 'level', asserts });
    this.bus = new types.VideoBus(this.device, interrupt);
    this.camera = new types.Camera(platform.world, this.device.number, this.bus, options);
    this.bus.lane = this.camera.lane.lane;
    this.mmio = new platform.types.Mmio(this.device, this.camera);
  }

  /** Unit: bytes. */
  get frameBytes(): number {
    const { lines, lineTokens } = this.camera.options;
    return lines * lineTokens * LINE_BYTES;
  }

  /** It is pulled out. */
  unplug(): void {
    this.device.unplug();
    this.camera.unplug();
  }
}
