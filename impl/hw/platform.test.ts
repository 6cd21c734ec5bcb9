import { describe, expect, test } from 'vitest';
import type { KernelTask } from '../kernel/access.ts';
import { World } from '../kernel/world.ts';
import { DeviceCache } from './device-cache.ts';
import type { DeviceLane } from './device-lane.ts';
import { Device } from './device.ts';
import { ABORT } from './dma-port.ts';
import type { InterruptLine } from './interrupt-line.ts';
import { Mmio, type Registers } from './mmio.ts';
import type { PageNumber } from './physical-memory.ts';
import { PAGE_LINES } from './platform-options.ts';
import { Platform } from './platform.ts';
import { frameToken, type Token } from './token.ts';

const LINE_NS = 20;

/** Fills pages of its own addresses with tokens, and says when it is done. */
class Filler extends Device implements Registers {
  readonly mmio: Mmio = new Mmio(this, this, []);
  readonly line: InterruptLine = this.addInterrupt({ name: 'filler', type: 'edge' });
  private readonly lane: DeviceLane = this.addLane('engine');
  private from = 0;
  private pages = 0;
  frames = 0;

  constructor(platform: Platform) {
    super(platform, { name: 'filler' });
    const gate = { ready: (): boolean => this.pages > 0, blockedBy: 'nothing to do' };
    const idle = this.lane.waitFor(this, 'wait for work of', gate);
    this.lane.start(() => this.run(idle));
  }

  writeRegister(register: string, value: number): void {
    if (register === 'FROM') this.from = value;
    if (register === 'PAGES') this.pages = value;
  }

  readRegister(): number {
    return this.frames;
  }

  private *run(idle: ReturnType<DeviceLane['waitFor']>): KernelTask<void> {
    const { lane, dma } = this;
    for (;;) {
      yield* lane.idle(idle);
      const first = frameToken(this.writer, 0, this.frames);
      for (let index = 0; index < this.pages; index += 1) {
        const page = yield* dma.translate(lane, this.from + index, 'write');
        if (page === ABORT) break;
        yield* lane.burst(PAGE_LINES, LINE_NS, (line) => {
          dma.post(page, line, [first + index * PAGE_LINES + line]);
          return true;
        });
      }
      yield* dma.drain();
      this.pages = 0;
      this.frames += 1;
      yield* this.line.assert();
    }
  }
}

interface Scene {
  readonly world: World;
  readonly platform: Platform;
  readonly device: Filler;
  readonly pages: readonly PageNumber[];
}

function scene(time: 'discrete' | 'free' = 'discrete', count = 4): Scene {
  const world = new World({ time });
  const platform = new Platform(world, { interruptNs: [1000] });
  const device = new Filler(platform);
  const pages = world.runNow(platform.pages.allocate({ zone: 'system', count, owner: 1 }));
  if (typeof pages === 'number') throw new Error('there is memory');
  return { world, platform, device, pages };
}

function run(world: World): number {
  let steps = 0;
  for (let count = world.enumerate(); count > 0; count = world.enumerate()) {
    world.perform(0);
    steps += 1;
  }
  expect(world.crashed).toBe(false);
  return steps;
}

function* fill({ device, platform, pages }: Scene): KernelTask<void> {
  const mapping = yield* platform.mapper.map(device, pages, 'fromDevice');
  if (typeof mapping === 'number') return;
  yield* device.mmio.write('FROM', mapping.iova);
  yield* device.mmio.write('PAGES', pages.length);
}

describe('a device fills pages', () => {
  test('and everything is seen afterwards', () => {
    const made = scene();
    let served = 0;
    made.world.runNow(
      made.device.line.request(function* handler() {
        served += 1;
      }),
    );
    made.world.addTask('A').start(fill(made));
    const steps = run(made.world);
    const { memory, oracle } = made.platform;
    const seen = made.pages.map(
      (page) => memory.read(page, 63) - frameToken(made.device.writer, 0, 0),
    );
    expect(seen).toEqual([63, 127, 191, 255]);
    expect(oracle.records).toEqual([]);
    expect(served).toBe(1);
    expect(steps).toBeLessThan(1000);
  });

  test('an unmapped address is a fault and an interrupt', () => {
    const made = scene();
    const { device, platform, world } = made;
    world.addTask('A').start(
      (function* start(): KernelTask<void> {
        yield* device.mmio.write('FROM', 7);
        yield* device.mmio.write('PAGES', 1);
      })(),
    );
    run(world);
    expect(platform.oracle.records.map(({ kind, what }) => `${kind} ${what}`)).toEqual([
      'IOMMU_FAULT write of 0x7000: UNMAPPED',
    ]);
    expect(platform.iommu.interrupt.isPending.value).toBe(true);
  });

  test('registers are read behind posted writes', () => {
    const { device, world } = scene();
    const seen: number[] = [];
    world.addTask('A').start(
      (function* start(): KernelTask<void> {
        yield* device.mmio.write('PAGES', 0);
        expect(device.mmio.inFlight).toBe(1);
        seen.push(yield* device.mmio.read('COUNT'), device.mmio.inFlight);
      })(),
    );
    run(world);
    expect(seen).toEqual([0, 0]);
    expect(world.clock.valueNs).toBe(1_000_000_600);
  });

  test('a flushed cache is seen, and lines of it before', () => {
    const { device, platform, world, pages } = scene();
    const [page = 0] = pages;
    const cache = new DeviceCache(device);
    const token: Token = frameToken(device.writer, 1, 1);
    cache.store(page, 3, token);
    expect(platform.memory.read(page, 3)).toBe(0);
    world.runNow(cache.flush());
    expect(platform.memory.read(page, 3)).toBe(token);
  });
});
