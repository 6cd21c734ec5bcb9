import type { AbstractState } from '../../../model/events.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { World } from '../../kernel/world.ts';
import { ALL_ONES } from '../mmio.ts';
import { LINE_BYTES, PAGE_BYTES } from '../platform-options.ts';
import { type Engine, EngineLane } from '../engine-lane.ts';
import { ABORTED, type DmaEnginePort } from './dma-engine-port.ts';
import * as register from './dma-registers.ts';
import {
  BUSY,
  COPIES,
  type Descriptor,
  DMA_TIMES,
  type DmaState,
  type DmaTimes,
  DONE,
  HANG,
  MAY_HANG,
  NO_JOB,
  PARTIAL_ERROR,
  PARTIAL_SILENT,
  WORKS,
} from './dma-states.ts';

const { DMA_BURST_LINES } = register;

/**
 * An engine that copies lines, burst after burst, one job at a time. Writes are on their way for a
 * while, and a job is done when all of them have landed.
 *
 * @rule HW-DMA-001
 */
export class DmaEngine extends KernelObject implements Engine {
  readonly port: DmaEnginePort;
  readonly times: DmaTimes;
  readonly lane: EngineLane;
  private engineState: DmaState = 'idle';
  dueNs = 0;
  readonly periodNs = 0;
  readonly repeats = 0;
  readonly repeatNs = 0;
  private readonly registers = new Map<string, number>();
  private config = false;
  private isAcknowledged = false;
  private job: Descriptor = NO_JOB;
  /** Lines of the job that were written. */
  private written = 0;
  private readonly burst: number[] = [];
  /** Rises when everything that was going on is dropped. */
  private epoch = 0;

  constructor(
    world: World,
    deviceNumber: number,
    port: DmaEnginePort,
    times: DmaTimes = DMA_TIMES,
  ) {
    super(world, 'dmaEngine');
    this.isStatic = true;
    this.port = port;
    this.times = times;
    this.lane = new EngineLane(this, 'dma', deviceNumber);
  }

  get state(): string {
    return this.engineState;
  }

  private value(name: string): number {
    return this.registers.get(name) ?? 0;
  }

  protected set(name: string, value: number): void {
    this.registers.set(name, value);
  }

  protected touch(): void {
    this.world.touch(this, 'engine', 'write', 'full');
  }

  // What processors do to it.

  readRegister(name: string): number {
    this.world.touch(this, 'engine', 'read', 'full');
    if (this.engineState === 'gone') return ALL_ONES;
    if (name !== register.DMA_STATUS) return this.value(name);
    return this.status | (this.config ? register.DMA_STATUS_CONFIG : 0);
  }

  /** A hang shows only by time. */
  private get status(): number {
    const { engineState: state } = this;
    if (BUSY.has(state)) return register.DMA_STATUS_BUSY;
    if (DONE.has(state)) return register.DMA_STATUS_DONE;
    return state === 'error' ? register.DMA_STATUS_ERROR : register.DMA_STATUS_IDLE;
  }

  /** A write to a register lands. */
  writeRegister(name: string, value: number): void {
    this.touch();
    if (this.engineState === 'gone') return;
    switch (name) {
      case register.DMA_SRC:
      case register.DMA_DST:
      case register.DMA_LINES:
        this.configure(name, value);
        return;
      case register.DMA_CTRL:
        this.registers.set(name, value & register.DMA_CTRL_IRQ);
        if ((value & register.DMA_CTRL_START) !== 0) this.start();
        return;
      case register.DMA_STATUS:
        this.acknowledge();
        return;
      case register.DMA_RESET:
        this.reset();
        return;
      case register.DMA_COUNT_ADDR:
        this.registers.set(name, value);
        return;
      default: // all others only the engine writes
    }
  }

  /** @rule HW-DMA-004 */
  protected configure(name: string, value: number): void {
    if (!BUSY.has(this.engineState)) {
      this.registers.set(name, value);
      return;
    }
    this.config = true;
    this.world.emit(this, 'refuse');
  }

