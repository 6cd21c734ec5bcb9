import type { KernelTask } from '../../kernel/access.ts';
import type { StateVisitor } from '../../kernel/object.ts';
import { LINE_BYTES, PAGE_BYTES } from '../platform-options.ts';
import type { Crtc } from './crtc.ts';
import { ABORTED } from './display-port.ts';
import { PLANE_ON } from './display-registers.ts';
import { FAULT_TOKEN, FrameLog, type LoggedFrame, MARK_FAULT, MARK_UNDERRUN } from './frame-log.ts';

/** One plane of the frame that is being read. */
interface PlaneScan {
  frame: LoggedFrame | null;
  /** Memory lines of the scan line that is being read, and behind it what is read in advance. */
  readonly tokens: Float64Array;
  /** So many lines at the front of `tokens` were read in advance, for the next scan line. */
  ahead: number;
}

/** Reads the pixels of a screen, and logs what was shown. */
export class Scanner {
  protected readonly crtc: Crtc;
  readonly log: FrameLog;
  private readonly planes: readonly PlaneScan[];
  /** Of the lines from here on, until the frame ends. */
  private marks = 0;

  constructor(crtc: Crtc) {
    const { lines, lineTokens, readAhead, planes } = crtc.options;
    this.crtc = crtc;
    this.log = new FrameLog(lines, lineTokens);
    this.planes = Array.from({ length: planes }, () => ({
      frame: null,
      tokens: new Float64Array(lineTokens + readAhead),
      ahead: 0,
    }));
  }

  mark(bit: number): void {
    this.marks |= bit;
  }

  /** Nothing that was read in advance will be shown. */
  forget(): void {
    for (const plane of this.planes) {
      plane.frame = null;
      plane.ahead = 0;
    }
    this.marks = 0;
  }

  protected get readAhead(): number {
    const { readAhead, lineTokens } = this.crtc.options;
    return Math.min(readAhead, lineTokens);
  }

  protected get lateMark(): number {
    return MARK_UNDERRUN;
  }

  /** Reads one scan line of all planes. False: the bus has refused some of it. */
  *readLine(line: number): KernelTask<boolean> {
    let isRead = true;
    for (const [number, plane] of this.planes.entries()) {
      const frame = this.frameOf(number, plane, line);
      if (frame === null) continue;
      const address = this.crtc.activeOf(number, 'ADDR');
      const { lineTokens, lines } = this.crtc.options;
      const first = line * lineTokens;
      const end = line + 1 === lines ? lineTokens : lineTokens + this.readAhead;
      yield* this.read(address + first * LINE_BYTES, end, plane);
      const isWhole = this.show(frame, first, plane.tokens);
      // What comes behind the line was read in advance.
      plane.ahead = end - lineTokens;
      plane.tokens.copyWithin(0, lineTokens, end);
      this.log.end(frame, line, address, this.marks | (isWhole ? 0 : MARK_FAULT));
      isRead &&= isWhole;
      this.compare(frame, line, isWhole);
    }
    return isRead;
  }

  /** Logs a scan line. False: some of it could not be read. */
  private show(frame: LoggedFrame, first: number, tokens: Float64Array): boolean {
    const { lineTokens } = this.crtc.options;
    let isWhole = true;
    for (let at = 0; at < lineTokens; at += 1) {
      const token = tokens[at] ?? FAULT_TOKEN;
      if (token === FAULT_TOKEN) isWhole = false;
      this.log.put(frame, first + at, token);
    }
    return isWhole;
  }

  /** A frame that was changed, or taken away, while it is shown. @rule HW-DISP-008 */
  private compare(frame: LoggedFrame, line: number, isWhole: boolean): void {
    if (this.marks !== 0) return;
    if (!isWhole) this.crtc.port.races('a frame was taken away');
    const { lineTokens } = this.crtc.options;
    const first = contentOf(frame.tokens[0] ?? 0);
    for (let at = line * lineTokens; at < (line + 1) * lineTokens; at += 1) {
      const content = contentOf(frame.tokens[at] ?? 0);
      if (content > 0 && first > 0 && content !== first) {
        this.crtc.port.races(`a frame changed in line ${line}`);
        return;
      }
    }
  }

  /** The bus was too slow: the line before is shown once more. */
  repeatLine(line: number): boolean {
    for (const [number, plane] of this.planes.entries()) {
      const frame = this.frameOf(number, plane, line);
      if (frame === null) continue;
      const { lineTokens } = this.crtc.options;
      const first = line * lineTokens;
      for (let at = first; at < first + lineTokens; at += 1) {
        const token = line === 0 ? FAULT_TOKEN : (frame.tokens[at - lineTokens] ?? FAULT_TOKEN);
        this.log.put(frame, at, token);
      }
      const address = this.crtc.activeOf(number, 'ADDR');
      this.log.end(frame, line, address, this.marks | this.lateMark);
      plane.ahead = 0;
    }
    return true;
  }

  /** The frame that a plane is at; null: nothing is shown of it. */
  private frameOf(number: number, plane: PlaneScan, line: number): LoggedFrame | null {
    if (line === 0) this.marks = 0;
    if ((this.crtc.activeOf(number, 'CTL') & PLANE_ON) === 0) {
      plane.frame = null;
    } else if (line === 0 || plane.frame === null) {
      plane.frame = this.log.begin(this.crtc.count, number);
      plane.ahead = 0;
    }
    return plane.frame;
  }

  /** Reads lines of memory until there are so many. */
  private *read(address: number, count: number, plane: PlaneScan): KernelTask<void> {
    const { port } = this.crtc;
    const { tokens, ahead } = plane;
    plane.ahead = 0;
    let page = ABORTED;
    let isFirst = true;
    for (let at = ahead; at < count; at += 1) {
      const here = address + at * LINE_BYTES;
      if (isFirst || here % PAGE_BYTES === 0) page = yield* port.findPage(here);
      isFirst = false;
      tokens[at] = page === ABORTED ? FAULT_TOKEN : port.load(page, here);
    }
  }

  visitState(visit: StateVisitor): void {
    visit('log', [this.log.fingerprint, this.log.begun, this.marks]);
    for (const { tokens, ahead } of this.planes) visit('ahead', [...tokens.subarray(0, ahead)]);
  }
}

/** Lines of one frame have this in common; special tokens have none. */
function contentOf(token: number): number {
  return Math.floor(token / LINES_OF_TOKEN);
}

/** Tokens number the lines of a frame up to this. */
const LINES_OF_TOKEN = 4096;
