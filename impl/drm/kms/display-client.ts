import type { KernelTask } from '../../kernel/access.ts';
import { EAGAIN, EINVAL, EOPNOTSUPP } from '../../kernel/errno.ts';
import type { StateVisitor } from '../../kernel/object.ts';
import { PlainList, PlainWord } from '../../kernel/plain.ts';
import { WaitQueue } from '../../kernel/wait-queue.ts';
import { type File, POLLIN, POLLRDNORM, type PollTable } from '../../uapi/file.ts';
import { numberField, type UserPointer } from '../../uapi/user-memory.ts';
import type { DrmFile } from '../drm-file.ts';
import type { Framebuffer } from './framebuffer.ts';
import {
  DRM_CLIENT_CAP_ATOMIC,
  DRM_CLIENT_CAP_UNIVERSAL_PLANES,
  EVENT_SIZE,
  EVENT_SPACE,
} from './kms-uapi.ts';
import type { VblankEvent } from './vblank-event.ts';

/** What a device file has told and made of a display, and what it is told. @kernel struct drm_file */
export class DisplayClient {
  private readonly file: DrmFile;
  /** Client capabilities that are on, a bit each. @kernel universal_planes atomic */
  readonly capabilities: PlainWord<number>;
  /** Under the device's lock for these lists. @kernel fbs */
  readonly framebuffers: PlainList<Framebuffer>;
  /** Events that are to come, and those that nobody has read. Under the event lock. @kernel pending_event_list event_list */
  readonly pending: PlainList<VblankEvent>;
  readonly events: PlainList<VblankEvent>;
  /** For events. Under the event lock. Unit: bytes. @kernel event_space */
  readonly space: PlainWord<number>;
  /** @kernel event_wait */
  readonly queue: WaitQueue;

  constructor(file: DrmFile) {
    this.file = file;
    this.capabilities = new PlainWord<number>(file, 'capabilities', 0, 'once');
    this.framebuffers = new PlainList<Framebuffer>(file, 'framebuffers');
    this.pending = new PlainList<VblankEvent>(file, 'pending_event_list');
    this.events = new PlainList<VblankEvent>(file, 'event_list');
    this.space = new PlainWord<number>(file, 'event_space', EVENT_SPACE);
    this.queue = new WaitQueue(file, 'event_wait', '&file_priv->event_wait');
  }

  get isAtomic(): boolean {
    return this.capabilities.ask((bits) => (bits & (1 << DRM_CLIENT_CAP_ATOMIC)) !== 0);
  }

  /** @kernel drm_setclientcap @rule DEV-013 */
  *setClientCap(argument: UserPointer): KernelTask<number> {
    if (this.file.device.display === null) return -EOPNOTSUPP;
    const capability = numberField(argument, 'capability');
    const known = [DRM_CLIENT_CAP_UNIVERSAL_PLANES, DRM_CLIENT_CAP_ATOMIC];
    const value = numberField(argument, 'value');
    if (!known.includes(capability) || value > 1) return -EINVAL;
    const bit = 1 << capability;
    this.capabilities.change((bits) => (value === 0 ? bits & ~bit : bits | bit));
    return 0;
  }

  /** The first who opens a display may change what is shown. @kernel drm_master_open @rule DEV-013 */
  opened(): void {
    const { display: config } = this.file.device;
    if (config?.master.isNull() ?? false) config?.master.set(this.file);
  }

  /**
   * The oldest event: when, and what the file wanted to read; -EAGAIN when there is none: files are
   * opened non-blocking.
   *
   * @kernel drm_read
   */
  *read(length: number): KernelTask<Uint8Array | number> {
    const { display: config } = this.file.device;
    if (config === null) return -EINVAL;
    yield* config.eventLock.acquireIrq();
    const event = this.events.at(0);
    const fits = event !== null && length >= event.length;
    if (event !== null && fits) {
      this.events.remove(event);
      this.space.change((space) => space + EVENT_SIZE);
    }
    config.eventLock.releaseIrq();
    if (event === null) return -EAGAIN;
    if (!fits) return new Uint8Array(0);
    const bytes = this.copyOut(event);
    this.file.world.memory.free(event);
    return bytes;
  }

  /** As many bytes as the event says that it has. @kernel copy_to_user */
  protected copyOut(event: VblankEvent): Uint8Array {
    const { record, length } = event;
    if (length <= record.length) return record.slice(0, length);
    return this.file.world.fault('bug', 'what lies behind an event is read', event);
  }

  /** @kernel drm_poll */
  *poll(file: File, table: PollTable | null): KernelTask<number> {
    if (table !== null) yield* table.wait(file, this.queue);
    return this.events.isEmpty() ? 0 : POLLIN | POLLRDNORM;
  }

  /** Nobody reads its events any more. @kernel drm_events_release drm_master_release */
  *close(): KernelTask<void> {
    const { display: config, stack } = this.file.device;
    if (config === null) return;
    const flags = yield* config.eventLock.acquireIrqsave();
    for (const event of this.pending.takeAll()) event.file.set(null);
    const unread = this.events.takeAll();
    config.eventLock.releaseIrqrestore(flags);
    for (const event of unread) this.file.world.memory.free(event);
    yield* stack.kms.framebuffers.close(this.file);
    if (config.master.ask((master) => master === this.file)) config.master.set(null);
  }

  visitState(visit: StateVisitor): void {
    visit('capabilities', this.capabilities.value);
    visit('framebuffers', [...this.framebuffers.value]);
    visit('pending', [...this.pending.value]);
    visit('events', [...this.events.value]);
    visit('event_space', this.space.value);
    visit('event_wait', this.queue.state);
  }
}
