import type { EventOf } from '../../../model/events.ts';

/** A buffer that a client got back from a capture queue; an error flag changes nothing here. */
export interface Delivered {
  readonly sequence: number;
}

type Fate = 'open' | 'dropped' | 'delivered';

/**
 * Frames between stream-on and stream-off, from 1: each start of frame is delivered, with or without
 * an error flag, or was dropped because no buffer was there, or is discarded by stream-off. Buffers
 * come back in order, so whoever gets a frame has got all before it that were not dropped.
 */
export class CaptureAccount {
  private frames: Fate[] = [];
  private isStreaming = false;
  private last = 0;
  private first: string | null = null;

  /** What the camera does. */
  device({ type }: { readonly type: EventOf<'camera'> }): void {
    if (type === 'stream') {
      this.isStreaming = true;
      this.frames = [];
      this.last = 0;
    }
    if (type === 'streamOff' || type === 'abort' || type === 'unplug') this.isStreaming = false;
    if (!this.isStreaming) return;
    if (type === 'sof') this.frames.push('open');
    if (type === 'overrun') this.frames.push('dropped');
  }

  deliver({ sequence }: Delivered): void {
    if (sequence <= this.last) this.note(`frame ${sequence} comes behind ${this.last}`);
    const fate = this.frames[sequence - 1];
    if (fate === undefined) this.note(`frame ${sequence} was never begun`);
    if (fate === 'dropped') this.note(`frame ${sequence} was dropped, and comes`);
    this.frames[sequence - 1] = 'delivered';
    this.last = sequence;
    const lost = this.frames.slice(0, sequence).indexOf('open');
    if (lost >= 0) this.note(`frame ${lost + 1} was neither delivered nor dropped`);
  }

  private note(message: string): void {
    this.first ??= message;
  }

  /** What does not add up, or null. Frames that are open when the stream ends are discarded. */
  get complaint(): string | null {
    return this.first;
  }
}
