import type { AbstractState } from '../../../model/events.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { World } from '../../kernel/world.ts';
import { type Engine, EngineLane } from '../engine-lane.ts';
import { ALL_ONES, type Registers } from '../mmio.ts';
import { LINE_BYTES, PAGE_BYTES } from '../platform-options.ts';
import { frameToken, type Token } from '../token.ts';
import { ABORTED, type VideoPort } from '../video-port.ts';
import { CAMERA_DEFAULTS, type CameraOptions } from './camera-options.ts';
import * as register from './camera-registers.ts';

const { CAM_IRQ_DONE, CAM_IRQ_FAULT, CAM_IRQ_OVERRUN, CAM_IRQ_SOF } = register;

type CameraState = 'off' | 'waiting' | 'capture' | 'drain' | 'complete' | 'latched' | 'gone';
const IN_FRAME: ReadonlySet<CameraState> = new Set(['capture', 'drain', 'complete', 'latched']);
/** From the last write of a frame to the wait for all of them. */
const CYCLE_NS = 1;
/** The outcome of a step besides the right one: the bus fails, or nobody waits for writes. */
const MISHAP = 1;

/**
 * A sensor, and what stores its frames. While it streams, frames come at times that nobody can
 * change, whether there is a place for them or not.
 *
 * @rule HW-CAM-001 HW-CAM-002
 */
export class Camera extends KernelObject implements Engine, Registers {
  readonly port: VideoPort;
  readonly options: CameraOptions;
  readonly lane: EngineLane;
  readonly repeats = 0;
  readonly repeatNs = 0;
  readonly acknowledges: string = register.CAM_IRQ_STATUS;
  private sensorState: CameraState = 'off';
  private isStopping = false;
  dueNs = 0;
  /** When the current frame began, or the next one will. */
  private startNs = 0;
  /** Addresses for frames to come. */
  protected readonly queue: number[] = [];
  /** Of the frame that is stored. */
  private address = 0;
  /** The image line that comes next. */
  private next = 0;
  /** Starts of frames. */
  protected frame = 0;
  private hasFailed = false;
  /** The frame before the next one has been stored. */
  private wasStored = false;
  private doneAddress = 0;
  private doneFrame = 0;
  /** The driver has not read one of the frames that are done. */
  private isLost = false;
  protected irqStatus = 0;
  private irqEnable = 0;
  /** Rises when everything that was going on is dropped. */
  private epoch = 0;

  constructor(
    world: World,
    deviceNumber: number,
    port: VideoPort,
    options: Partial<CameraOptions> = {},
  ) {
    super(world, 'camera');
    this.isStatic = true;
    this.port = port;
    this.options = { ...CAMERA_DEFAULTS, ...options };
    this.lane = new EngineLane(this, 'capture', deviceNumber);
  }

  get state(): string {
    return this.sensorState;
  }

  protected touch(): void {
    this.world.touch(this, 'engine', 'write', 'full');
  }

  // What processors do to it.

  readRegister(name: string): number {
    this.world.touch(this, 'engine', 'read', 'full');
    if (this.sensorState === 'gone') return ALL_ONES;
    switch (name) {
      case register.CAM_CTRL:
        return this.sensorState === 'off' ? 0 : register.CAM_STREAM;
      case register.CAM_QUEUE_LEVEL:
        return this.queue.length;
      case register.CAM_SEQ:
        return this.doneFrame;
      case register.CAM_DONE_ADDR:
        return this.doneAddress;
      case register.CAM_IRQ_STATUS:
        return this.irqStatus;
      case register.CAM_IRQ_ENABLE:
        return this.irqEnable;
      case register.CAM_READ_BACK:
        return this.port.inFlight;
      default:
        return 0;
    }
  }

  /** A write to a register lands. */
  writeRegister(name: string, value: number): void {
    this.touch();
    if (this.sensorState === 'gone') return;
    switch (name) {
      case register.CAM_CTRL:
        if ((value & register.CAM_ABORT) !== 0) this.abort();
        else if ((value & register.CAM_STREAM) !== 0) this.stream();
        else this.stop();
        return;
      case register.CAM_NEXT_ADDR:
        this.offer(value);
        return;
      case register.CAM_IRQ_STATUS:
        this.acknowledge(value);
        return;
      case register.CAM_IRQ_ENABLE:
        this.irqEnable = value;
        if (!this.asserts) this.port.lower();
        return;
      default: // all others only the camera writes
    }
  }

