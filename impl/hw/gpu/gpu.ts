import type { AbstractState } from '../../../model/events.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { World } from '../../kernel/world.ts';
import { ALL_ONES } from '../mmio.ts';
import { LINE_BYTES } from '../platform-options.ts';
import { type Engine, EngineLane } from '../engine-lane.ts';
import { GpuExecution } from './gpu-execution.ts';
import { ABORTED, type GpuPort } from './gpu-port.ts';
import * as register from './gpu-registers.ts';

const { GPU_RING_SLOTS, NO_CONTEXT } = register;

/** How long things take. Unit: nanoseconds. */
export interface GpuTimes {
  readonly lineNs: number;
  readonly flushNs: number;
  readonly resetNs: number;
}

export const GPU_TIMES: GpuTimes = {
  lineNs: 20,
  flushNs: 2000,
  resetNs: 1_000_000,
};

/** What an engine may be made with. */
interface GpuParts {
  readonly times?: GpuTimes;
  readonly Execution?: typeof GpuExecution;
}

type GpuState =
  | 'off'
  | 'idle'
  | 'fetch'
  | 'decode'
  | 'exec'
  | 'stalled'
  | 'faulted'
  | 'hung'
  | 'resetting'
  | 'gone';

/** States in which a doorbell is heard. */
const HEARS: ReadonlySet<GpuState> = new Set(['idle', 'fetch', 'decode', 'exec', 'stalled']);
const WORKS: ReadonlySet<GpuState> = new Set(['fetch', 'decode', 'exec', 'stalled', 'resetting']);
const MAY_HANG: ReadonlySet<GpuState> = new Set(['fetch', 'decode', 'exec']);

/** Outcomes of a step besides the right one. */
const HANG = 1;

/** Commands that a buffer has left, and where the next one is. */
interface Batch {
  readonly at: number;
  readonly left: number;
}

/**
 * A graphics engine with one ring: it fetches commands, executes them line by line, writes numbers
 * and raises its interrupt. It stops for nothing but a fault, a hang, or a reset.
 *
 * @rule HW-GPU-001
 */
export class Gpu extends KernelObject implements Engine {
  readonly port: GpuPort;
  readonly times: GpuTimes;
  readonly lane: EngineLane;
  readonly execution: GpuExecution;
  private engineState: GpuState = 'off';
  dueNs = 0;
  readonly periodNs = 0;
  private readonly registers = new Map<string, number>();
  private batch: Batch = { at: 0, left: 0 };
  private token = 0;
  /** Rises when everything that was going on is dropped. */
  epoch = 0;

  constructor(world: World, deviceNumber: number, port: GpuPort, parts: GpuParts = {}) {
    super(world, 'gpu');
    this.isStatic = true;
    this.port = port;
    this.times = parts.times ?? GPU_TIMES;
    this.registers.set(register.GPU_ACTIVE_CTX, NO_CONTEXT);
    this.execution = new (parts.Execution ?? GpuExecution)(this);
    this.lane = new EngineLane(this, 'gpu', deviceNumber);
  }

  get state(): GpuState {
    return this.engineState;
  }

  get activeContext(): number {
    return this.value(register.GPU_ACTIVE_CTX);
  }

  /** Commands between both pointers. */
  get pending(): number {
    return (this.value(register.GPU_WPTR) - this.value(register.GPU_RPTR)) >>> 0;
  }

  private value(name: string): number {
    return this.registers.get(name) ?? 0;
  }

  set(name: string, value: number): void {
    this.registers.set(name, value);
  }

  protected touch(): void {
    this.world.touch(this, 'engine', 'write', 'full');
  }

  // What processors do to it.

  /** A read of a register. @rule HW-GPU-001 */
  readRegister(name: string): number {
    this.world.touch(this, 'engine', 'read', 'full');
    if (this.engineState === 'gone') return ALL_ONES;
    return name === register.GPU_STATUS ? this.status : this.value(name);
  }

  private get status(): number {
    switch (this.engineState) {
      case 'off':
      case 'gone':
        return register.GPU_STATUS_OFF;
      case 'idle':
        return register.GPU_STATUS_IDLE;
      case 'faulted':
        return register.GPU_STATUS_FAULTED;
      case 'resetting':
        return register.GPU_STATUS_RESETTING;
      default:
        return register.GPU_STATUS_BUSY;
    }
  }