  /** One job at a time; nobody is told that another one is lost. @rule HW-DMA-004 */
  protected start(): void {
    if (this.engineState !== 'idle') {
      this.world.emit(this, 'start.dropped');
      return;
    }
    this.enter('fetch', 0);
    this.world.emit(this, 'start');
  }

  protected acknowledge(): void {
    const { engineState: state } = this;
    if (state === 'settled' || state === 'error') this.rest();
    else if (!DONE.has(state) || this.isAcknowledged) return;
    else this.isAcknowledged = true; // its last steps are still to come
    if (!this.asserts) this.port.lower();
    this.world.emit(this, 'ack');
  }

  private rest(): void {
    this.epoch += 1;
    this.isAcknowledged = false;
    this.job = NO_JOB;
    this.written = 0;
    this.burst.length = 0;
    this.enter('idle', 0);
  }

  /** What has not landed never will. */
  protected reset(): void {
    this.port.reset();
    this.config = false;
    this.rest();
    this.world.emit(this, 'reset');
  }

  unplug(): void {
    this.touch();
    if (this.engineState === 'gone') return;
    this.port.reset();
    this.rest();
    this.enter('gone', 0);
    this.world.emit(this, 'unplug');
  }

  // What it does by itself.

  get isWorking(): boolean {
    return WORKS.has(this.engineState);
  }

  get mishaps(): number {
    if (this.world.hardwareFaultsLeft === 0) return 0;
    if (COPIES.has(this.engineState)) return PARTIAL_SILENT;
    return MAY_HANG.has(this.engineState) ? HANG : 0;
  }

  private enter(state: DmaState, afterNs: number): void {
    this.engineState = state;
    this.dueNs = this.world.clock.valueNs + afterNs;
    this.lane.hurry();
  }

  repeat(): boolean {
    return false;
  }

  *step(outcome: number): KernelTask<void> {
    this.touch();
    if (outcome !== 0) {
      this.world.hardwareFaultsLeft -= 1;
      yield* this.fail(outcome);
      return;
    }
    switch (this.engineState) {
      case 'fetch':
        yield* this.latch();
        return;
      case 'reading':
        yield* this.readBurst();
        return;
      case 'writing':
        yield* this.writeBurst();
        return;
      case 'drain':
        yield* this.drain();
        return;
      case 'publishing':
        yield* this.publish();
        return;
      default:
        yield* this.raise();
    }
  }

  protected *fail(outcome: number): KernelTask<void> {
    if (outcome === HANG) {
      this.enter('hung', 0);
      this.world.emit(this, 'hang');
      return;
    }
    const address = this.job.from + this.written * LINE_BYTES;
    this.burst.length = 0;
    if (outcome === PARTIAL_ERROR) yield* this.stop(address, 'partial.error');
    else this.endCopy('partial.silent');
  }

  /** The descriptor is taken once, and nobody changes it afterwards. @rule HW-DMA-002 */
  protected *latch(): KernelTask<void> {
    const { epoch } = this;
    const lines = this.value(register.DMA_LINES);
    this.job = { from: this.value(register.DMA_SRC), to: this.value(register.DMA_DST), lines };
    this.written = 0;
    const { from, to } = this.job;
    if (lines > 0) {
      const isRead = (yield* this.port.findPage(from, false)) !== ABORTED;
      const isBoth = isRead && (yield* this.port.findPage(to, true)) !== ABORTED;
      if (epoch !== this.epoch) return;
      if (!isBoth) {
        yield* this.stop(isRead ? to : from, 'abort');
        return;
      }
    }
    if (lines === 0) this.enter('drain', 0);
    else this.enter('reading', this.times.burstNs);
    this.world.emit(this, 'latch', null, Math.ceil(lines / DMA_BURST_LINES));
  }

  protected get linesLeft(): number {
    return this.job.lines - this.written;
  }

  /** Lines of the job that the next burst has; it may be in two pages. */
  protected get count(): number {
    return Math.min(DMA_BURST_LINES, this.linesLeft);
  }

