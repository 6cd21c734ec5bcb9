import { Access, type KernelTask } from '../../impl/kernel/access.ts';
import type { StateVisitor } from '../../impl/kernel/object.ts';
import type { DeviceCache } from '../../impl/hw/device-cache.ts';
import type { DeviceLane } from '../../impl/hw/device-lane.ts';
import type { DmaMapping } from '../../impl/hw/dma-mapping.ts';
import { Device, type DeviceOptions } from '../../impl/hw/device.ts';
import { ABORT } from '../../impl/hw/dma-port.ts';
import type { InterruptLine } from '../../impl/hw/interrupt-line.ts';
import { iovaPageOf } from '../../impl/hw/iommu-domain.ts';
import type { Mmio, Registers } from '../../impl/hw/mmio.ts';
import type { PageNumber } from '../../impl/hw/physical-memory.ts';
import { LINE_BYTES, PAGE_LINES } from '../../impl/hw/platform-options.ts';
import type { Platform } from '../../impl/hw/platform.ts';
import { type Token, tokenOf } from '../../impl/hw/token.ts';

/** What the device is told to do: so many lines from an address of its own on. */
export interface ProbeJob {
  readonly way: 'read' | 'write' | 'burst' | 'draw' | 'peek';
  /** Unit: bytes. */
  readonly address: number;
  readonly lines: number;
  readonly version: number;
  /** Whose address it is; null: the device's own idea. */
  readonly meant: DmaMapping | null;
}

/** How long a line takes. Unit: nanoseconds. */
const LINE_NS = 20;

/**
 * A device that does nothing but access memory, so that programs can say what it does: it reads
 * (`read`) and writes lines, one by one (`write`) or many at a time (`burst`), and does both through a cache of its own (`peek`, `draw`).
 */
export class ProbeDevice extends Device implements Registers {
  readonly mmio: Mmio;
  readonly cache: DeviceCache;
  readonly line: InterruptLine;
  /** What it has read, or an abort, in order. */
  readonly seen: string[] = [];
  private readonly engine: DeviceLane;
  private readonly jobs: ProbeJob[] = [];
  private isBusy = false;
  private ticks = 0;
  private readonly values = new Map<string, number>();
  private readonly finished: Access;
  private readonly pulled: Access;
  private readonly peeks: Access;
  private readonly driven: Access;

  constructor(platform: Platform, options: DeviceOptions) {
    super(platform, options);
    const { types } = platform;
    this.mmio = new types.Mmio(this, this, ['DOORBELL']);
    this.cache = new types.DeviceCache(this);
    this.line = this.addInterrupt({ name: this.name, type: 'edge' });
    this.engine = this.addLane('engine');
    const hasWork = { ready: (): boolean => this.jobs.length > 0, blockedBy: 'there is no job' };
    const isDone = {
      ready: (): boolean => !this.isBusy && this.jobs.length === 0,
      blockedBy: `${this.name} is at work`,
    };
    this.finished = new Access('wait', 'acquire', this, 'jobs', 'wait for', isDone);
    this.pulled = new Access('write', 'full', this, 'isGone', 'unplug');
    this.driven = new Access('update', 'full', this, 'jobs', 'drive');
    this.peeks = new Access('read', 'once', this, 'registers', 'look at');
    const idle = this.engine.waitFor(this, 'take a job of', hasWork);
    this.engine.start(() => this.run(idle));
  }

  /** The device has one more job. */
  push(job: ProbeJob): void {
    this.touch('jobs');
    this.jobs.push(job);
  }

  /** A step of whoever drives it: others may come before and behind. */
  *drive(): KernelTask<void> {
    yield this.driven;
    this.touch('jobs');
  }

  /** Waits until it has nothing to do. */
  *finish(): KernelTask<void> {
    yield this.finished;
    this.touch('jobs');
  }

  /**
   * Something in it happens again and again for ever. `onTick`: what happens with tick number
   * `tick`; nothing by default.
   */
  startTicks(periodNs: number, tick = 0, onTick: (() => KernelTask<void>) | null = null): void {
    const lane = this.addLane('ticks');
    lane.start(() => this.tickOn(lane, periodNs, tick, onTick));
  }

