import type { AbstractState } from '../../../model/events.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { World } from '../../kernel/world.ts';
import { ALL_ONES, type Registers } from '../mmio.ts';
import { type Engine, EngineLane } from '../engine-lane.ts';
import { type CrtcOptions, CRTC_DEFAULTS } from './crtc-options.ts';
import type { DisplayPort } from './display-port.ts';
import * as register from './display-registers.ts';
import { MARK_ASYNC } from './frame-log.ts';
import { Scanner } from './scanner.ts';

/** What a screen may be made with. */
interface CrtcParts {
  readonly options?: Partial<CrtcOptions>;
  readonly Scanner?: typeof Scanner;
}

type CrtcState = 'off' | 'on' | 'stopping' | 'gone';
/** What comes next: a line or the end of the lines, or one of the steps between two frames. */
type Phase = 'lines' | 'counting' | 'raising' | 'blank';

/** The outcome of a line besides the right one. */
const LATE = 1;

/**
 * A screen of a display controller: it reads scan line after scan line, at times that nobody can
 * change, and takes over new registers between two frames.
 *
 * @rule HW-DISP-001 HW-DISP-012
 */
export class Crtc extends KernelObject implements Engine, Registers {
  readonly port: DisplayPort;
  readonly options: CrtcOptions;
  readonly lane: EngineLane;
  readonly scanner: Scanner;
  readonly repeats = 0;
  readonly repeatNs = 0;
  readonly acknowledges: string = register.CRTC_IRQ_STATUS;
  private scanState: CrtcState = 'off';
  private phase: Phase = 'lines';
  /** When line 0 of the current frame began, or of the first one. */
  private startNs = 0;
  private enabledNs = 0;
  /** The scan line that is read next. */
  private next = 0;
  private go = false;
  private flips = false;
  /** A line is being read: what comes meanwhile is for the next one. */
  private isReading = false;
  private flipsLater = false;
  private frameCount = 0;
  private irqStatus = 0;
  private irqEnable = 0;
  /** Registers of planes: what software wrote, and what is shown. */
  private readonly shadow = new Map<string, number>();
  private readonly active = new Map<string, number>();
  /** By the name under which the shadow register is known. */
  private readonly planeRegisters: ReadonlyMap<string, string>;

  constructor(world: World, deviceNumber: number, port: DisplayPort, parts: CrtcParts = {}) {
    super(world, 'crtc');
    this.isStatic = true;
    this.port = port;
    this.options = { ...CRTC_DEFAULTS, ...parts.options };
    this.planeRegisters = planeRegisters(this.options.planes);
    this.scanner = new (parts.Scanner ?? Scanner)(this);
    this.lane = new EngineLane(this, 'scan-out', deviceNumber);
  }

  get state(): CrtcState {
    return this.scanState;
  }

  get isAsked(): boolean {
    return this.go;
  }

  get count(): number {
    return this.frameCount;
  }

  /** A register of a plane that is shown. */
  activeOf(plane: number, name: register.PlaneRegister): number {
    return this.active.get(register.activeOf(plane, name)) ?? 0;
  }

  protected touch(): void {
    this.world.touch(this, 'engine', 'write', 'full');
  }

  private get lineNs(): number {
    return this.options.lineNs;
  }

  private get linesTotal(): number {
    return this.options.lines + this.options.blankLines;
  }

  /** Frames come for ever, whether anybody looks or not. */
  get periodNs(): number {
    return this.frameNs;
  }

  private get frameNs(): number {
    return this.linesTotal * this.lineNs;
  }

  // What processors do to it.

  readRegister(name: string): number {
    const { world } = this;
    world.touch(this, 'engine', 'read', 'full');
    if (this.scanState === 'gone') return ALL_ONES;
    switch (name) {
      case register.CRTC_ENABLE:
        return this.scanState === 'on' ? 1 : 0;
      case register.CRTC_GO:
        return this.go ? 1 : 0;
      case register.CRTC_FLIP:
        return this.flips ? 1 : 0;
      case register.CRTC_LINE:
        return this.line;
      case register.CRTC_FRAME_COUNT:
        return this.frameCount;
      case register.CRTC_IRQ_STATUS:
        return this.irqStatus;
      case register.CRTC_IRQ_ENABLE:
        return this.irqEnable;
      default:
        return this.active.get(name) ?? this.shadow.get(name) ?? 0;
    }
  }

