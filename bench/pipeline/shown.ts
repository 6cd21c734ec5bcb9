import type { FrameLog, LoggedFrame } from '../../impl/hw/display/frame-log.ts';
import { partsOf } from '../../impl/hw/token.ts';

/**
 * What a screen has shown, held against what a camera has seen: each frame is whole, and they come
 * in order, none left out.
 */
export class Shown {
  private readonly log: FrameLog;
  private readonly writer: number;
  /** Scans that were looked at. */
  private seen = 0;
  /** The frame of the camera that was shown last. */
  frame = 0;

  constructor(log: FrameLog, writer: number) {
    this.log = log;
    this.writer = writer;
  }

  /** Looks at all complete scans that it has not seen. The log forgets old ones: look often. */
  look(): void {
    const { kept, begun, linesPerFrame } = this.log;
    const fresh = begun - this.seen;
    if (fresh > kept.length) throw new Error('scans were forgotten before anybody looked');
    for (const scan of kept.slice(kept.length - fresh)) {
      if (scan.lines < linesPerFrame) return;
      this.compare(scan);
      this.seen += 1;
    }
  }

  private compare({ tokens, marks }: LoggedFrame): void {
    const [first = 0] = tokens;
    const parts = partsOf(first);
    if (parts === null || parts.writer !== this.writer || parts.line !== 0) {
      throw new Error(`scan ${this.seen} shows what the camera has not seen`);
    }
    if (tokens.some((token, at) => token !== first + at) || marks.some((mark) => mark !== 0)) {
      throw new Error(`scan ${this.seen} is torn`);
    }
    const isNext = parts.frame === this.frame + 1;
    if (!isNext && (parts.frame !== this.frame || this.seen === 0)) {
      throw new Error(`scan ${this.seen} shows frame ${parts.frame} after ${this.frame}`);
    }
    this.frame = parts.frame;
  }
}