  /** All lines of a burst are read. @rule HW-DMA-002 */
  protected *readBurst(): KernelTask<void> {
    const { epoch, count } = this;
    const first = this.job.from + this.written * LINE_BYTES;
    const tokens: number[] = [];
    let page = ABORTED;
    for (let line = 0; line < count; line += 1) {
      const address = first + line * LINE_BYTES;
      if (line === 0 || address % PAGE_BYTES === 0) {
        page = yield* this.port.findPage(address, false);
        if (epoch !== this.epoch) return;
        if (page === ABORTED) {
          yield* this.stop(address, 'abort');
          return;
        }
      }
      tokens.push(this.port.load(page, address));
    }
    this.burst.push(...tokens);
    this.enter('writing', 0);
    this.world.emit(this, 'read');
  }

  /** All of them are on their way. */
  protected *writeBurst(): KernelTask<void> {
    const { epoch } = this;
    const first = this.job.to + this.written * LINE_BYTES;
    for (let line = 0; line < this.burst.length;) {
      const address = first + line * LINE_BYTES;
      const left = (PAGE_BYTES - (address % PAGE_BYTES)) / LINE_BYTES;
      const page = yield* this.port.findPage(address, true);
      if (epoch !== this.epoch) return;
      if (page === ABORTED) {
        yield* this.stop(address, 'abort');
        return;
      }
      const end = Math.min(this.burst.length, line + left);
      this.port.post(page, address, this.burst.slice(line, end));
      line = end;
    }
    this.written += this.burst.length;
    this.burst.length = 0;
    if (this.written < this.job.lines) {
      this.enter('reading', this.times.burstNs);
      this.world.emit(this, 'write');
    } else {
      this.endCopy('write');
    }
  }

  private endCopy(event: 'write' | 'partial.silent'): void {
    this.enter('drain', 0);
    this.world.emit(this, event);
  }

  /** A job is done when its last write has landed. @rule HW-DMA-003 */
  protected *drain(): KernelTask<void> {
    const { epoch } = this;
    yield* this.port.drain();
    if (epoch !== this.epoch) return;
    this.enter('publishing', 0);
    this.world.emit(this, 'drain');
  }

  /** What was copied stays. */
  private *stop(address: number, event: 'abort' | 'partial.error'): KernelTask<void> {
    this.registers.set(register.DMA_ERR_ADDR, address);
    this.burst.length = 0;
    this.enter('error', 0);
    this.world.emit(this, event);
    yield* this.interrupt();
  }

  protected *publish(): KernelTask<void> {
    const { epoch } = this;
    const address = this.value(register.DMA_COUNT_ADDR);
    if (address !== 0) yield* this.port.count(address);
    if (epoch !== this.epoch) return;
    this.enter('raising', 0);
    this.world.emit(this, 'publish');
  }

  protected *raise(): KernelTask<void> {
    const { epoch } = this;
    yield* this.interrupt();
    if (epoch !== this.epoch) return;
    if (this.isAcknowledged) this.rest();
    else this.enter('settled', 0);
    this.world.emit(this, 'raise');
  }

  /** What the interrupt line sees: it stands until somebody takes note of the job. */
  get asserts(): boolean {
    const isOver = this.engineState === 'settled' || this.engineState === 'error';
    const isTold = isOver || this.engineState === 'raising';
    return isTold && (this.value(register.DMA_CTRL) & register.DMA_CTRL_IRQ) !== 0;
  }

  private *interrupt(): KernelTask<void> {
    if ((this.value(register.DMA_CTRL) & register.DMA_CTRL_IRQ) !== 0) yield* this.port.raise();
  }

  private get burstsLeft(): number {
    return Math.ceil((this.job.lines - this.written) / DMA_BURST_LINES);
  }

  override abstract(): AbstractState {
    const { engineState: state, burstsLeft: bursts } = this;
    if (COPIES.has(state)) return { state: 'copy', context: { bursts } };
    return { state: DONE.has(state) ? 'done' : state, context: {} };
  }

  visitState(visit: StateVisitor): void {
    visit('state', this.engineState);
    visit('dueNs', this.isWorking ? this.dueNs : 0);
    visit(
      'registers',
      register.DMA_REGISTERS.map((name) => this.value(name)),
    );
    visit('config', this.config);
    visit('acknowledged', this.isAcknowledged);
    visit('job', [this.job.from, this.job.to, this.job.lines, this.written]);
    visit('burst', this.burst);
  }
}
