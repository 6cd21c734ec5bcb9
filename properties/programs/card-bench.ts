import type { GpuDriver } from '../../impl/drm/gpu/gpu-driver.ts';
import { GpuNode } from '../../impl/drm/gpu/gpu-node.ts';
import { PlatformBuffers } from '../../impl/drm/platform-buffers.ts';
import type { GemObject } from '../../impl/drm/gem-object.ts';
import { GpuDevice } from '../../impl/hw/gpu/gpu-device.ts';
import { Platform } from '../../impl/hw/platform.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import type { Stack } from '../../impl/stack.ts';

/** What a machine with a graphics card is like. */
export interface CardOptions {
  /** How long a job may take. Unit: jiffies. */
  readonly timeoutJiffies: number;
  /** So often the driver looks by itself. Unit: jiffies. */
  readonly fallbackJiffies: number;
  readonly interruptNs: number;
  readonly isDoorbellSure: boolean;
}

/** A machine with a graphics card, and its driver with a scheduler and a device file. */
export class CardBench extends KernelObject {
  readonly platform: Platform;
  readonly hardware: GpuDevice;
  readonly gpu: GpuDriver;
  readonly node: GpuNode;
  readonly buffers: PlatformBuffers;
  private readonly timeoutJiffies: number;

  constructor(stack: Stack, options: CardOptions) {
    super(stack.world, 'cardBench');
    this.isStatic = true;
    const { hardware, devices } = stack.types;
    const { interruptNs, isDoorbellSure, fallbackJiffies, timeoutJiffies } = options;
    this.platform = new Platform(stack.world, { interruptNs: [interruptNs] }, hardware);
    this.hardware = new GpuDevice(this.platform, devices, { isDoorbellSure });
    // Time-outs are the scheduler's.
    const own = { timeoutJiffies: Infinity, fallbackJiffies };
    this.gpu = new devices.GpuDriver(stack, this.hardware, own);
    this.timeoutJiffies = timeoutJiffies;
    this.buffers = new PlatformBuffers(this.platform);
    this.node = new GpuNode(new devices.ScheduledGpu(this.gpu), this.buffers);
  }

  *probe(): KernelTask<number> {
    return yield* this.node.ring.probe(this.timeoutJiffies);
  }

  *remove(): KernelTask<void> {
    yield* this.node.ring.remove();
  }

  /** What memory holds of a buffer: `gpu v0 f7 l0`. */
  text(object: GemObject, line: number): string {
    const { memory, oracle } = this.platform;
    const [page] = this.buffers.of(object)?.pages ?? [];
    if (page === undefined) return 'no memory';
    return oracle.text(memory.record(page).lines[line] ?? 0);
  }

  visitState(): void {}
}