  private *tickOn(
    lane: DeviceLane,
    periodNs: number,
    tick: number,
    onTick: (() => KernelTask<void>) | null,
  ): KernelTask<void> {
    const startNs = this.world.clock.valueNs;
    for (;;) {
      lane.forget();
      yield* lane.workUntil(startNs + (this.ticks + 1) * periodNs, periodNs);
      this.touch('ticks');
      this.ticks += 1;
      if (this.ticks === tick && onTick !== null) yield* onTick();
    }
  }

  /** Somebody pulls it out. */
  *pull(): KernelTask<void> {
    yield this.pulled;
    this.unplug();
  }

  writeRegister(register: string, value: number): void {
    this.touch('registers');
    this.values.set(register, value);
  }

  readRegister(register: string): number {
    this.touch('registers');
    return this.values.get(register) ?? 0;
  }

  private *run(idle: Access): KernelTask<void> {
    for (;;) {
      yield* this.engine.idle(idle);
      this.touch('jobs');
      const job = this.jobs.shift();
      if (job === undefined) continue;
      this.isBusy = true;
      yield* this.perform(job);
      yield* this.dma.drain();
      this.touch('jobs');
      this.isBusy = false;
      // What it was told last counts, as it has landed by now.
      if (this.readRegister('SILENT') === 0) yield* this.line.assert();
    }
  }

  private *perform(job: ProbeJob): KernelTask<void> {
    const { way, address, lines, version, meant } = job;
    const isRead = way === 'read' || way === 'peek';
    const first = Math.floor(address / LINE_BYTES);
    for (let done = 0; done < lines;) {
      const line = (first + done) % PAGE_LINES;
      const at = address + done * LINE_BYTES;
      const page = yield* this.dma.translate(
        this.engine,
        iovaPageOf(at),
        isRead ? 'read' : 'write',
        meant,
      );
      const count = Math.min(lines - done, PAGE_LINES - line);
      if (page === ABORT) this.seen.push('abort');
      const from = done;
      const access = (index: number): boolean => {
        this.accessLine(way, page, line + index, { version, line: from + index });
        return true;
      };
      if (way === 'burst') yield* this.postAll(page, line, count, version);
      else yield* this.engine.burst(count, LINE_NS, access);
      done += count;
    }
  }

  private *postAll(
    page: PageNumber,
    line: number,
    count: number,
    version: number,
  ): KernelTask<void> {
    yield* this.engine.work(LINE_NS);
    const token = tokenOf({ writer: this.writer, frame: 0, version, line: 0 });
    this.dma.post(
      page,
      line,
      Array.from({ length: count }, (_, index) => token + index),
    );
  }

  private accessLine(
    way: ProbeJob['way'],
    page: PageNumber,
    line: number,
    what: { readonly version: number; readonly line: number },
  ): void {
    if (way === 'read') this.note(this.dma.load(page, line));
    if (way === 'peek')
      this.note(page === ABORT ? this.dma.load(page, line) : this.cache.load(page, line));
    const token = tokenOf({ writer: this.writer, frame: 0, ...what });
    if (way === 'write') this.dma.post(page, line, [token]);
    if (way === 'draw' && page !== ABORT) this.cache.store(page, line, token);
  }

  private note(token: Token): void {
    this.touch('seen');
    this.world.current.observe(token);
    this.seen.push(this.platform.oracle.text(token));
  }

  /** What it has in a register. */
  *look(register: string): KernelTask<number> {
    yield this.peeks;
    this.world.current.observe(this.values.get(register) ?? 0);
    return this.readRegister(register);
  }

  private touch(field: string): void {
    this.world.touch(this, field, 'write', 'once');
  }

  override visitState(visit: StateVisitor): void {
    super.visitState(visit);
    visit('isBusy', this.isBusy);
    visit('ticks', this.ticks);
    for (const { way, address, lines, version } of this.jobs)
      visit('job', [way, address, lines, version]);
    for (const [register, value] of this.values) visit('register', [register, value]);
    for (const text of this.seen) visit('seen', text);
  }
}
