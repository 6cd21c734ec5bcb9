import { Camera } from '../../../impl/hw/camera/camera.ts';
import { Codec } from '../../../impl/hw/codec/codec.ts';
import type { StateKey } from '../../../impl/kernel/state-key.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import { CameraDriver } from '../../../impl/media/camera/camera-driver.ts';
import { CodecDriver } from '../../../impl/media/codec/codec-driver.ts';
import { Vb2Buffer } from '../../../impl/media/vb2-buffer.ts';
import type { EventName } from '../../../model/events.ts';
import type { AccessesBook } from './accesses.ts';
import { CapturesBook } from './captures.ts';
import { DecodingsBook } from './decodings.ts';
import type { E2eNotes } from './notes.ts';

/** Video devices whose drivers have buffers: who has them, and what is in them. */
export class VideosBook {
  private readonly accesses: AccessesBook;
  private readonly captures: CapturesBook;
  private readonly decodings: DecodingsBook;
  /** Buffers with the error flag. */
  private readonly failed = new Set<Vb2Buffer>();
  hasDrivers = false;

  constructor(notes: E2eNotes, accesses: AccessesBook) {
    this.accesses = accesses;
    this.captures = new CapturesBook(notes);
    this.decodings = new DecodingsBook(notes);
  }

  event({ object, name }: WorldEvent): void {
    if (object instanceof Camera) this.captures.camera(object, name);
    else if (object instanceof Codec) this.decodings.codec(object, name);
    else if (object instanceof Vb2Buffer) this.buffer(object, name);
  }

  private buffer(buffer: Vb2Buffer, name: EventName): void {
    const { ops: driver } = buffer.queue;
    const isCodec = driver instanceof CodecDriver;
    if (!isCodec && !(driver instanceof CameraDriver)) return;
    switch (name) {
      case 'give':
        this.hasDrivers = true;
        this.accesses.uses(driver.hardware.device);
        if (isCodec) this.decodings.uses(driver);
        return;
      case 'done':
      case 'done.error':
      case 'done.back':
        if (name === 'done.error') this.failed.add(buffer);
        else this.failed.delete(buffer);
        this.decodings.completed(buffer);
        return;
      case 'dequeue': {
        const hasFailed = this.failed.has(buffer);
        if (isCodec) this.decodings.delivered(driver, buffer, hasFailed);
        else this.captures.delivered(driver, buffer, hasFailed);
        return;
      }
      default: // the buffer does not change hands
    }
  }

  changed(place: number): void {
    this.decodings.changed(place);
  }

  /** `isStuck`: nothing will happen any more. */
  end(isStuck: boolean): void {
    this.decodings.end(isStuck);
  }

  visitState(key: StateKey): void {
    if (!this.hasDrivers) return;
    this.captures.visitState(key);
    this.decodings.visitState(key);
    for (const buffer of this.failed) key.add(buffer);
  }
}
