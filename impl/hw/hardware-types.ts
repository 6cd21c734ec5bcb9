import { BounceMapping } from './bounce-mapping.ts';
import { CpuAccess } from './cpu-access.ts';
import { CpuCache } from './cpu-cache.ts';
import { CpuMapping } from './cpu-mapping.ts';
import { IovaSpace } from './iova-space.ts';
import { DeviceLane } from './device-lane.ts';
import { KernelTimer } from '../kernel/kernel-timer.ts';
import { DeviceCache } from './device-cache.ts';
import { DmaMapper } from './dma-mapper.ts';
import { DmaPort } from './dma-port.ts';
import { InterruptController } from './interrupt-controller.ts';
import { InterruptLine } from './interrupt-line.ts';
import { IommuDomain } from './iommu-domain.ts';
import { Iommu } from './iommu.ts';
import { Mmio } from './mmio.ts';
import { PageAllocator } from './page-allocator.ts';
import { PhysicalMemory } from './physical-memory.ts';
import { WritePath } from './write-path.ts';

/** The classes that simulated hardware is built from, and those of the software closest to it. */
export interface HardwareTypes {
  readonly BounceMapping: typeof BounceMapping;
  readonly CpuAccess: typeof CpuAccess;
  readonly CpuCache: typeof CpuCache;
  readonly CpuMapping: typeof CpuMapping;
  readonly DeviceCache: typeof DeviceCache;
  readonly DeviceLane: typeof DeviceLane;
  readonly DmaMapper: typeof DmaMapper;
  readonly DmaPort: typeof DmaPort;
  readonly InterruptController: typeof InterruptController;
  readonly InterruptLine: typeof InterruptLine;
  readonly Iommu: typeof Iommu;
  readonly IommuDomain: typeof IommuDomain;
  readonly IovaSpace: typeof IovaSpace;
  readonly KernelTimer: typeof KernelTimer;
  readonly Mmio: typeof Mmio;
  readonly PageAllocator: typeof PageAllocator;
  readonly PhysicalMemory: typeof PhysicalMemory;
  readonly WritePath: typeof WritePath;
}

/** Hardware as it should be. */
export const INTACT_HARDWARE: HardwareTypes = {
  BounceMapping,
  CpuAccess,
  CpuCache,
  CpuMapping,
  DeviceCache,
  DeviceLane,
  DmaMapper,
  DmaPort,
  InterruptController,
  InterruptLine,
  Iommu,
  IommuDomain,
  IovaSpace,
  KernelTimer,
  Mmio,
  PageAllocator,
  PhysicalMemory,
  WritePath,
};
