/** What the log holds of a line that the bus refused. */
export const FAULT_TOKEN: number = -1;

/** How a scan line came to be; bits. */
export const MARK_ASYNC = 1;
export const MARK_UNDERRUN = 2;
export const MARK_FAULT = 4;

/** One frame of one plane, as it was shown. */
export interface LoggedFrame {
  /** The frames that were counted before it. */
  count: number;
  plane: number;
  /** Where the pixels of its last line were. */
  address: number;
  /** Scan lines that were read. */
  lines: number;
  /** Memory lines, scan line after scan line. */
  readonly tokens: Float64Array;
  /** By scan line. */
  readonly marks: Uint8Array;
}

/** Frames that are kept; older ones are only counted. Unit: frames. */
export const FRAMES_KEPT = 64;

/** What a screen has shown. Nobody in the simulated machine sees it. */
export class FrameLog {
  readonly linesPerFrame: number;
  readonly tokensPerLine: number;
  private readonly frames: LoggedFrame[] = [];
  /** Frames that were begun; the last `FRAMES_KEPT` of them are there. */
  begun = 0;
  /** One number for everything that was logged: equal logs have equal ones. */
  fingerprint = 0;

  constructor(linesPerFrame: number, tokensPerLine: number) {
    this.linesPerFrame = linesPerFrame;
    this.tokensPerLine = tokensPerLine;
  }

  /** The frames that are kept, oldest first. */
  get kept(): readonly LoggedFrame[] {
    const first = Math.max(this.begun - FRAMES_KEPT, 0);
    const kept: LoggedFrame[] = [];
    for (let at = first; at < this.begun; at += 1) {
      const frame = this.frames[at % FRAMES_KEPT];
      if (frame !== undefined) kept.push(frame);
    }
    return kept;
  }

  /** A new frame: its place in the log is used again, so that a long run does not grow. */
  begin(count: number, plane: number): LoggedFrame {
    const at = this.begun % FRAMES_KEPT;
    let frame = this.frames[at];
    if (frame === undefined) {
      frame = {
        count: 0,
        plane: 0,
        address: 0,
        lines: 0,
        tokens: new Float64Array(this.linesPerFrame * this.tokensPerLine),
        marks: new Uint8Array(this.linesPerFrame),
      };
      this.frames[at] = frame;
    }
    frame.count = count;
    frame.plane = plane;
    frame.lines = 0;
    frame.marks.fill(0);
    this.begun += 1;
    return frame;
  }

  /** Notes one memory line of a scan line. */
  put(frame: LoggedFrame, at: number, token: number): void {
    frame.tokens[at] = token;
    // Tokens have more than 32 bits: both halves count.
    const high = Math.trunc(token / 0x1_0000_0000);
    this.fingerprint = Math.imul(this.fingerprint ^ token, 0x0100_0193) ^ high;
  }

  /** A scan line is complete. */
  end(frame: LoggedFrame, line: number, address: number, marks: number): void {
    frame.lines = line + 1;
    frame.address = address;
    frame.marks[line] = marks;
    this.fingerprint = Math.imul(this.fingerprint ^ marks ^ address, 0x0100_0193);
  }
}
