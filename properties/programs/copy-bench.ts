import type { CopyDriver } from '../../impl/drm/dma/copy-driver.ts';
import type { CpuMapping } from '../../impl/hw/cpu-mapping.ts';
import { DmaEngineDevice } from '../../impl/hw/dma/dma-engine-device.ts';
import type { Peers } from '../../impl/hw/dma/peers.ts';
import type { DmaMapping } from '../../impl/hw/dma-mapping.ts';
import type { Zone } from '../../impl/hw/physical-memory.ts';
import { Platform } from '../../impl/hw/platform.ts';
import { PAGE_BYTES } from '../../impl/hw/platform-options.ts';
import { frameToken } from '../../impl/hw/token.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import type { Stack } from '../../impl/stack.ts';

/** Whose buffers those of programs are. */
const CLIENT = 2;

/** A page that an engine copies from or to. */
export class CopyBuffer extends KernelObject {
  readonly cpu: CpuMapping;
  readonly dma: DmaMapping;
  isMapped = true;

  constructor(bench: CopyBench, cpu: CpuMapping, dma: DmaMapping) {
    super(bench.world, 'copyBuffer');
    this.isStatic = true;
    this.cpu = cpu;
    this.dma = dma;
  }

  get address(): number {
    return this.dma.iova * PAGE_BYTES;
  }

  visitState(): void {}
}

/** How the devices of a bench are connected. */
export interface CopyBenchTree {
  /** The engine and the device with VRAM are below one switch. */
  readonly isShared: boolean;
  readonly isHostAllowed: boolean;
  /** Nature raises no interrupts by mistake. */
  readonly isQuiet: boolean;
  /** Lines come by way of a page of the driver, and the engine has an interrupt for that. */
  readonly isRelayed: boolean;
}

/** A machine with a copying engine, its driver, and another device's VRAM. */
export class CopyBench extends KernelObject {
  readonly platform: Platform;
  readonly hardware: DmaEngineDevice;
  readonly driver: CopyDriver;
  readonly peers: Peers;
  private readonly writer: number;
  private readonly buffers: CopyBuffer[] = [];

  constructor(stack: Stack, timeoutJiffies: number, tree: CopyBenchTree) {
    super(stack.world, 'copyBench');
    this.isStatic = true;
    const { hardware, devices } = stack.types;
    this.platform = new Platform(
      stack.world,
      { interruptNs: [100], hasSpurious: !tree.isQuiet },
      hardware,
    );
    this.peers = new devices.Peers(this.platform, tree.isHostAllowed);
    this.peers.add('dma', ['port 1', 'switch 1']);
    this.peers.add('vram', tree.isShared ? ['port 1', 'switch 1'] : ['port 2']);
    const lines = tree.isRelayed ? 2 : 1;
    this.hardware = new DmaEngineDevice(this.platform, devices, { lines });
    this.hardware.bus.peers = this.peers;
    const Driver = tree.isRelayed ? devices.RelayDriver : devices.CopyDriver;
    this.driver = new Driver(stack, this.hardware, timeoutJiffies);
    this.writer = this.platform.oracle.writer('client');
  }

  /** Null: the engine has no way there. */
  *addBuffer(zone: Zone): KernelTask<CopyBuffer | null> {
    const { platform, hardware } = this;
    if (zone === 'vram' && !this.peers.map('dma', 'vram')) return null;
    const pages = yield* platform.pages.allocate({ zone, count: 1, owner: CLIENT });
    if (typeof pages === 'number') throw new Error('there is no memory for a buffer');
    const dma = yield* platform.mapper.map(hardware.device, pages, 'bidirectional');
    if (typeof dma === 'number') throw new Error('there is no memory for a mapping');
    const cpu = new platform.types.CpuMapping(platform, pages, 'uncached');
    const buffer = new CopyBuffer(this, cpu, dma);
    this.buffers.push(buffer);
    return buffer;
  }

  *draw(buffer: CopyBuffer, version: number, lines: number): KernelTask<void> {
    const first = frameToken(this.writer, 0, version);
    for (let line = 0; line < lines; line += 1) yield* buffer.cpu.write(line, first + line);
  }

  *unmap(buffer: CopyBuffer): KernelTask<void> {
    if (!buffer.isMapped) return;
    buffer.isMapped = false;
    const { pages } = buffer.cpu;
    const { platform } = this;
    buffer.cpu.unmap();
    yield* platform.mapper.unmap(buffer.dma, () => platform.pages.release(pages));
  }

  *remove(): KernelTask<void> {
    yield* this.driver.remove();
    for (const buffer of this.buffers) yield* this.unmap(buffer);
  }

  visitState(): void {}
}
