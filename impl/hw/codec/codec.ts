import type { AbstractState } from '../../../model/events.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { World } from '../../kernel/world.ts';
import { type Engine, EngineLane } from '../engine-lane.ts';
import { ALL_ONES } from '../mmio.ts';
import { LINE_BYTES, PAGE_BYTES } from '../platform-options.ts';
import { partsOf, type Token } from '../token.ts';
import { ABORTED, type VideoPort } from '../video-port.ts';
import { CODEC_DEFAULTS, type CodecOptions } from './codec-options.ts';
import * as register from './codec-registers.ts';
import { BROKEN, decoded, pictureOf, versionFor } from './picture.ts';

const { CODEC_REFERENCES_MAX } = register;

type CodecState =
  'idle' | 'reading' | 'writing' | 'drain' | 'ending' | 'done' | 'error' | 'hung' | 'gone';
const WORKS: ReadonlySet<CodecState> = new Set(['reading', 'writing', 'drain', 'ending']);
const CODES: ReadonlySet<CodecState> = new Set(['reading', 'writing']);

/** From a write to what comes next. Unit: nanoseconds. */
const CYCLE_NS = 1;

/** Outcomes of a step besides the right one; the last two only while it codes. */
const HANG = 1;
const PARTIAL_ERROR = 2;
const PARTIAL_SILENT = 3;

/** Ends of a job that it fails with. */
type Failure = 'abort' | 'badStream' | 'partial.error';

/**
 * A codec between two memories, one job at a time: it makes pictures of a stream, page by page, and
 * may refer to pictures that it has made before.
 *
 * @rule HW-CODEC-001
 */
export class Codec extends KernelObject implements Engine {
  readonly port: VideoPort;
  readonly options: CodecOptions;
  readonly lane: EngineLane;
  dueNs = 0;
  readonly periodNs = 0;
  readonly repeats = 0;
  readonly repeatNs = 0;
  private codecState: CodecState = 'idle';
  private readonly registers = new Map<string, number>();
  protected page = 0;
  /** Lines of the page that was read. */
  private readonly source: Token[] = [];
  /** Pictures that the page refers to, as far as they were read. */
  protected readonly referenced: (number | null)[] = [];
  /** Pages of memory that the job has used. */
  private readonly readPages: number[] = [];
  private readonly writtenPages: number[] = [];
  /** Rises when everything that was going on is dropped. */
  private epoch = 0;

  constructor(
    world: World,
    deviceNumber: number,
    port: VideoPort,
    options: Partial<CodecOptions> = {},
  ) {
    super(world, 'codec');
    this.isStatic = true;
    this.port = port;
    this.options = { ...CODEC_DEFAULTS, ...options };
    this.lane = new EngineLane(this, 'codec', deviceNumber);
  }

  get state(): string {
    return this.codecState;
  }

  protected value(name: string): number {
    return this.registers.get(name) ?? 0;
  }

  protected touch(): void {
    this.world.touch(this, 'engine', 'write', 'full');
  }

  // What processors do to it.

  readRegister(name: string): number {
    this.world.touch(this, 'engine', 'read', 'full');
    if (this.codecState === 'gone') return ALL_ONES;
    if (name === register.CODEC_STATUS) return this.status;
    return name === register.CODEC_IRQ_STATUS ? this.irqStatus : this.value(name);
  }

  /** A hang shows only by time. */
  private get status(): number {
    const { codecState: state } = this;
    if (state === 'idle') return register.CODEC_IDLE;
    if (state === 'done') return register.CODEC_DONE;
    return state === 'error' ? register.CODEC_ERROR : register.CODEC_BUSY;
  }

  private get irqStatus(): number {
    if (this.codecState === 'done') return register.CODEC_IRQ_DONE;
    return this.codecState === 'error' ? register.CODEC_IRQ_ERROR : 0;
  }

