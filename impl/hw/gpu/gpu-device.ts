import { Device } from '../device.ts';
import type { Mmio } from '../mmio.ts';
import type { Platform } from '../platform.ts';
import type { GpuBus } from './gpu-bus.ts';
import type { GpuExecution } from './gpu-execution.ts';
import { GPU_DOORBELL } from './gpu-registers.ts';
import { GpuSpaces } from './gpu-spaces.ts';
import { type Gpu, GPU_TIMES, type GpuTimes } from './gpu.ts';

export interface GpuOptions {
  readonly name?: string;
  readonly isCoherent?: boolean;
  readonly times?: GpuTimes;
  /** What its interrupt line is like. Default: a level. */
  readonly interrupt?: 'edge' | 'level';
  /** Nature loses no doorbell. Default: it may. */
  readonly isDoorbellSure?: boolean;
}

/** The classes that a graphics device is made of. */
export interface GpuTypes {
  readonly Gpu: typeof Gpu;
  readonly GpuBus: typeof GpuBus;
  readonly GpuExecution: typeof GpuExecution;
}

/** A graphics device as it is put into a machine: engine, registers, memory of its own. */
export class GpuDevice {
  readonly device: Device;
  readonly gpu: Gpu;
  readonly bus: GpuBus;
  readonly mmio: Mmio;
  readonly spaces: GpuSpaces;

  constructor(platform: Platform, types: GpuTypes, options: GpuOptions = {}) {
    const { name = 'gpu', isCoherent = false, times = GPU_TIMES } = options;
    this.device = new Device(platform, { name, isCoherent, hasVram: true });
    this.spaces = new GpuSpaces(platform.world);
    const interrupt = this.device.addInterrupt({
      name,
      type: options.interrupt ?? 'level',
      asserts: () => this.gpu.asserts,
    });
    const cache = new platform.types.DeviceCache(this.device);
    this.bus = new types.GpuBus(this.device, { cache, spaces: this.spaces, interrupt });
    this.gpu = new types.Gpu(platform.world, this.device.number, this.bus, {
      times,
      Execution: types.GpuExecution,
    });
    this.bus.lane = this.gpu.lane.lane;
    this.mmio = new platform.types.Mmio(
      this.device,
      this.gpu,
      options.isDoorbellSure === true ? [] : [GPU_DOORBELL],
    );
  }

  /** It is pulled out. */
  unplug(): void {
    this.device.unplug();
    this.gpu.unplug();
  }
}