  protected stream(): void {
    if (this.sensorState !== 'off') return;
    this.startNs = this.world.clock.valueNs + this.options.periodNs;
    this.enter('waiting', this.startNs);
    this.world.emit(this, 'stream', null, this.options.lines);
  }

  /** At the end of the frame, or now where there is none. @rule HW-CAM-006 */
  protected stop(): void {
    if (this.sensorState === 'off' || this.isStopping) return;
    if (IN_FRAME.has(this.sensorState)) this.isStopping = true;
    else this.end('off');
    this.world.emit(this, 'streamOff');
  }

  /** What has not landed never will. @rule HW-CAM-006 */
  protected abort(): void {
    if (this.sensorState === 'off') return;
    this.port.reset();
    this.end('off');
    this.world.emit(this, 'abort');
  }

  /** Addresses that were not used are dropped. */
  protected end(state: 'off' | 'gone'): void {
    this.epoch += 1;
    this.isStopping = false;
    this.hasFailed = false;
    this.wasStored = false;
    this.next = 0;
    this.queue.length = 0;
    this.enter(state, 0);
  }

  /** @rule HW-CAM-008 */
  protected offer(address: number): void {
    if (this.queue.length === register.CAM_QUEUE_MAX) {
      this.world.emit(this, 'queue.full');
      return;
    }
    this.queue.push(address);
    this.world.emit(this, 'queue');
  }

  protected acknowledge(bits: number): void {
    const wasDone = (this.irqStatus & bits & CAM_IRQ_DONE) !== 0;
    this.irqStatus &= ~bits;
    if (!this.asserts) this.port.lower();
    if (!wasDone) return;
    this.isLost = false;
    this.world.emit(this, 'ack');
  }

  unplug(): void {
    this.touch();
    if (this.sensorState === 'gone') return;
    this.port.reset();
    this.end('gone');
    this.world.emit(this, 'unplug');
  }

  // What it does by itself.

  get isWorking(): boolean {
    return this.sensorState !== 'off' && this.sensorState !== 'gone';
  }

  /**
   * Frames come for ever; the lines of one do not. What is to be told of a frame that was stored is
   * told once more with the next start, which therefore is not one like all others.
   */
  get periodNs(): number {
    const isAsAlways = this.sensorState === 'waiting' && !this.wasStored;
    return isAsAlways ? this.options.periodNs : 0;
  }

  get mishaps(): number {
    const { sensorState: state, world } = this;
    const canFail = state === 'capture' || state === 'drain';
    return canFail && world.hardwareFaultsLeft > 0 ? MISHAP : 0;
  }

  private enter(state: CameraState, dueNs: number): void {
    this.sensorState = state;
    this.dueNs = dueNs;
    this.lane.hurry();
  }

  repeat(): boolean {
    return false;
  }

  *step(outcome: number): KernelTask<void> {
    this.touch();
    if (outcome === MISHAP) this.world.hardwareFaultsLeft -= 1;
    switch (this.sensorState) {
      case 'waiting':
        yield* this.begin();
        return;
      case 'capture':
        if (outcome === MISHAP) this.breakOff(true);
        else yield* this.storeLine();
        return;
      case 'drain':
        if (outcome === MISHAP) this.settle('early');
        else yield* this.drain();
        return;
      case 'complete':
        this.latch();
        return;
      default:
        yield* this.raise();
    }
  }

  /** A frame begins; it is dropped where it has no place. @rule HW-CAM-001 HW-CAM-003 HW-CAM-008 */
  protected *begin(): KernelTask<void> {
    const { options, world } = this;
    this.irqStatus |= CAM_IRQ_SOF;
    const address = this.queue.shift();
    this.wasStored = address !== undefined;
    this.count(address !== undefined);
    if (address === undefined) {
      this.irqStatus |= CAM_IRQ_OVERRUN;
      this.startNs += options.periodNs;
      this.dueNs = this.startNs;
      world.emit(this, 'overrun');
      // It stands until somebody hears it.
      if (this.asserts) yield* this.port.raise();
      return;
    }
    this.address = address;
    this.next = 0;
    this.enter('capture', this.startNs + options.lineNs);
    world.emit(this, 'sof');
  }