  /** A write to a register lands. */
  writeRegister(name: string, value: number): void {
    this.touch();
    if (this.engineState === 'gone') return;
    switch (name) {
      case register.GPU_DOORBELL:
        this.doorbell(value >>> 0);
        return;
      case register.GPU_IRQ_STATUS:
        this.set(name, this.value(name) & ~value);
        if (!this.asserts) this.port.lower();
        return;
      case register.GPU_RESET:
        this.reset();
        return;
      case register.GPU_RING_BASE:
      case register.GPU_SEQ_ADDR:
      case register.GPU_IRQ_ENABLE:
        if (this.engineState !== 'off') this.set(name, value);
        return;
      default: // all others only the engine writes
    }
  }

  /** The only thing that moves the write pointer. @rule HW-GPU-002 @rule HW-GPU-011 */
  protected doorbell(wptr: number): void {
    if (!HEARS.has(this.engineState)) {
      this.world.emit(this, 'doorbell.dropped');
      return;
    }
    this.set(register.GPU_WPTR, wptr);
    if (this.pending > GPU_RING_SLOTS) this.port.overrun(this.pending); // HW-GPU-003
    if (this.engineState === 'idle' && this.pending > 0) this.enter('fetch', 0);
    this.world.emit(this, 'doorbell', null, this.pending);
  }

  /** A doorbell was lost on its way. @rule HW-GPU-011 */
  loseDoorbell(): void {
    this.touch();
    if (this.engineState !== 'gone') this.world.emit(this, 'doorbell.dropped');
  }

  powerOn(): void {
    this.touch();
    if (this.engineState !== 'off') return;
    this.enter('idle', 0);
    this.world.emit(this, 'powerOn');
  }

  powerOff(): void {
    this.touch();
    if (this.engineState === 'off' || this.engineState === 'gone') return;
    this.forget();
    this.registers.clear();
    this.set(register.GPU_ACTIVE_CTX, NO_CONTEXT);
    this.enter('off', 0);
    this.world.emit(this, 'powerOff');
  }

  unplug(): void {
    this.touch();
    if (this.engineState === 'gone') return;
    this.forget();
    this.enter('gone', 0);
    this.world.emit(this, 'unplug');
  }

  /** Nothing of the old jobs reaches memory from here on. @rule HW-GPU-013 */
  protected reset(): void {
    if (this.engineState === 'off') return;
    this.forget();
    this.enter('resetting', this.times.resetNs);
    this.world.emit(this, 'reset');
  }

  /** Dirty lines are lost, and so is everything that was to be executed. @rule HW-GPU-014 */
  private forget(): void {
    this.epoch += 1;
    this.port.dropCache();
    this.port.forgetTranslations();
    this.set(register.GPU_WPTR, 0);
    this.set(register.GPU_RPTR, 0);
    this.set(register.GPU_ACTIVE_CTX, NO_CONTEXT);
    this.set(register.GPU_IRQ_STATUS, 0);
    this.batch = { at: 0, left: 0 };
    this.token = 0;
    this.execution.end();
  }

  // What it does by itself.

  get isWorking(): boolean {
    if (this.engineState === 'stalled') return this.execution.isReached;
    return WORKS.has(this.engineState);
  }

  /** Lines of the command that it is at. */
  get repeats(): number {
    return this.engineState === 'exec' ? this.execution.linesLeft : 0;
  }

  get repeatNs(): number {
    return this.times.lineNs;
  }

  get mishaps(): number {
    const mayHang = this.world.hardwareFaultsLeft > 0 && MAY_HANG.has(this.engineState);
    return mayHang ? HANG : 0;
  }

  /** The engine goes to a state in which its next step takes so long. */
  enter(state: GpuState, afterNs: number): void {
    this.engineState = state;
    this.dueNs = this.world.clock.valueNs + afterNs;
    this.lane.hurry();
  }

