import type { GpuDriver } from '../../impl/drm/gpu/gpu-driver.ts';
import { ScreenNode } from '../../impl/drm/display/screen-node.ts';
import { GpuNode } from '../../impl/drm/gpu/gpu-node.ts';
import { PlatformBuffers } from '../../impl/drm/platform-buffers.ts';
import type { GemObject } from '../../impl/drm/gem-object.ts';
import type { CrtcOptions } from '../../impl/hw/display/crtc-options.ts';
import { DisplayDevice } from '../../impl/hw/display/display-device.ts';
import { GpuDevice } from '../../impl/hw/gpu/gpu-device.ts';
import { frameToken } from '../../impl/hw/token.ts';
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
  /** No interrupt comes that nobody has asked for. Default: they may. */
  readonly isQuiet?: boolean;
}

/** A display controller of the machine. */
export interface Screen {
  readonly hardware: DisplayDevice;
  readonly node: ScreenNode;
}

/** A machine with a graphics card, and its driver with a scheduler and a device file. */
export class CardBench extends KernelObject {
  readonly platform: Platform;
  readonly hardware: GpuDevice;
  readonly gpu: GpuDriver;
  readonly node: GpuNode;
  readonly buffers: PlatformBuffers;
  /** Screens that were put into the machine. */
  readonly screens: Screen[] = [];
  private readonly timeoutJiffies: number;
  private readonly painter: number;

  constructor(stack: Stack, options: CardOptions) {
    super(stack.world, 'cardBench');
    this.isStatic = true;
    const { hardware, devices } = stack.types;
    const { interruptNs, isDoorbellSure, fallbackJiffies, timeoutJiffies } = options;
    const nature = { interruptNs: [interruptNs], hasSpurious: options.isQuiet !== true };
    this.platform = new Platform(stack.world, nature, hardware);
    this.hardware = new GpuDevice(this.platform, devices, { isDoorbellSure });
    // Time-outs are the scheduler's.
    const own = { timeoutJiffies: Infinity, fallbackJiffies };
    this.gpu = new devices.GpuDriver(stack, this.hardware, own);
    this.timeoutJiffies = timeoutJiffies;
    this.buffers = new PlatformBuffers(this.platform);
    this.painter = this.platform.oracle.writer('client');
    this.node = new GpuNode(new devices.ScheduledGpu(this.gpu), this.buffers);
  }

  *probe(): KernelTask<number> {
    return yield* this.node.ring.probe(this.timeoutJiffies);
  }

  /** One more screen, with its driver and a device file. */
  *addScreen(options: Partial<CrtcOptions>): KernelTask<Screen> {
    const { devices } = this.node.stack.types;
    const hardware = new DisplayDevice(this.platform, devices, options);
    const node = new ScreenNode(this.node.stack, hardware, this.buffers);
    const screen = { hardware, node };
    this.screens.push(screen);
    yield* node.probe();
    return screen;
  }

  *remove(): KernelTask<void> {
    for (const { hardware, node } of this.screens) {
      yield* node.remove();
      hardware.unplug();
    }
    yield* this.node.ring.remove();
  }

  /** A processor draws into a buffer, line after line. */
  *paint(object: GemObject, version: number, lines: number): KernelTask<void> {
    const { platform } = this;
    const pages = this.buffers.of(object)?.pages ?? [];
    const cpu = new platform.types.CpuMapping(platform, pages, 'uncached');
    const first = frameToken(this.painter, 0, version);
    for (let line = 0; line < lines; line += 1) yield* cpu.write(line, first + line);
    cpu.unmap();
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
