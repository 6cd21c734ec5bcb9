import type { KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList, PlainWord } from '../kernel/plain.ts';
import type { WaitEntry, WaitQueue } from '../kernel/wait-queue.ts';
import type { EventPoll } from './epoll.ts';
import type { File, FileWatch, PollTable } from './file.ts';

/** Report once, then stay silent until the registration is modified. */
export const EPOLLONESHOT: number = 1 << 30;
/** Report changes, not states. The sign bit: masks are compared after `& | ~` only. */
export const EPOLLET: number = 1 << 31;
const EPOLLWAKEUP = 1 << 29;
const EPOLLEXCLUSIVE = 1 << 28;
/** Bits that say how to report, and not what. */
export const EP_PRIVATE_BITS: number = EPOLLONESHOT | EPOLLET | EPOLLWAKEUP | EPOLLEXCLUSIVE;

/** An item on a queue of its file. @kernel struct eppoll_entry */
class EpollEntry implements WaitEntry {
  readonly queue: WaitQueue;
  readonly sleeper: EpollItem;

  constructor(queue: WaitQueue, sleeper: EpollItem) {
    this.queue = queue;
    this.sleeper = sleeper;
  }

  get key(): number {
    return this.sleeper.key;
  }

  *wake(events: number): KernelTask<void> {
    yield* this.sleeper.set.itemWoken(this.sleeper, events);
  }
}

/** One descriptor in an epoll set. It does not keep its file alive. @kernel struct epitem */
export class EpollItem extends KernelObject implements FileWatch, PollTable {
  readonly set: EventPoll;
  readonly file: File;
  readonly fd: number;
  /**
   * Changed under the set's mutex, read under its lock, so that nothing orders the two. The kernel
   * knows, says so beside a full barrier, and marks nothing: here it counts as marked.
   */
  readonly mask: PlainWord<number>;
  /** Under the set's mutex. */
  readonly data: PlainWord<number>;
  /** Its file is being released, and will remove it. The file's lock for this is not modelled. */
  readonly isDying: PlainWord<boolean>;
  /** The first poll also joins the queues of the file. Under the set's mutex. */
  private readonly isQueueing: PlainWord<boolean>;
  /** Under the set's mutex. */
  private readonly queues: PlainList<EpollEntry>;

  constructor(set: EventPoll, file: File, fd: number, events: number, data: number) {
    super(set.world, 'epitem');
    this.set = set;
    this.file = file;
    this.fd = fd;
    this.mask = new PlainWord<number>(this, 'events', events, 'once');
    this.data = new PlainWord<number>(this, 'data', data);
    this.isDying = new PlainWord<boolean>(this, 'isDying', false, 'full');
    this.isQueueing = new PlainWord<boolean>(this, 'isQueueing', false);
    this.queues = new PlainList<EpollEntry>(this, 'queues');
  }

  /** The wanted events, as a poll table tells them. @kernel poll_requested_events */
  get events(): number {
    return this.mask.get();
  }

  /** What of the wanted events is there; nothing once the file is dying. @kernel ep_item_poll */
  *poll(): KernelTask<number> {
    if (!(yield* this.file.references.incUnlessZero())) return 0;
    const events = (yield* this.file.poll(this)) & this.events;
    // The set's mutex is held, which the end of a file takes for each of its registrations.
    yield* this.file.putAtReturn();
    return events;
  }

  /** @kernel ep_insert */
  *firstPoll(): KernelTask<number> {
    this.isQueueing.set(true);
    const events = yield* this.poll();
    this.isQueueing.set(false);
    return events;
  }

  /** @kernel ep_ptable_queue_proc */
  *wait(_file: File, queue: WaitQueue): KernelTask<void> {
    if (!this.isQueueing.get()) return;
    const entry = new EpollEntry(queue, this);
    this.queues.push(entry);
    yield* queue.add(entry);
  }

  /** @kernel ep_unregister_pollwait */
  *leaveQueues(): KernelTask<void> {
    for (const entry of this.queues.takeAll()) yield* entry.queue.remove(entry);
  }

  *fileReleased(): KernelTask<void> {
    // From here on the set leaves this item to us, and cannot be freed before it is gone.
    this.isDying.set(true);
    yield* this.set.forget(this);
  }

  visitState(visit: StateVisitor): void {
    visit('events', this.mask.value);
    visit('data', this.data.value);
    visit('isDying', this.isDying.value);
    visit('isQueueing', this.isQueueing.value);
    visit('queues', this.queues.value.length);
  }
}