  *step(outcome: number): KernelTask<void> {
    this.touch();
    if (outcome === HANG) {
      this.world.hardwareFaultsLeft -= 1;
      this.hang();
      return;
    }
    switch (this.engineState) {
      case 'fetch':
        yield* this.fetch();
        return;
      case 'decode':
        yield* this.execution.decode(this.port.command(this.token));
        return;
      case 'resetting':
        this.enter('idle', 0);
        this.world.emit(this, 'resetDone');
        return;
      default:
        yield* this.execution.step();
    }
  }

  repeat(): boolean {
    this.touch();
    return this.execution.repeat();
  }

  /** A slot is read when its turn comes, and not before. @rule HW-GPU-002 */
  protected *fetch(): KernelTask<void> {
    const { epoch, place: address } = this;
    const context = this.batch.left > 0 ? this.activeContext : NO_CONTEXT;
    const place = yield* this.port.find(context, address, false);
    if (epoch !== this.epoch) return;
    if (place === ABORTED) {
      yield* this.fault(address);
      return;
    }
    this.token = this.port.look(place);
    this.enter('decode', 0);
    this.world.emit(this, 'fetch');
  }

  /** The address of a slot of the ring: one line each. */
  private lineOf(slot: number): number {
    return this.value(register.GPU_RING_BASE) + slot * LINE_BYTES;
  }

  get isInBatch(): boolean {
    return this.batch.left > 0;
  }

  openBatch(at: number, count: number): void {
    this.batch = { at, left: count };
    this.enter('fetch', 0);
    this.world.emit(this, 'decode.batch', null, count);
  }

  /** Where the command comes from that is executed, for `GPU_FAULT_ADDR`. */
  get place(): number {
    if (this.batch.left > 0) return this.batch.at;
    return this.lineOf(this.value(register.GPU_RPTR) % GPU_RING_SLOTS);
  }

  /** A command is done. @rule HW-GPU-004 */
  finish(): void {
    const { at, left } = this.batch;
    if (left > 0) this.batch = { at: at + LINE_BYTES, left: left - 1 };
    if (this.batch.left === 0) this.advance();
    this.execution.end();
    this.enter(this.batch.left > 0 || this.pending > 0 ? 'fetch' : 'idle', 0);
    this.world.emit(this, 'finish');
  }

  protected advance(): void {
    this.set(register.GPU_RPTR, (this.value(register.GPU_RPTR) + 1) >>> 0);
  }

  /** An access was refused, or a command makes no sense: nothing goes on. @rule HW-GPU-015 */
  *fault(address: number, event: 'abort' | 'decode.bad' = 'abort'): KernelTask<void> {
    this.set(register.GPU_FAULT_ADDR, address);
    this.tell(register.GPU_IRQ_FAULT);
    this.enter('faulted', 0);
    this.world.emit(this, event);
    yield* this.raiseIfEnabled(register.GPU_IRQ_FAULT);
  }

  /** @rule HW-GPU-012 */
  hang(): void {
    this.enter('hung', 0);
    this.world.emit(this, 'hang');
  }

  /** What the interrupt line sees: it stands as long as something is to be told. */
  get asserts(): boolean {
    return (this.value(register.GPU_IRQ_STATUS) & this.value(register.GPU_IRQ_ENABLE)) !== 0;
  }

  tell(bit: number): void {
    this.set(register.GPU_IRQ_STATUS, this.value(register.GPU_IRQ_STATUS) | bit);
  }

  *raiseIfEnabled(bit: number): KernelTask<void> {
    if ((this.value(register.GPU_IRQ_ENABLE) & bit) !== 0) yield* this.port.raise();
  }

  override abstract(): AbstractState {
    const { engineState: state, pending, batch } = this;
    return { state, context: HEARS.has(state) ? { pending, batch: batch.left } : {} };
  }

  visitState(visit: StateVisitor): void {
    visit('state', this.engineState);
    visit('dueNs', this.isWorking ? this.dueNs : 0);
    visit(
      'registers',
      register.GPU_REGISTERS.map((name) => this.value(name)),
    );
    visit('batch', [this.batch.at, this.batch.left]);
    visit('token', this.token);
    visit('epoch', this.isWorking ? this.epoch : 0);
    this.execution.visitState(visit);
  }
}