  /** Where the scan stands: a function of time alone. @rule HW-DISP-001 */
  protected get line(): number {
    if (this.scanState === 'off') return 0;
    const { clock } = this.world;
    return Math.floor((clock.nanoseconds - this.enabledNs) / this.lineNs) % this.linesTotal;
  }

  /** A write to a register lands. */
  writeRegister(name: string, value: number): void {
    this.touch();
    if (this.scanState === 'gone') return;
    switch (name) {
      case register.CRTC_ENABLE:
        if (value !== 0) this.enable();
        else this.disable();
        return;
      case register.CRTC_GO:
        if (this.options.hasGo && value !== 0) this.ask();
        return;
      case register.CRTC_FLIP:
        if (value !== 0) this.askNow();
        return;
      case register.CRTC_IRQ_STATUS:
        this.irqStatus &= ~value;
        if (!this.asserts) this.port.lower();
        return;
      case register.CRTC_IRQ_ENABLE:
        this.irqEnable = value;
        return;
      default: // all others only the screen writes
        if (this.planeRegisters.has(name)) this.shadow.set(name, value);
    }
  }

  /** What was programmed is shown at once, from line 0. @rule HW-DISP-012 */
  protected enable(): void {
    if (this.scanState !== 'off') return;
    this.scanState = 'on';
    this.phase = 'lines';
    this.enabledNs = this.world.clock.valueNs;
    this.startNs = this.enabledNs;
    this.next = 0;
    this.go = false;
    this.flips = false;
    this.takeOver();
    this.lane.hurry();
    this.world.emit(this, 'enable', null, this.options.lines);
  }

  /** It goes on to the next blank lines. @rule HW-DISP-011 */
  protected disable(): void {
    if (this.scanState !== 'on') return;
    this.scanState = 'stopping';
    this.world.emit(this, 'disable');
  }

  protected ask(): void {
    this.go = true;
    this.world.emit(this, 'go');
  }

  /** @rule HW-DISP-005 */
  protected askNow(): void {
    if (this.scanState === 'off') return;
    if (this.isReading) {
      this.flipsLater = true;
      return;
    }
    this.flips = true;
    this.lane.hurry();
    this.world.emit(this, 'flip');
  }

  unplug(): void {
    this.touch();
    if (this.scanState === 'gone') return;
    this.end('gone');
    this.world.emit(this, 'unplug');
  }

  // What it does by itself.

  get isWorking(): boolean {
    return this.scanState === 'on' || this.scanState === 'stopping';
  }

  get mishaps(): number {
    const isLine = this.phase === 'lines' || this.phase === 'blank';
    const reads = isLine && !this.flips && this.next < this.options.lines;
    return reads && this.world.hardwareFaultsLeft > 0 ? LATE : 0;
  }

  get dueNs(): number {
    const { phase, startNs, lineNs } = this;
    if (phase === 'counting' || phase === 'raising') return startNs;
    const lines = phase === 'blank' ? this.linesTotal : this.next;
    const dueNs = startNs + lines * lineNs;
    if (!this.flips) return dueNs;
    // The next line, be it a blank one.
    const passed = Math.ceil((this.world.clock.valueNs - startNs) / lineNs);
    return Math.min(dueNs, startNs + passed * lineNs);
  }

  repeat(): boolean {
    return false;
  }

  *step(outcome: number): KernelTask<void> {
    this.touch();
    if (this.flips && (this.phase === 'lines' || this.phase === 'blank')) {
      this.flipNow();
      return;
    }
    switch (this.phase) {
      case 'counting':
        this.frameCount += 1;
        this.phase = 'raising';
        this.world.emit(this, 'count');
        return;
      case 'raising':
        this.phase = 'blank';
        this.world.emit(this, 'vblank');
        yield* this.tell(register.CRTC_IRQ_VBLANK);
        return;
      case 'blank':
        this.phase = 'lines';
        this.startNs += this.frameNs;
        yield* this.readLine(outcome);
        return;
      default:
        if (this.next < this.options.lines) yield* this.readLine(outcome);
        else this.betweenFrames();
    }
  }

