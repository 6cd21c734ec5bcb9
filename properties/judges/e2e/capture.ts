import type { EventOf } from '../../../model/events.ts';

/** A buffer that a client got back from a capture queue. */
export interface Delivered {
  readonly sequence: number;
  readonly isError: boolean;
}

/**
 * Frames between stream-on and stream-off: each start of frame is delivered, with or without an
 * error, dropped because no buffer was there, or discarded by stream-off.
 */
export class CaptureAccount {
  private starts = 0;
  private dropped = 0;
  private discarded = 0;
  private last = -1;
  private readonly complaints: string[] = [];
  private isStreaming = false;
  private handedOver = 0;

  /** What the camera does. */
  device({ type }: { readonly type: EventOf<'camera'> }): void {
    if (type === 'stream') this.isStreaming = true;
    if (type === 'streamOff' || type === 'abort') this.isStreaming = false;
    if (type === 'sof' || type === 'overrun') this.start(type);
  }

  private start(type: 'sof' | 'overrun'): void {
    if (!this.isStreaming) return;
    this.starts += 1;
    if (type === 'overrun') this.dropped += 1;
  }

  deliver({ sequence }: Delivered): void {
    this.handedOver += 1;
    if (sequence <= this.last) {
      this.complaints.push(`sequence number ${sequence} comes behind ${this.last}`);
    }
    this.last = sequence;
  }

  /** Stream-off keeps frames that are complete, or cut off. */
  discard(frames: number): void {
    this.discarded += frames;
  }

  /** What does not add up; once the stream is off and nothing is on its way. */
  get complaint(): string | null {
    const { starts, handedOver, dropped, discarded } = this;
    if (this.complaints.length > 0) return this.complaints[0] ?? null;
    if (handedOver + dropped + discarded === starts) return null;
    return (
      `${starts} frames began, ${handedOver} were delivered, ${dropped} dropped, ` +
      `${discarded} discarded`
    );
  }
}
