import type { DmaMover } from '../../impl/drm/dma/dma-mover.ts';
import type { TtmDevice } from '../../impl/drm/ttm/ttm-device.ts';
import type { TtmLocation } from '../../impl/drm/ttm/ttm-memory.ts';
import { TTM_PL_VRAM } from '../../impl/drm/ttm/ttm-place.ts';
import type { TtmObject } from '../../impl/drm/ttm/ttm-object.ts';
import { DmaEngineDevice } from '../../impl/hw/dma/dma-engine-device.ts';
import { Platform } from '../../impl/hw/platform.ts';
import { frameToken } from '../../impl/hw/token.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import type { Stack } from '../../impl/stack.ts';

/** A machine whose objects move between its memories, by a copying engine. */
export class MoverBench extends KernelObject {
  readonly platform: Platform;
  readonly device: TtmDevice;
  readonly mover: DmaMover;
  private readonly painter: number;

  constructor(stack: Stack, vramPages: number) {
    super(stack.world, 'moverBench');
    this.isStatic = true;
    const { hardware, devices } = stack.types;
    this.platform = new Platform(stack.world, { interruptNs: [100] }, hardware);
    const engine = new DmaEngineDevice(this.platform, devices);
    const driver = new devices.CopyDriver(stack, engine, Infinity);
    this.mover = new devices.DmaMover(driver, vramPages);
    this.device = new stack.types.TtmDevice(stack, this.mover, {
      vramPages,
      ttPages: vramPages,
      clearsOnFree: false,
    });
    this.painter = this.platform.oracle.writer('client');
  }

  *probe(): KernelTask<number> {
    return yield* this.mover.probe(this.device);
  }

  /** Where an object is now; null: nowhere. */
  placeOf(object: TtmObject): TtmLocation | null {
    return object.locate(object.resource.value);
  }

  /** A processor draws: the whole page. */
  *paint({ memory, first }: TtmLocation, version: number): KernelTask<void> {
    const { types } = this.platform;
    const page = this.mover.backing.mappingOf(memory).pages[first];
    if (page === undefined) return;
    const cpu = new types.CpuMapping(this.platform, [page], 'uncached');
    const token = frameToken(this.painter, 0, version);
    for (const line of [0, LAST_LINE]) yield* cpu.write(line, token + line);
    cpu.unmap();
  }

  /** Somebody else's drawing is everywhere in the device's own memory. */
  *soil(): KernelTask<void> {
    const { memory } = this.device.manager(TTM_PL_VRAM);
    if (memory === null) return;
    for (let first = 0; first < memory.pages; first += 1) {
      yield* this.paint({ memory, first, pages: 1 }, FOREIGN);
    }
  }

  /** What the first and the last line of a page hold. */
  text({ memory, first }: TtmLocation): string {
    const { oracle, memory: physical } = this.platform;
    const page = this.mover.backing.mappingOf(memory).pages[first];
    if (page === undefined) return 'no page';
    const { lines } = physical.record(page);
    return [0, LAST_LINE].map((line) => oracle.text(lines[line] ?? 0)).join(', ');
  }

  *remove(): KernelTask<void> {
    yield* this.device.fini();
    yield* this.mover.remove(this.device);
  }

  visitState(): void {}
}

/** The drawing of somebody else. */
const FOREIGN = 99;
/** The last line of a page. */
const LAST_LINE = 63;
