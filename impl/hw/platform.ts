import type { HardwareLedger, WatchedHardware } from '../kernel/hardware-ledger.ts';
import type { World } from '../kernel/world.ts';
import type { MoveBudget } from './cache-whim.ts';
import type { CpuCache } from './cpu-cache.ts';
import type { Device } from './device.ts';
import type { DmaMapper } from './dma-mapper.ts';
import { type HardwareTypes, INTACT_HARDWARE } from './hardware-types.ts';
import type { InterruptController } from './interrupt-controller.ts';
import type { Iommu } from './iommu.ts';
import { Oracle } from './oracle.ts';
import type { PageAllocator } from './page-allocator.ts';
import type { PhysicalMemory } from './physical-memory.ts';
import { PLATFORM_DEFAULTS, type PlatformOptions } from './platform-options.ts';

/**
 * The hardware of one world: memory, caches, IOMMU, interrupt controller, and the devices that are
 * put into it. A world without hardware has none and pays nothing. To be made at set-up.
 */
export class Platform implements WatchedHardware {
  readonly world: World;
  readonly options: PlatformOptions;
  readonly types: HardwareTypes;
  readonly oracle: Oracle;
  readonly memory: PhysicalMemory;
  readonly pages: PageAllocator;
  readonly cpuCache: CpuCache;
  /** How often caches may still do something by themselves. */
  readonly cacheMoves: MoveBudget;
  readonly interrupts: InterruptController;
  readonly iommu: Iommu;
  readonly mapper: DmaMapper;
  readonly devices: Device[] = [];
  /** Who keeps the books of this run; null: nobody. */
  ledger: HardwareLedger | null = null;

  constructor(
    world: World,
    options: Partial<PlatformOptions> = {},
    types: HardwareTypes = INTACT_HARDWARE,
  ) {
    this.world = world;
    this.options = { ...PLATFORM_DEFAULTS, ...options };
    this.types = types;
    this.cacheMoves = { left: this.options.caches === 'moves' ? this.options.cacheMovesMax : 0 };
    this.oracle = new Oracle(world);
    this.memory = new types.PhysicalMemory(this);
    this.pages = new types.PageAllocator(this);
    this.cpuCache = new types.CpuCache(this);
    this.interrupts = new types.InterruptController(this);
    this.iommu = new types.Iommu(this);
    this.mapper = new types.DmaMapper(this);
    world.hardwareMade(this);
  }

  /** Its parts are objects of the world, and show themselves. */
  visitState(): void {
    // Which parts there are does not change.
  }

  /** One more device; returns its number. */
  register(device: Device): number {
    return this.devices.push(device);
  }
}
