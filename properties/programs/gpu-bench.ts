import type { GpuDriver, GpuDriverOptions } from '../../impl/drm/gpu/gpu-driver.ts';
import type { GpuCommand } from '../../impl/hw/gpu/gpu-commands.ts';
import { GpuDevice } from '../../impl/hw/gpu/gpu-device.ts';
import type { CpuMapping } from '../../impl/hw/cpu-mapping.ts';
import type { DmaMapping } from '../../impl/hw/dma-mapping.ts';
import { Platform } from '../../impl/hw/platform.ts';
import { PAGE_BYTES } from '../../impl/hw/platform-options.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { Stack } from '../../impl/stack.ts';

/** Whose buffers those of programs are. */
const CLIENT = 2;
/** Where a context sees the first buffer. */
const VA_BASE = 0x4000_0000;

/** A page that an engine and processors use. */
export class BenchBuffer extends KernelObject {
  readonly bench: GpuBench;
  readonly cpu: CpuMapping;
  readonly dma: DmaMapping;
  /** Where contexts see it. */
  readonly address: number;
  /** Its pages are another bench's, which gives them back. */
  readonly isShared: boolean;

  constructor(bench: GpuBench, made: Pick<BenchBuffer, 'cpu' | 'dma' | 'address' | 'isShared'>) {
    super(bench.world, 'benchBuffer');
    this.isStatic = true;
    this.bench = bench;
    this.cpu = made.cpu;
    this.dma = made.dma;
    this.address = made.address;
    this.isShared = made.isShared;
  }

  /** Contexts see it from now on. */
  show(context: number, canWrite: boolean): void {
    const { iova } = this.dma;
    this.bench.hardware.spaces.set(context, this.address, { kind: 'bus', iova, canWrite });
  }

  hide(context: number): void {
    this.bench.hardware.spaces.clear(context, this.address);
  }

  visitState(): void {}
}

/** What the machine is like. */
export interface BenchMachine {
  readonly interruptNs: number;
  /** No doorbell is ever lost. */
  readonly isDoorbellSure: boolean;
  /** What it is put into, if there is a machine already; the device has a name then. */
  readonly joins: { readonly platform: Platform; readonly name: string } | null;
  /** Its interrupt is an edge, and edges that come while the line is masked are lost. */
  readonly isLossy?: boolean;
  /** Nature raises no interrupts by mistake. */
  readonly isQuiet?: boolean;
}

/** A machine with a graphics device, with or without its driver. */
export class GpuBench extends KernelObject {
  readonly platform: Platform;
  readonly hardware: GpuDevice;
  readonly driver: GpuDriver;
  /** Commands that are put together, to be submitted or written somewhere. */
  draft: GpuCommand[] = [];
  private readonly buffers: BenchBuffer[] = [];
  private buffersTotal = 0;

  constructor(stack: Stack, options: Partial<GpuDriverOptions>, machine: BenchMachine) {
    super(stack.world, 'gpuBench');
    this.isStatic = true;
    const { hardware, devices } = stack.types;
    const { interruptNs, isDoorbellSure, joins, isLossy = false, isQuiet = false } = machine;
    const nature = { interruptNs: [interruptNs], losesMaskedEdges: isLossy, hasSpurious: !isQuiet };
    this.platform = joins?.platform ?? new Platform(stack.world, nature, hardware);
    const name = joins?.name ?? 'gpu';
    const interrupt = isLossy ? 'edge' : 'level';
    this.hardware = new GpuDevice(this.platform, devices, { isDoorbellSure, interrupt, name });
    this.driver = new devices.GpuDriver(stack, this.hardware, options);
  }

  /** A page of system memory that context 0 can write, and the device itself. */
  *addBuffer(): KernelTask<BenchBuffer> {
    const { platform } = this;
    const request = { zone: 'system', count: 1, owner: CLIENT } as const;
    const pages = yield* platform.pages.allocate(request);
    if (typeof pages === 'number') throw new Error('there is no memory for a buffer');
    const cpu = new platform.types.CpuMapping(platform, pages, 'uncached');
    return yield* this.share(cpu, false);
  }

  /** A page that another device of the machine uses, too. */
  *share(cpu: CpuMapping, isShared: boolean = true): KernelTask<BenchBuffer> {
    const { platform, hardware } = this;
    const dma = yield* platform.mapper.map(hardware.device, cpu.pages, 'bidirectional');
    if (typeof dma === 'number') throw new Error('there is no memory for a mapping');
    const address = VA_BASE + this.buffersTotal * PAGE_BYTES;
    this.buffersTotal += 1;
    const buffer = new BenchBuffer(this, { cpu, dma, address, isShared });
    buffer.show(0, true);
    this.buffers.push(buffer);
    return buffer;
  }

  /** A buffer is given back while jobs may still use it: the driver sees to that. */
  *freeBuffer(buffer: BenchBuffer): KernelTask<void> {
    const { platform, driver } = this;
    const { cpu, dma } = buffer;
    this.buffers.splice(this.buffers.indexOf(buffer), 1);
    cpu.unmap();
    yield* driver.unmap(dma, () => platform.pages.release(cpu.pages));
  }

  /** The draft, which is empty afterwards. */
  takeDraft(): readonly GpuCommand[] {
    const commands = this.draft;
    this.draft = [];
    return commands;
  }

  *remove(): KernelTask<void> {
    yield* this.driver.remove();
    const { platform } = this;
    for (const { cpu, dma, isShared } of this.buffers.splice(0)) {
      const { pages } = cpu;
      if (isShared) {
        yield* platform.mapper.unmap(dma, nothing);
        continue;
      }
      cpu.unmap();
      yield* platform.mapper.unmap(dma, () => platform.pages.release(pages));
    }
  }

  visitState(visit: StateVisitor): void {
    visit('draft', JSON.stringify(this.draft));
  }
}

/** Whose pages they are gives them back. */
function* nothing(): KernelTask<void> {}
