import type { KernelTask } from '../../kernel/access.ts';
import type { StateVisitor } from '../../kernel/object.ts';
import { LINE_BYTES } from '../platform-options.ts';
import { FENCE_FLUSH, FENCE_INTERRUPT, type GpuCommand } from './gpu-commands.ts';
import { ABORTED, UNKNOWN } from './gpu-port.ts';
import { GPU_ACTIVE_CTX, GPU_IRQ_FENCE, NO_CONTEXT } from './gpu-registers.ts';
import type { Gpu } from './gpu.ts';

/** Where a fence command stands; its steps come in this order. */
const FLUSHING = 0;
const WRITING = 1;
const TELLING = 2;
const RAISING = 3;
const ENDING = 4;

type FenceCommand = Extract<GpuCommand, { op: 'FENCE' }>;
type WaitCommand = Extract<GpuCommand, { op: 'WAIT' }>;
type LinesCommand = Extract<GpuCommand, { lines: number }>;

/** The command that a graphics engine is at, and how far it has come. */
export class GpuExecution {
  protected readonly gpu: Gpu;
  private command: GpuCommand | null = null;
  /** The line that comes next, or the step of a fence. */
  protected index = 0;
  /** What the last line that was read held. */
  lastRead = 0;

  constructor(gpu: Gpu) {
    this.gpu = gpu;
  }

  /** What was fetched is looked at. */
  *decode(command: GpuCommand | null): KernelTask<void> {
    const { gpu } = this;
    if (command === null || (command.op === 'IB' && gpu.isInBatch)) {
      yield* gpu.fault(gpu.place, 'decode.bad');
      return;
    }
    this.command = command;
    this.index = 0;
    switch (command.op) {
      case 'IB':
        if (command.count > 0) gpu.openBatch(command.at, command.count);
        else this.begin('decode.batch', 0, command.count);
        return;
      case 'FENCE':
        this.index = (command.flags & FENCE_FLUSH) === 0 ? WRITING : FLUSHING;
        this.begin('decode.fence', 0, command.flags);
        return;
      case 'WAIT':
        this.begin('decode.wait', 0);
        return;
      default:
        this.begin('decode.plain', this.costNs(command));
    }
  }

  private begin(
    event: 'decode.plain' | 'decode.fence' | 'decode.wait' | 'decode.batch',
    afterNs: number,
    detail = 0,
  ): void {
    this.gpu.enter('exec', afterNs);
    this.gpu.world.emit(this.gpu, event, null, detail);
  }

  /** How long the first step of a plain command takes. */
  private costNs(command: GpuCommand): number {
    return 'lines' in command && command.lines > 0 ? this.gpu.times.lineNs : 0;
  }

  /** The command is over. */
  end(): void {
    this.command = null;
    this.index = 0;
  }

  /** One step of the command. */
  *step(): KernelTask<void> {
    const { gpu, command } = this;
    switch (command?.op) {
      case 'READ':
      case 'WRITE':
      case 'COPY':
        yield* this.moveLine(command);
        return;
      case 'FENCE':
        yield* this.fence(command);
        return;
      case 'WAIT':
        yield* this.wait(command);
        return;
      case 'HANG':
        gpu.hang();
        return;
      case 'CTX':
        this.switchTo(command.context);
        break;
      case 'INVALIDATE':
        gpu.port.invalidate();
        break;
      case 'FLUSH':
        if (!(yield* this.flush())) return;
        break;
      default: // does nothing
    }
    gpu.finish();
  }

  /** One context sees nothing of what another one has mapped. @rule HW-GPU-017 */
  protected switchTo(context: number): void {
    this.gpu.port.invalidate();
    this.gpu.port.forgetTranslations();
    this.gpu.set(GPU_ACTIVE_CTX, context);
  }

  /** Reads, then writes to the cache, one line of memory. @rule HW-GPU-005 */
  protected *moveLine(command: LinesCommand): KernelTask<void> {
    const { gpu } = this;
    const { epoch } = gpu;
    if (command.lines === 0) {
      gpu.finish();
      return;
    }
    const from = yield* this.find(command, false);
    // A reset meanwhile has taken the context away, and with it what the address means.
    if (epoch !== gpu.epoch) return;
    const to = from === ABORTED ? ABORTED : yield* this.find(command, true);
    if (epoch !== gpu.epoch) return;
    if (from === ABORTED || to === ABORTED) {
      yield* gpu.fault(this.addressOf(command, from !== ABORTED) ?? 0);
      return;
    }
    this.move(command, from, to);
  }

  /** The same where nothing has to be waited for. */
  repeat(): boolean {
    const { gpu, command } = this;
    if (command === null || !('lines' in command)) return false;
    const from = this.known(command, false);
    const to = this.known(command, true);
    if (from < 0 || to < 0) return false;
    this.move(command, from, to);
    return gpu.state === 'exec';
  }

