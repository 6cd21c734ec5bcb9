import { Device } from '../device.ts';
import type { Mmio } from '../mmio.ts';
import type { Platform } from '../platform.ts';
import type { CrtcOptions } from './crtc-options.ts';
import type { Crtc } from './crtc.ts';
import type { DisplayBus } from './display-bus.ts';
import type { Scanner } from './scanner.ts';

/** The classes that a display controller is made of. */
export interface DisplayTypes {
  readonly Crtc: typeof Crtc;
  readonly DisplayBus: typeof DisplayBus;
  readonly Scanner: typeof Scanner;
}

/** A display controller with one screen, as it is put into a machine. */
export class DisplayDevice {
  readonly device: Device;
  readonly crtc: Crtc;
  readonly bus: DisplayBus;
  readonly mmio: Mmio;

  constructor(
    platform: Platform,
    types: DisplayTypes,
    options: Partial<CrtcOptions> = {},
    name: string = 'display',
  ) {
    this.device = new Device(platform, { name });
    const asserts = (): boolean => this.crtc.asserts;
    const interrupt = this.device.addInterrupt({ name, type: 'level', asserts });
    this.bus = new types.DisplayBus(this.device, interrupt);
    this.crtc = new types.Crtc(platform.world, this.device.number, this.bus, {
      options,
      Scanner: types.Scanner,
    });
    this.bus.lane = this.crtc.lane.lane;
    this.mmio = new platform.types.Mmio(this.device, this.crtc);
  }

  /** It is pulled out. */
  unplug(): void {
    this.device.unplug();
    this.crtc.unplug();
  }
}