  /** @rule HW-CAM-001 */
  protected count(_isStored: boolean): void {
    this.frame += 1;
  }

  /** Where the frame is stored: said once, at its start. @rule HW-CAM-003 */
  protected get target(): number {
    return this.address;
  }

  /** What the sensor sees in one image line. */
  protected tokens(line: number, from: number, count: number): Token[] {
    const first = frameToken(this.port.writer, 0, this.frame) + line * this.options.lineTokens;
    const tokens: Token[] = [];
    for (let at = from; at < from + count; at += 1) tokens.push(first + at);
    return tokens;
  }

  /** One image line is on its way. @rule HW-CAM-003 */
  protected *storeLine(): KernelTask<void> {
    const { epoch, next: line } = this;
    const { lineTokens, lines, lineNs } = this.options;
    for (let at = 0; at < lineTokens;) {
      const address = this.target + (line * lineTokens + at) * LINE_BYTES;
      const left = (PAGE_BYTES - (address % PAGE_BYTES)) / LINE_BYTES;
      const count = Math.min(lineTokens - at, left);
      const page = yield* this.port.findPage(address, true);
      if (epoch !== this.epoch) return;
      if (page === ABORTED) {
        this.breakOff(false);
        return;
      }
      this.port.post(page, address, this.tokens(line, at, count));
      at += count;
    }
    this.next += 1;
    const isLast = this.next === lines;
    this.enter(isLast ? 'drain' : 'capture', this.dueNs + (isLast ? CYCLE_NS : lineNs));
    this.world.emit(this, 'line', null, line);
  }

  /** The rest of the frame is left out, and the next one comes as usual. @rule HW-CAM-007 */
  protected breakOff(isInjected: boolean): void {
    if (isInjected) {
      this.port.fails(this.target + this.next * this.options.lineTokens * LINE_BYTES);
    }
    this.hasFailed = true;
    this.settle('fault');
  }

  /** @rule HW-CAM-004 */
  protected *drain(): KernelTask<void> {
    const { epoch } = this;
    yield* this.port.drain();
    // Meanwhile the camera may have been stopped, or have told of the frame too early.
    if (epoch === this.epoch && this.sensorState === 'drain') this.settle('drain');
  }

  protected settle(event: 'drain' | 'early' | 'fault'): void {
    this.next = 0;
    this.enter('complete', 0);
    this.world.emit(this, event);
  }

  /** Address, number and status are stored together. @rule HW-CAM-004 */
  protected latch(): void {
    this.isLost = (this.irqStatus & CAM_IRQ_DONE) !== 0;
    this.describe();
    this.irqStatus |= CAM_IRQ_DONE | (this.hasFailed ? CAM_IRQ_FAULT : 0);
    this.hasFailed = false;
    this.enter('latched', 0);
    this.world.emit(this, 'latch');
  }

  /** What the registers say of a frame that is done, whether or not anybody has read the one before. */
  protected describe(): void {
    this.doneAddress = this.address;
    this.doneFrame = this.frame;
  }

  protected *raise(): KernelTask<void> {
    const { epoch } = this;
    if (this.asserts) yield* this.port.raise();
    if (epoch !== this.epoch) return;
    this.startNs += this.options.periodNs;
    if (this.isStopping) this.end('off');
    else this.enter('waiting', this.startNs);
    this.world.emit(this, 'raise');
  }

  /** What the interrupt line sees: it stands as long as something is to be told. */
  get asserts(): boolean {
    return (this.irqStatus & this.irqEnable) !== 0;
  }

  private get report(): string {
    if ((this.irqStatus & CAM_IRQ_DONE) === 0) return 'clear';
    return this.isLost ? 'lost' : 'pending';
  }

  override abstract(): AbstractState {
    const { sensorState: state, queue, isStopping, report: status } = this;
    return { state, context: { level: queue.length, isStopping, status } };
  }

  visitState(visit: StateVisitor): void {
    visit('state', this.sensorState);
    visit('isStopping', this.isStopping);
    visit('times', this.isWorking ? [this.dueNs, this.startNs] : [0, 0]);
    visit('queue', this.queue);
    visit('frame', [this.frame, this.address, this.next, this.hasFailed, this.wasStored]);
    visit('done', [this.doneAddress, this.doneFrame, this.isLost]);
    visit('registers', [this.irqStatus, this.irqEnable]);
  }
}