  /** @rule HW-DISP-005 */
  protected flipNow(): void {
    this.flips = false;
    this.takeOver();
    this.scanner.mark(MARK_ASYNC);
    this.world.emit(this, 'flip.latch');
  }

  /** One scan line; an error of it does not stop the others. @rule HW-DISP-004 @rule HW-DISP-007 */
  protected *readLine(outcome: number): KernelTask<void> {
    const line = this.next;
    const isLate = outcome === LATE;
    this.next += 1;
    if (isLate) this.world.hardwareFaultsLeft -= 1;
    this.isReading = true;
    const isRead = isLate ? this.scanner.repeatLine(line) : yield* this.scanner.readLine(line);
    this.isReading = false;
    if (!this.isWorking) return;
    const event = isRead ? 'line' : 'line.fault';
    this.world.emit(this, isLate ? 'line.late' : event, null, line);
    if (this.flipsLater) this.askNow();
    this.flipsLater = false;
    if (isLate) yield* this.tell(register.CRTC_IRQ_UNDERRUN);
    if (!isRead) yield* this.tell(register.CRTC_IRQ_FAULT);
  }

  /** What is shown changes here, as a whole, if it was asked for. @rule HW-DISP-002 */
  protected betweenFrames(): void {
    if (this.scanState === 'stopping') {
      this.end('off');
      this.world.emit(this, 'stop');
      return;
    }
    if (!this.options.hasGo) this.takeEach();
    const wasAsked = this.go;
    if (wasAsked) this.takeOver();
    this.go = false;
    this.next = 0;
    this.phase = 'counting';
    this.world.emit(this, wasAsked ? 'latch' : 'repeat');
  }

  /** Hardware that waits for nobody. @rule HW-DISP-003 */
  protected takeEach(): void {
    this.takeOver();
    for (const _ of this.planeRegisters) this.world.emit(this, 'latch.register');
  }

  protected takeOver(): void {
    for (const [shadow, active] of this.planeRegisters) {
      this.active.set(active, this.shadow.get(shadow) ?? 0);
    }
    this.tellWhatIsScanned();
  }

  private tellWhatIsScanned(): void {
    for (let plane = 0; plane < this.options.planes; plane += 1) {
      const isOn = (this.activeOf(plane, 'CTL') & register.PLANE_ON) !== 0;
      const scans = this.isWorking && isOn;
      this.port.scans(plane, scans ? this.activeOf(plane, 'ADDR') : 0);
    }
  }

  protected end(state: 'off' | 'gone'): void {
    this.scanState = state;
    this.phase = 'lines';
    this.next = 0;
    this.flips = false;
    this.scanner.forget();
    this.tellWhatIsScanned();
    this.lane.hurry();
  }

  private *tell(bit: number): KernelTask<void> {
    this.irqStatus |= bit;
    if ((this.irqEnable & bit) !== 0) yield* this.port.raise();
  }

  /** What the interrupt line sees: it stands as long as something is to be told. */
  get asserts(): boolean {
    return (this.irqStatus & this.irqEnable) !== 0;
  }

  override abstract(): AbstractState {
    const { scanState: state, go, flips } = this;
    return { state, context: state === 'gone' ? {} : { go, flips } };
  }

  visitState(visit: StateVisitor): void {
    visit('state', this.scanState);
    visit('phase', this.phase);
    visit('times', [this.isWorking ? this.startNs : 0, this.isWorking ? this.enabledNs : 0]);
    visit('next', this.next);
    visit('asked', [this.go, this.flips, this.isReading, this.flipsLater]);
    visit('registers', [this.frameCount, this.irqStatus, this.irqEnable]);
    for (const [shadow, active] of this.planeRegisters) {
      visit(shadow, [this.shadow.get(shadow) ?? 0, this.active.get(active) ?? 0]);
    }
    this.scanner.visitState(visit);
  }
}

/** Shadow registers of all planes, each with the one that it is taken over to. */
function planeRegisters(planes: number): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (let plane = 0; plane < planes; plane += 1) {
    for (const name of register.PLANE_REGISTERS) {
      names.set(register.shadowOf(plane, name), register.activeOf(plane, name));
    }
  }
  return names;
}
