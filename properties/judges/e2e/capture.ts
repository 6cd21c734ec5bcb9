import type { EventName } from '../../../model/events.ts';

/** A buffer that a client got back from a capture queue. */
export interface Delivered {
  readonly sequence: number;
  /** It has the error flag. */
  readonly hasFailed?: boolean;
}

/**
 * Frames between stream-on and stream-off, as the sensor counts them: each start of frame is
 * delivered, with or without an error flag, or was dropped because no buffer was there, or is
 * discarded by stream-off. Buffers come back in order, so whoever gets a frame has got all before it
 * that were not dropped.
 */
export class CaptureAccount {
  /** The last frame that was delivered, or came before the stream. */
  private last = 0;
  /** Those behind it. */
  private frames: ('open' | 'dropped')[] = [];
  private isStreaming = false;
  private isGone = false;
  private first: string | null = null;

  /** What the camera does. */
  device({ type }: { readonly type: EventName }): void {
    switch (type) {
      case 'stream':
        this.isStreaming = true;
        this.last += this.frames.length;
        this.frames = [];
        return;
      case 'sof':
        if (this.isStreaming) this.frames.push('open');
        return;
      case 'overrun':
        if (this.isStreaming) this.frames.push('dropped');
        return;
      case 'unplug':
        this.isGone = true;
        this.isStreaming = false;
        return;
      case 'streamOff':
      case 'abort':
        this.isStreaming = false;
        return;
      default: // says nothing about a frame as a whole
    }
  }

  deliver({ sequence, hasFailed = false }: Delivered): void {
    // Whatever a camera was at when it was pulled out is cut off, and is no frame.
    if (this.isGone && hasFailed) return;
    const { last } = this;
    if (sequence <= last) {
      this.note(`frame ${sequence} comes behind ${last}`);
      return;
    }
    const passed = this.frames.splice(0, sequence - last);
    this.last += passed.length;
    const fate = passed[sequence - last - 1];
    if (fate === undefined) this.note(`frame ${sequence} was never begun`);
    if (fate === 'dropped') this.note(`frame ${sequence} was dropped, and comes`);
    const lost = passed.slice(0, -1).indexOf('open');
    if (lost >= 0) this.note(`frame ${last + lost + 1} was neither delivered nor dropped`);
  }

  private note(message: string): void {
    this.first ??= message;
  }

  /** What does not add up, or null. Frames that are open when the stream ends are discarded. */
  get complaint(): string | null {
    return this.first;
  }

  /** All that its answers depend on, for state keys. */
  get text(): string {
    const { last, frames, isStreaming, isGone } = this;
    return [last, isStreaming, isGone, ...frames].join(' ');
  }
}
