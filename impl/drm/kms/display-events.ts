import type { KernelTask } from '../../kernel/access.ts';
import { ENOMEM } from '../../kernel/errno.ts';
import { POLLIN, POLLRDNORM } from '../../uapi/file.ts';
import type { DrmFile } from '../drm-file.ts';
import { EVENT_SIZE } from './kms-uapi.ts';
import type { ModeConfig } from './mode-config.ts';
import type { VblankEvent } from './vblank-event.ts';

/** Telling of flips: who waits inside the kernel, fences, files. */
export class DisplayEvents {
  protected readonly config: ModeConfig;

  constructor(config: ModeConfig) {
    this.config = config;
  }

  /** Room in the file for the event; -ENOMEM when too many are unread. @kernel drm_event_reserve_init */
  *reserve(event: VblankEvent, file: DrmFile): KernelTask<number> {
    const { eventLock } = this.config;
    const flags = yield* eventLock.acquireIrqsave();
    const hasRoom = file.display.space.ask((space) => space >= EVENT_SIZE);
    if (hasRoom) {
      file.display.space.change((space) => space - EVENT_SIZE);
      file.display.pending.push(event);
      event.file.set(file);
    }
    eventLock.releaseIrqrestore(flags);
    return hasRoom ? 0 : -ENOMEM;
  }

  /** The event will not be sent. */
  *forget(event: VblankEvent): KernelTask<void> {
    const { eventLock } = this.config;
    const flags = yield* eventLock.acquireIrqsave();
    const file = event.file.get();
    if (file !== null) {
      file.display.space.change((space) => space + EVENT_SIZE);
      file.display.pending.remove(event);
    }
    eventLock.releaseIrqrestore(flags);
  }

  /**
   * Tells everybody, under the event lock: the commit first, so that whoever hears of the fence
   * can commit again.
   *
   * @kernel drm_send_event_helper
   * @rule KMS-019
   */
  *sendLocked(event: VblankEvent, timestampNs: number): KernelTask<void> {
    this.config.eventLock.assertHeld('drm_send_event');
    yield* this.complete(event);
    yield* this.signal(event, timestampNs);
    yield* this.deliver(event, timestampNs);
  }

  protected *complete(event: VblankEvent): KernelTask<void> {
    const commit = event.crtcCommit.get();
    if (commit === null) return;
    event.crtcCommit.set(null);
    yield* commit.flipped();
    yield* commit.put();
  }

  /** @rule KMS-013 */
  protected *signal(event: VblankEvent, timestampNs: number): KernelTask<void> {
    const fence = event.fence.get();
    if (fence === null) return;
    event.fence.set(null);
    yield* fence.signalTimestamp(timestampNs);
    yield* fence.put();
  }

  protected *deliver(event: VblankEvent, timestampNs: number): KernelTask<void> {
    const file = event.file.get();
    if (file === null) {
      this.config.world.memory.free(event);
      return;
    }
    event.timestampNs.set(timestampNs);
    file.display.pending.remove(event);
    file.display.events.push(event);
    yield* file.display.queue.wakeAll(POLLIN | POLLRDNORM);
  }
}
