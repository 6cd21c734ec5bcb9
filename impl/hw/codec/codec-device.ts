import { Device } from '../device.ts';
import type { Mmio } from '../mmio.ts';
import type { Platform } from '../platform.ts';
import type { VideoBus } from '../video-bus.ts';
import type { CodecOptions } from './codec-options.ts';
import type { Codec } from './codec.ts';

/** The classes that a codec is made of. */
export interface CodecTypes {
  readonly Codec: typeof Codec;
  readonly VideoBus: typeof VideoBus;
}

/** A codec, as it is put into a machine. */
export class CodecDevice {
  readonly device: Device;
  readonly codec: Codec;
  readonly bus: VideoBus;
  readonly mmio: Mmio;

  constructor(
    platform: Platform,
    types: CodecTypes,
    options: Partial<CodecOptions> = {},
    name: string = 'codec',
  ) {
    this.device = new Device(platform, { name });
    const asserts = (): boolean => this.codec.asserts;
    const interrupt = this.device.addInterrupt({ name, type: 'level', asserts });
    this.bus = new types.VideoBus(this.device, interrupt);
    this.codec = new types.Codec(platform.world, this.device.number, this.bus, options);
    this.bus.lane = this.codec.lane.lane;
    this.mmio = new platform.types.Mmio(this.device, this.codec);
  }

  /** It is pulled out. */
  unplug(): void {
    this.device.unplug();
    this.codec.unplug();
  }
}