  private move(command: LinesCommand, from: number, to: number): void {
    const { gpu } = this;
    if (command.op === 'WRITE') {
      gpu.port.store(to, gpu.port.tokenOf(gpu.activeContext, command.version, this.index));
    } else {
      this.lastRead = gpu.port.load(from);
      if (command.op === 'COPY') gpu.port.store(to, this.lastRead);
    }
    this.index += 1;
    if (this.index >= command.lines) {
      gpu.finish();
      return;
    }
    gpu.enter('exec', gpu.times.lineNs);
    gpu.world.emit(gpu, 'line');
  }

  /** The address of the line that is read, or written; null: none is. */
  private addressOf(command: LinesCommand, isWrite: boolean): number | null {
    const offset = this.index * LINE_BYTES;
    if (isWrite) return 'to' in command ? command.to + offset : null;
    return 'from' in command ? command.from + offset : null;
  }

  private *find(command: LinesCommand, isWrite: boolean): KernelTask<number> {
    const address = this.addressOf(command, isWrite);
    if (address === null) return 0;
    return yield* this.gpu.port.find(this.gpu.activeContext, address, isWrite);
  }

  private known(command: LinesCommand, isWrite: boolean): number {
    const address = this.addressOf(command, isWrite);
    if (address === null) return 0;
    const place = this.gpu.port.known(this.gpu.activeContext, address, isWrite);
    return place === ABORTED ? UNKNOWN : place;
  }

  /** Unit: lines. */
  get linesLeft(): number {
    const { command } = this;
    return command !== null && 'lines' in command ? command.lines - this.index : 0;
  }

  /** Data, then the number, then the status, then the interrupt. @rule HW-GPU-006 */
  protected *fence({ at, seq, flags }: FenceCommand): KernelTask<void> {
    const { gpu } = this;
    const { world, epoch } = gpu;
    switch (this.index) {
      case FLUSHING:
        if (!(yield* this.flush())) return;
        this.goOn(WRITING);
        world.emit(gpu, 'fence.flush');
        return;
      case WRITING:
        yield* this.writeNumber(at, seq);
        if (epoch !== gpu.epoch || gpu.state !== 'exec') return;
        this.goOn((flags & FENCE_INTERRUPT) === 0 ? ENDING : TELLING);
        world.emit(gpu, 'fence.write');
        return;
      case TELLING:
        gpu.tell(GPU_IRQ_FENCE);
        this.goOn(RAISING);
        world.emit(gpu, 'fence.status');
        return;
      case RAISING:
        yield* gpu.raiseIfEnabled(GPU_IRQ_FENCE);
        if (epoch !== gpu.epoch) return;
        this.goOn(ENDING);
        world.emit(gpu, 'fence.raise');
        return;
      default:
        gpu.finish();
    }
  }

  /** False: the engine was reset meanwhile. */
  protected *flush(): KernelTask<boolean> {
    const { gpu } = this;
    const { epoch, times, world } = gpu;
    const endNs = world.clock.valueNs + times.flushNs;
    yield* gpu.port.flush();
    if (epoch === gpu.epoch) yield* world.clock.waitUntil(endNs);
    return epoch === gpu.epoch;
  }

  protected *writeNumber(at: number, seq: number): KernelTask<void> {
    const { gpu } = this;
    const { epoch } = gpu;
    const place = yield* gpu.port.find(NO_CONTEXT, at, true);
    if (epoch !== gpu.epoch) return;
    if (place === ABORTED) yield* gpu.fault(at);
    else yield* gpu.port.writeWord(place, seq);
  }

  private goOn(step: number): void {
    this.index = step;
    this.gpu.enter('exec', 0);
  }

  /** @rule HW-GPU-016 */
  protected *wait({ at }: WaitCommand): KernelTask<void> {
    const { gpu } = this;
    const { epoch } = gpu;
    const place = yield* gpu.port.find(NO_CONTEXT, at, false);
    if (epoch !== gpu.epoch) return;
    if (place === ABORTED) {
      yield* gpu.fault(at);
      return;
    }
    gpu.port.readWord(place);
    if (this.isReached) {
      gpu.finish();
    } else {
      gpu.enter('stalled', 0);
      gpu.world.emit(gpu, 'stall');
    }
  }

  /** The value that a command waits for is there, or will never be seen. */
  get isReached(): boolean {
    const { command } = this;
    if (command?.op !== 'WAIT') return false;
    const value = this.gpu.port.peekWord(command.at);
    return value === ABORTED || ((value - command.value) | 0) >= 0;
  }

  visitState(visit: StateVisitor): void {
    visit('command', this.command === null ? null : JSON.stringify(this.command));
    visit('index', this.index);
    visit('lastRead', this.lastRead);
  }
}