  /** A write to a register lands. */
  writeRegister(name: string, value: number): void {
    this.touch();
    if (this.codecState === 'gone') return;
    switch (name) {
      case register.CODEC_START:
        this.start();
        return;
      case register.CODEC_IRQ_STATUS:
        this.acknowledge();
        return;
      case register.CODEC_RESET:
        this.reset();
        return;
      case register.CODEC_STATUS:
      case register.CODEC_ERR_PAGE:
      case register.CODEC_PICTURE:
        return; // only the codec writes them
      default:
        // A job has its registers until it is over.
        if (this.codecState === 'idle') this.registers.set(name, value);
    }
  }

  protected start(): void {
    const pages = this.value(register.CODEC_PAGES);
    if (this.codecState !== 'idle') {
      this.world.emit(this, 'start.dropped');
      return;
    }
    if (pages === 0) return;
    this.enter('reading', 0);
    this.world.emit(this, 'start', null, pages);
  }

  protected acknowledge(): void {
    if (this.codecState !== 'done' && this.codecState !== 'error') return;
    this.rest();
    this.port.lower();
    this.world.emit(this, 'ack');
  }

  private rest(): void {
    this.epoch += 1;
    this.page = 0;
    this.source.length = 0;
    this.referenced.length = 0;
    this.readPages.length = 0;
    this.writtenPages.length = 0;
    this.enter('idle', 0);
  }

  /** What has not landed never will. */
  protected reset(): void {
    this.port.reset();
    this.rest();
    this.port.lower();
    this.world.emit(this, 'reset');
  }

  unplug(): void {
    this.touch();
    if (this.codecState === 'gone') return;
    this.port.reset();
    this.rest();
    this.enter('gone', 0);
    this.world.emit(this, 'unplug');
  }

  // What it does by itself.

  get isWorking(): boolean {
    return WORKS.has(this.codecState);
  }

  get mishaps(): number {
    if (this.world.hardwareFaultsLeft <= 0) return 0;
    if (CODES.has(this.codecState)) return PARTIAL_SILENT;
    return this.codecState === 'drain' ? HANG : 0;
  }

