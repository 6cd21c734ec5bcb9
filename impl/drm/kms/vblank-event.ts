import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { DrmFile } from '../drm-file.ts';
import type { CrtcCommit } from './crtc-commit.ts';
import type { Crtc } from './crtc.ts';
import { DRM_EVENT_FLIP_COMPLETE, EVENT_SIZE } from './kms-uapi.ts';

/**
 * Who shall hear that a state is shown: the commit itself, an out-fence, a file.
 *
 * @kernel struct drm_pending_vblank_event
 */
export class VblankEvent extends KernelObject {
  readonly crtc: Crtc;
  /** @kernel completion */
  readonly crtcCommit: PlainWord<CrtcCommit | null>;
  readonly fence: PlainWord<DmaFence | null>;
  /** Null when no file wants to hear, or none is left. Under the event lock. @kernel file_priv */
  readonly file: PlainWord<DrmFile | null>;
  /** What the file gets to read besides. */
  readonly userData: number;
  /** When it was sent. Unit: nanoseconds. */
  readonly timestampNs: PlainWord<number>;
  /** The vertical blank that it waits for. Under the event lock. */
  readonly sequence: PlainWord<number>;

  constructor(crtc: Crtc, userData: number) {
    super(crtc.world, 'vblankEvent');
    this.crtc = crtc;
    this.userData = userData;
    this.crtcCommit = new PlainWord<CrtcCommit | null>(this, 'completion', null);
    this.fence = new PlainWord<DmaFence | null>(this, 'fence', null);
    this.file = new PlainWord<DrmFile | null>(this, 'file', null);
    this.timestampNs = new PlainWord<number>(this, 'timestamp', 0);
    this.sequence = new PlainWord<number>(this, 'sequence', 0);
  }

  /**
   * It will not be sent: gives everything back. An out-fence of it goes unsignalled.
   *
   * @kernel drm_event_cancel_free
   * @rule KMS-024
   */
  *cancel(): KernelTask<void> {
    yield* this.crtc.config.events.forget(this);
    const fence = this.fence.get();
    if (fence !== null) yield* fence.put();
    const commit = this.crtcCommit.get();
    if (commit !== null) yield* commit.put();
    this.world.memory.free(this);
  }

  /** How much of it a file reads. Unit: bytes. @kernel drm_event.length */
  get length(): number {
    return EVENT_SIZE;
  }

  /** As a file reads it. @kernel struct drm_event_vblank */
  get record(): Uint8Array {
    const bytes = new Uint8Array(EVENT_SIZE);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, DRM_EVENT_FLIP_COMPLETE, true);
    view.setUint32(4, this.length, true);
    view.setBigUint64(8, BigInt(this.userData), true);
    view.setBigUint64(16, BigInt(this.timestampNs.get()), true);
    view.setUint32(24, this.sequence.get(), true);
    view.setUint32(28, this.crtc.number, true);
    return bytes;
  }

  visitState(visit: StateVisitor): void {
    visit('completion', this.crtcCommit.value);
    visit('fence', this.fence.value);
    visit('file', this.file.value);
    visit('userData', this.userData);
    visit('timestamp', this.timestampNs.value);
    visit('sequence', this.sequence.value);
  }
}
