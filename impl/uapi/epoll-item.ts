import type { KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
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

interface QueueEntry {
  readonly queue: WaitQueue;
  readonly entry: WaitEntry;
}

/** One descriptor in an epoll set. It does not keep its file alive. @kernel struct epitem */
export class EpollItem extends KernelObject implements FileWatch, PollTable {
  readonly set: EventPoll;
  readonly file: File;
  readonly fd: number;
  /** Changed under the set's mutex, read under its lock. */
  events: number;
  data: number;
  /** Its file is being released, and will remove it. Under the file's lock. */
  isDying = false;
  /** The first poll also joins the queues of the file. */
  private isQueueing = false;
  /** @kernel struct eppoll_entry */
  private readonly queues: QueueEntry[] = [];

  constructor(set: EventPoll, file: File, fd: number, events: number, data: number) {
    super(set.world, 'epitem');
    this.set = set;
    this.file = file;
    this.fd = fd;
    this.events = events;
    this.data = data;
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
    this.isQueueing = true;
    const events = yield* this.poll();
    this.isQueueing = false;
    return events;
  }

  /** @kernel ep_ptable_queue_proc */
  *wait(_file: File, queue: WaitQueue): KernelTask<void> {
    if (!this.isQueueing) return;
    const entry: WaitEntry = {
      key: 0,
      sleeper: this,
      wake: (events) => this.set.itemWoken(this, events),
    };
    this.queues.push({ queue, entry });
    yield* queue.add(entry);
  }

  /** @kernel ep_unregister_pollwait */
  *leaveQueues(): KernelTask<void> {
    for (const { queue, entry } of this.queues.splice(0)) yield* queue.remove(entry);
  }

  *fileReleased(): KernelTask<void> {
    // From here on the set leaves this item to us, and cannot be freed before it is gone.
    this.isDying = true;
    yield* this.set.forget(this);
  }

  visitState(visit: StateVisitor): void {
    visit('events', this.events);
    visit('data', this.data);
    visit('isDying', this.isDying);
    visit('isQueueing', this.isQueueing);
    visit('queues', this.queues.length);
  }
}