  private enter(state: CodecState, afterNs: number): void {
    this.codecState = state;
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
      yield* this.misbehave(outcome);
      return;
    }
    switch (this.codecState) {
      case 'reading':
        yield* this.readPage();
        return;
      case 'writing':
        if (this.referenced.length < this.references.length) yield* this.readReference();
        else yield* this.writePage();
        return;
      case 'drain':
        yield* this.drain();
        return;
      default:
        yield* this.raise();
    }
  }

  /** @rule HW-CODEC-004 */
  protected *misbehave(outcome: number): KernelTask<void> {
    if (outcome === HANG) {
      this.enter('hung', 0);
      this.world.emit(this, 'hang');
    } else if (outcome === PARTIAL_ERROR) {
      yield* this.fail('partial.error');
    } else {
      this.enter('drain', 0);
      this.world.emit(this, 'partial.silent');
    }
  }

  private addressOf(name: string, page: number): number {
    return this.value(name) + page * PAGE_BYTES;
  }

  private load(page: number, address: number, lines: number): Token[] {
    return Array.from({ length: lines }, (_, at) =>
      this.port.load(page, address + at * LINE_BYTES),
    );
  }

  protected *readPage(): KernelTask<void> {
    const { epoch, page: number } = this;
    const address = this.addressOf(register.CODEC_SRC, number);
    const page = yield* this.port.findPage(address, false);
    if (epoch !== this.epoch) return;
    if (page === ABORTED) {
      yield* this.fail('abort');
      return;
    }
    const tokens = this.load(page, address, this.options.linesPerPage);
    if (!this.makesSense(tokens)) {
      yield* this.fail('badStream');
      return;
    }
    this.source.splice(0, Infinity, ...tokens);
    this.referenced.length = 0;
    this.readPages.push(page);
    if (number === 0) this.notePicture(tokens[0] ?? 0);
    this.enter('writing', this.options.pageNs);
    this.world.emit(this, 'read', null, number);
  }

  protected makesSense(tokens: readonly Token[]): boolean {
    return tokens.every((token) => partsOf(token) !== null);
  }

  private notePicture(first: Token): void {
    this.registers.set(register.CODEC_PICTURE, partsOf(first)?.frame ?? 0);
  }

  /** Where the pictures are that the job refers to. */
  protected get references(): readonly number[] {
    const all = Array.from({ length: CODEC_REFERENCES_MAX }, (_, index) =>
      this.value(register.referenceRegister(index)),
    );
    return all.filter((address) => address !== 0);
  }

  /** Whoever has it by now, it is read again for each page. @rule HW-CODEC-002 */
  protected *readReference(): KernelTask<void> {
    const { epoch, page: number } = this;
    const base = this.references[this.referenced.length] ?? 0;
    const tokens: Token[] = [];
    for (let other = 0; other < this.value(register.CODEC_PAGES); other += 1) {
      const address = base + other * PAGE_BYTES;
      const page = yield* this.port.findPage(address, false);
      if (epoch !== this.epoch) return;
      if (page === ABORTED) {
        yield* this.fail('abort');
        return;
      }
      // What moves comes from anywhere.
      const lines = other === number ? this.options.linesPerPage : 1;
      tokens.push(...this.load(page, address, lines));
    }
    this.referenced.push(pictureOf(tokens, this.port.writer));
    this.world.emit(this, 'reference');
  }

  protected *writePage(): KernelTask<void> {
    const { epoch, page: number } = this;
    const address = this.addressOf(register.CODEC_DST, number);
    const page = yield* this.port.findPage(address, true);
    if (epoch !== this.epoch) return;
    if (page === ABORTED) {
      yield* this.fail('abort');
      return;
    }
    this.writtenPages.push(page);
    this.port.post(page, address, this.picture());
    this.page += 1;
    const isLast = this.page === this.value(register.CODEC_PAGES);
    this.enter(isLast ? 'drain' : 'reading', CYCLE_NS);
    this.world.emit(this, 'write', null, number);
  }

  /** What is made of the page that was read. @rule HW-CODEC-005 */
  protected picture(): Token[] {
    const overlaps = this.writtenPages.some((page) => this.readPages.includes(page));
    if (overlaps) this.port.overlaps();
    const version = overlaps ? BROKEN : versionFor(this.referenced);
    return this.source.flatMap((token) => decoded(token, this.port.writer, version) ?? []);
  }

  /** A job is over when its last write has landed. */
  protected *drain(): KernelTask<void> {
    const { epoch } = this;
    yield* this.port.drain();
    // Meanwhile it may have been reset, or hang.
    if (epoch !== this.epoch || this.codecState !== 'drain') return;
    this.enter('ending', 0);
    this.world.emit(this, 'drain');
  }

  /** What was written stays. */
  private *fail(event: Failure): KernelTask<void> {
    this.registers.set(register.CODEC_ERR_PAGE, this.page);
    this.enter('error', 0);
    this.world.emit(this, event);
    yield* this.port.raise();
  }

  protected *raise(): KernelTask<void> {
    const { epoch } = this;
    yield* this.port.raise();
    if (epoch !== this.epoch) return;
    this.enter('done', 0);
    this.world.emit(this, 'raise');
  }

  /** What the interrupt line sees: it stands until somebody takes note of the job. */
  get asserts(): boolean {
    return ['ending', 'done', 'error'].includes(this.codecState);
  }

  override abstract(): AbstractState {
    const { codecState: state } = this;
    const isBusy = !['idle', 'done', 'error', 'gone'].includes(state);
    return { state: CODES.has(state) ? 'coding' : state, context: { isBusy } };
  }

  visitState(visit: StateVisitor): void {
    visit('state', this.codecState);
    visit('dueNs', this.isWorking ? this.dueNs : 0);
    visit('registers', [...this.registers].map(([name, value]) => `${name} ${value}`).toSorted());
    visit('page', this.page);
    visit('source', this.source);
    visit(
      'referenced',
      this.referenced.map((frame) => frame ?? -1),
    );
    visit('pages', [...this.readPages, -1, ...this.writtenPages]);
  }
}
