import { CrtcCommits } from './drm/display/crtc-commits.ts';
import { CrtcDriver } from './drm/display/crtc-driver.ts';
import { ScreenDisplay } from './drm/display/screen-display.ts';
import { CopyDriver } from './drm/dma/copy-driver.ts';
import { DmaMover } from './drm/dma/dma-mover.ts';
import { FrameSync } from './drm/gpu/frame-sync.ts';
import { RelayDriver } from './drm/dma/relay-driver.ts';
import { GpuDriver } from './drm/gpu/gpu-driver.ts';
import { GpuRecovery } from './drm/gpu/gpu-recovery.ts';
import { GpuRing } from './drm/gpu/gpu-ring.ts';
import { GpuSubmits } from './drm/gpu/gpu-submits.ts';
import { ScheduledGpu } from './drm/gpu/scheduled-gpu.ts';
import { DmaEngineBus } from './hw/dma/dma-engine-bus.ts';
import { Peers } from './hw/dma/peers.ts';
import { DmaEngine } from './hw/dma/dma-engine.ts';
import { Crtc } from './hw/display/crtc.ts';
import { DisplayBus } from './hw/display/display-bus.ts';
import { Scanner } from './hw/display/scanner.ts';
import { Camera } from './hw/camera/camera.ts';
import { Codec } from './hw/codec/codec.ts';
import { VideoBus } from './hw/video-bus.ts';
import { CameraDriver } from './media/camera/camera-driver.ts';
import { CodecDriver } from './media/codec/codec-driver.ts';
import { CodecPictures } from './media/codec/codec-pictures.ts';
import { PlatformAllocator } from './media/platform-allocator.ts';
import { GpuBus } from './hw/gpu/gpu-bus.ts';
import { GpuExecution } from './hw/gpu/gpu-execution.ts';
import { Gpu } from './hw/gpu/gpu.ts';

/** The classes of simulated devices, and of the drivers right above them. */
export interface DeviceTypes {
  readonly Camera: typeof Camera;
  readonly CameraDriver: typeof CameraDriver;
  readonly Codec: typeof Codec;
  readonly CodecDriver: typeof CodecDriver;
  readonly CodecPictures: typeof CodecPictures;
  readonly Crtc: typeof Crtc;
  readonly CrtcCommits: typeof CrtcCommits;
  readonly CrtcDriver: typeof CrtcDriver;
  readonly DisplayBus: typeof DisplayBus;
  readonly DmaEngine: typeof DmaEngine;
  readonly DmaEngineBus: typeof DmaEngineBus;
  readonly CopyDriver: typeof CopyDriver;
  readonly DmaMover: typeof DmaMover;
  readonly FrameSync: typeof FrameSync;
  readonly Gpu: typeof Gpu;
  readonly GpuBus: typeof GpuBus;
  readonly GpuDriver: typeof GpuDriver;
  readonly GpuExecution: typeof GpuExecution;
  readonly GpuRecovery: typeof GpuRecovery;
  readonly GpuRing: typeof GpuRing;
  readonly GpuSubmits: typeof GpuSubmits;
  readonly Peers: typeof Peers;
  readonly PlatformAllocator: typeof PlatformAllocator;
  readonly RelayDriver: typeof RelayDriver;
  readonly Scanner: typeof Scanner;
  readonly ScheduledGpu: typeof ScheduledGpu;
  readonly ScreenDisplay: typeof ScreenDisplay;
  readonly VideoBus: typeof VideoBus;
}

/** Devices and drivers as they should be. */
export const INTACT_DEVICES: DeviceTypes = {
  Camera,
  CameraDriver,
  Codec,
  CodecDriver,
  CodecPictures,
  Crtc,
  CrtcCommits,
  CrtcDriver,
  DisplayBus,
  DmaEngine,
  DmaEngineBus,
  CopyDriver,
  DmaMover,
  FrameSync,
  Gpu,
  GpuBus,
  GpuDriver,
  GpuExecution,
  GpuRecovery,
  GpuRing,
  GpuSubmits,
  Peers,
  PlatformAllocator,
  RelayDriver,
  Scanner,
  ScheduledGpu,
  ScreenDisplay,
  VideoBus,
};
