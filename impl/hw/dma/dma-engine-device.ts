import { Device } from '../device.ts';
import type { Mmio } from '../mmio.ts';
import type { Platform } from '../platform.ts';
import type { DmaEngineBus } from './dma-engine-bus.ts';
import type { DmaEngine } from './dma-engine.ts';

/** The classes that a copying engine is made of. */
export interface DmaEngineTypes {
  readonly DmaEngine: typeof DmaEngine;
  readonly DmaEngineBus: typeof DmaEngineBus;
}

/** A copying engine, as it is put into a machine. */
export class DmaEngineDevice {
  readonly device: Device;
  readonly engine: DmaEngine;
  readonly bus: DmaEngineBus;
  readonly mmio: Mmio;

  /** `lines`: edges of one line for data and one for the end, or a level for both. */
  constructor(
    platform: Platform,
    types: DmaEngineTypes,
    { name = 'dma', lines = 1 }: { readonly name?: string; readonly lines?: 1 | 2 } = {},
  ) {
    this.device = new Device(platform, { name });
    const asserts = (): boolean => this.engine.asserts;
    const type = lines === 1 ? 'level' : 'edge';
    const interrupt = this.device.addInterrupt({ name, type, asserts });
    const end =
      lines === 1 ? null : this.device.addInterrupt({ name: `${name}/end`, type: 'edge' });
    this.bus = new types.DmaEngineBus(this.device, interrupt, end);
    this.engine = new types.DmaEngine(platform.world, this.device.number, this.bus);
    this.bus.lane = this.engine.lane.lane;
    this.mmio = new platform.types.Mmio(this.device, this.engine);
  }

  /** It is pulled out. */
  unplug(): void {
    this.device.unplug();
    this.engine.unplug();
  }
}
