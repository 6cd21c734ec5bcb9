import { CrtcCommits } from './drm/display/crtc-commits.ts';
import { CrtcDriver } from './drm/display/crtc-driver.ts';
import { CopyDriver } from './drm/dma/copy-driver.ts';
import { FrameSync } from './drm/gpu/frame-sync.ts';
import { RelayDriver } from './drm/dma/relay-driver.ts';
import { GpuDriver } from './drm/gpu/gpu-driver.ts';
import { GpuRecovery } from './drm/gpu/gpu-recovery.ts';
import { GpuRing } from './drm/gpu/gpu-ring.ts';
import { DmaEngineBus } from './hw/dma/dma-engine-bus.ts';
import { Peers } from './hw/dma/peers.ts';
import { DmaEngine } from './hw/dma/dma-engine.ts';
import { Crtc } from './hw/display/crtc.ts';
import { DisplayBus } from './hw/display/display-bus.ts';
import { Scanner } from './hw/display/scanner.ts';
import { GpuBus } from './hw/gpu/gpu-bus.ts';
import { GpuExecution } from './hw/gpu/gpu-execution.ts';
import { Gpu } from './hw/gpu/gpu.ts';

/** The classes of simulated devices, and of the drivers right above them. */
export interface DeviceTypes {
  readonly Crtc: typeof Crtc;
  readonly CrtcCommits: typeof CrtcCommits;
  readonly CrtcDriver: typeof CrtcDriver;
  readonly DisplayBus: typeof DisplayBus;
  readonly DmaEngine: typeof DmaEngine;
  readonly DmaEngineBus: typeof DmaEngineBus;
  readonly CopyDriver: typeof CopyDriver;
  readonly FrameSync: typeof FrameSync;
  readonly Gpu: typeof Gpu;
  readonly GpuBus: typeof GpuBus;
  readonly GpuDriver: typeof GpuDriver;
  readonly GpuExecution: typeof GpuExecution;
  readonly GpuRecovery: typeof GpuRecovery;
  readonly GpuRing: typeof GpuRing;
  readonly Peers: typeof Peers;
  readonly RelayDriver: typeof RelayDriver;
  readonly Scanner: typeof Scanner;
}

/** Devices and drivers as they should be. */
export const INTACT_DEVICES: DeviceTypes = {
  Crtc,
  CrtcCommits,
  CrtcDriver,
  DisplayBus,
  DmaEngine,
  DmaEngineBus,
  CopyDriver,
  FrameSync,
  Gpu,
  GpuBus,
  GpuDriver,
  GpuExecution,
  GpuRecovery,
  GpuRing,
  Peers,
  RelayDriver,
  Scanner,
};
