import type { KernelTask } from '../kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../kernel/clock.ts';
import { Count } from '../kernel/count.ts';
import { EEXIST, EINTR, EINVAL, ENOENT, ENOMEM } from '../kernel/errno.ts';
import { Mutex } from '../kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList, PlainWord } from '../kernel/plain.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import { TASK_INTERRUPTIBLE } from '../kernel/task-state.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { Stack } from '../stack.ts';
import { EPOLLET, EPOLLONESHOT, EP_PRIVATE_BITS, EpollItem } from './epoll-item.ts';
import { EpollWait } from './epoll-wait.ts';
import { type File, type FileOps, POLLERR, POLLHUP, POLLIN, type PollTable } from './file.ts';

/** One ready registration: the number given with it, and its events. @kernel struct epoll_event */
export interface EpollEvent {
  readonly data: number;
  readonly events: number;
}

/**
 * A set of files that a program waits for together.
 *
 * @kernel struct eventpoll
 * @rule SYNCFILE-031
 */
export class EventPoll extends KernelObject implements FileOps {
  readonly name = '[eventpoll]';
  readonly stack: Stack;
  /** One for the file, one for each item. */
  readonly references: Count;
  /** Serialises requests and scans. @kernel ep->mtx */
  readonly mutex: Mutex;
  /** Protects the lists of what is ready. @kernel ep->lock */
  readonly lock: SpinLock;
  /** Who waits for events. @kernel ep->wq */
  readonly queue: WaitQueue;
  /** Who polls this set itself. @kernel ep->poll_wait */
  readonly pollQueue: WaitQueue;
  /** Registrations; under `mutex`. */
  readonly items: PlainList<EpollItem>;
  /** Under `lock`; while a scan runs it belongs to the scanner. @kernel ep->rdllist */
  readonly ready: PlainList<EpollItem>;
  /** A scan runs: what becomes ready goes to `overflow`. Under `lock`. @kernel EP_UNACTIVE_PTR */
  readonly isScanning: PlainWord<boolean>;
  /** What became ready during a scan. Under `lock`. @kernel ep->ovflist */
  readonly overflow: PlainList<EpollItem>;

  /** @kernel ep_alloc */
  constructor(stack: Stack) {
    super(stack.world, 'eventpoll');
    this.stack = stack;
    this.references = new Count(this, 'references');
    this.mutex = new Mutex(this, 'mtx', '&ep->mtx');
    this.lock = new SpinLock(this, 'lock', '&ep->lock');
    this.queue = new WaitQueue(this, 'wq', '&ep->wq');
    this.pollQueue = new WaitQueue(this, 'poll_wait', '&ep->poll_wait');
    this.items = new PlainList<EpollItem>(this, 'items');
    this.ready = new PlainList<EpollItem>(this, 'ready');
    this.isScanning = new PlainWord<boolean>(this, 'isScanning', false);
    this.overflow = new PlainList<EpollItem>(this, 'overflow');
  }

  /** -EEXIST when this descriptor of this file is in the set. @kernel ep_insert */
  *insert(file: File, fd: number, events: number, data: number): KernelTask<number> {
    yield* this.mutex.acquire();
    const result =
      this.find(file, fd) === null ? yield* this.insertLocked(file, fd, events, data) : -EEXIST;
    this.mutex.release();
    return result;
  }

  protected *insertLocked(
    file: File,
    fd: number,
    events: number,
    data: number,
  ): KernelTask<number> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const item = new EpollItem(this, file, fd, (events | POLLERR | POLLHUP) >>> 0, data);
    this.items.push(item);
    file.watches.push(item);
    yield* this.references.inc();
    if ((yield* item.firstPoll()) !== 0) yield* this.makeReady(item);
    return 0;
  }

  /** -ENOENT when this descriptor of this file is not in the set. @kernel ep_modify */
  *modify(file: File, fd: number, events: number, data: number): KernelTask<number> {
    yield* this.mutex.acquire();
    const item = this.find(file, fd);
    if (item !== null) {
      item.mask.set((events | POLLERR | POLLHUP) >>> 0);
      item.data.set(data);
      if ((yield* item.poll()) !== 0) yield* this.makeReady(item);
    }
    this.mutex.release();
    return item === null ? -ENOENT : 0;
  }

  /** @kernel EPOLL_CTL_DEL */
  *delete(file: File, fd: number): KernelTask<number> {
    yield* this.mutex.acquire();
    const item = this.find(file, fd);
    if (item !== null) yield* this.removeLocked(item, false);
    this.mutex.release();
    return item === null ? -ENOENT : 0;
  }

  /** The key of a registration is the file and the number together. @kernel ep_find */
  protected find(file: File, fd: number): EpollItem | null {
    return this.items.find((item) => item.file === file && item.fd === fd);
  }

  /**
   * Takes an item out of the set. An item whose file is dying is left to the file (`isForced`).
   *
   * @kernel __ep_remove
   */
  protected *removeLocked(item: EpollItem, isForced: boolean): KernelTask<void> {
    this.mutex.assertHeld('ep_remove');
    yield* item.leaveQueues();
    if (item.isDying.get() && !isForced) return;
    item.file.watches.remove(item);
    this.items.remove(item);
    yield* this.lock.acquireIrq();
    this.ready.remove(item);
    this.lock.releaseIrq();
    this.world.rcu.free(item);
    // The caller has a reference of its own, so this is never the last one.
    yield* this.references.decAndTest();
  }

  /** The file of a registration is gone for good. @kernel eventpoll_release_file */
  *forget(item: EpollItem): KernelTask<void> {
    yield* this.references.inc();
    yield* this.mutex.acquire();
    yield* this.removeLocked(item, true);
    this.mutex.release();
    yield* this.put();
  }

  /** @kernel ep_refcount_dec_and_test ep_free */
  protected *put(): KernelTask<void> {
    if (yield* this.references.decAndTest()) this.world.memory.free(this);
  }

  protected *makeReady(item: EpollItem): KernelTask<void> {
    yield* this.lock.acquireIrq();
    const isNew = !this.ready.includes(item);
    if (isNew) {
      this.ready.push(item);
      yield* this.queue.wakeAll();
    }
    this.lock.releaseIrq();
    if (isNew) yield* this.pollQueue.wakeAll(POLLIN);
  }

  /** A file of the set woke its queue: runs under that queue's lock. @kernel ep_poll_callback */
  *itemWoken(item: EpollItem, events: number): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    const isWanted = item.mask.ask(
      (mask) => (mask & ~EP_PRIVATE_BITS) !== 0 && (events === 0 || (events & mask) !== 0),
    );
    if (!isWanted) {
      this.lock.releaseIrqrestore(flags);
      return;
    }
    const list = this.isScanning.get() ? this.overflow : this.ready;
    if (!list.includes(item)) list.push(item);
    yield* this.queue.wakeAll();
    this.lock.releaseIrqrestore(flags);
    yield* this.pollQueue.wakeAll(POLLIN);
  }

  /** @kernel ep_events_available */
  *hasEvents(): KernelTask<boolean> {
    const flags = yield* this.lock.acquireIrqsave();
    const isAny = this.hasEventsLocked();
    this.lock.releaseIrqrestore(flags);
    return isAny;
  }

  /** The list itself is the scanner's while a scan runs. */
  protected hasEventsLocked(): boolean {
    return this.isScanning.get() || !this.ready.isEmpty();
  }

  /** @kernel ep_start_scan */
  protected *startScan(): KernelTask<EpollItem[]> {
    this.mutex.assertHeld('ep_start_scan');
    yield* this.lock.acquireIrq();
    const scanned = this.ready.takeAll();
    this.isScanning.set(true);
    this.lock.releaseIrq();
    return scanned;
  }

  /** What became ready meanwhile is added; what was not looked at goes back to the front. @kernel ep_done_scan */
  protected *doneScan(rest: readonly EpollItem[]): KernelTask<void> {
    yield* this.lock.acquireIrq();
    const linked = new Set([...this.ready.copy(), ...rest]);
    const arrived = this.overflow.takeAll().filter((item) => !linked.has(item));
    this.isScanning.set(false);
    this.ready.unshift(...rest, ...arrived);
    if (!this.ready.isEmpty()) yield* this.queue.wakeAll();
    this.lock.releaseIrq();
  }

  /** Collects up to `eventsMax` events; each item is polled again. @kernel ep_send_events */
  *sendEvents(eventsMax: number): KernelTask<EpollEvent[]> {
    const sent: EpollEvent[] = [];
    yield* this.mutex.acquire();
    const scanned = yield* this.startScan();
    while (sent.length < eventsMax) {
      const item = scanned.shift();
      if (item === undefined) break;
      const events = yield* item.poll();
      if (events === 0) continue;
      sent.push({ data: item.data.get(), events });
      const mask = item.mask.get();
      if ((mask & EPOLLONESHOT) !== 0) {
        item.mask.set((mask & EP_PRIVATE_BITS) >>> 0);
      } else if ((mask & EPOLLET) === 0) {
        // Level: it stays in the list, so that the next wait looks again.
        this.ready.push(item);
      }
    }
    yield* this.doneScan(scanned);
    this.mutex.release();
    return sent;
  }

  /** The ready events, an empty list when time runs out, or a negative error. @kernel ep_poll */
  *waitEvents(eventsMax: number, timeoutMs: number): KernelTask<EpollEvent[] | number> {
    const { current, clock } = this.world;
    const { sleeper } = current;
    const expires = timeoutMs < 0 ? MAX_SCHEDULE_TIMEOUT : clock.now + timeoutMs;
    let isTimedOut = timeoutMs === 0;
    let isAvailable = yield* this.hasEvents();
    for (;;) {
      if (isAvailable) {
        const events = yield* this.sendEvents(eventsMax);
        if (events.length > 0) return events;
      }
      if (isTimedOut) return [];
      if (yield* sleeper.isSignalPending()) return -EINTR;
      const waiter = new EpollWait(current, this.queue);
      yield* sleeper.setState(TASK_INTERRUPTIBLE);
      isAvailable = yield* this.queueUnlessEvents(waiter);
      if (!isAvailable) {
        isTimedOut = !(yield* waiter.schedule(expires));
        isAvailable = (yield* this.leaveQueue(waiter)) || !isTimedOut;
      }
      sleeper.setRunning();
    }
  }

  /** Joins the queue unless something is ready, in one hold of the lock. */
  protected *queueUnlessEvents(waiter: EpollWait): KernelTask<boolean> {
    yield* this.lock.acquireIrq();
    const isAny = this.hasEventsLocked();
    if (!isAny) yield* this.queue.add(waiter);
    this.lock.releaseIrq();
    return isAny;
  }

  /** True when the waiter had been woken, be it after its time. */
  protected *leaveQueue(waiter: EpollWait): KernelTask<boolean> {
    yield* this.lock.acquireIrq();
    const isWoken = !this.queue.entries.includes(waiter);
    if (!isWoken) yield* this.queue.remove(waiter);
    this.lock.releaseIrq();
    return isWoken;
  }

  /** A set in a set is readable when something in it is ready. @kernel __ep_eventpoll_poll */
  *poll(file: File, table: PollTable | null): KernelTask<number> {
    if (table !== null) yield* table.wait(file, this.pollQueue);
    yield* this.mutex.acquire();
    const scanned = yield* this.startScan();
    let events = 0;
    for (let item = scanned[0]; item !== undefined; item = scanned[0]) {
      if ((yield* item.poll()) !== 0) {
        events = POLLIN;
        break;
      }
      scanned.shift();
    }
    yield* this.doneScan(scanned);
    this.mutex.release();
    return events;
  }

  /** @kernel ep_eventpoll_ioctl */
  *ioctl(): KernelTask<number> {
    return -EINVAL;
  }

  /** @kernel ep_eventpoll_release */
  *release(): KernelTask<void> {
    yield* this.pollQueue.wakeAll();
    yield* this.mutex.acquire();
    for (const item of this.items.copy()) yield* this.removeLocked(item, false);
    this.mutex.release();
    yield* this.put();
  }

  visitState(visit: StateVisitor): void {
    visit('items', this.items.value);
    visit('ready', this.ready.value);
    visit('overflow', this.isScanning.value ? this.overflow.value : 'none');
    visit('queue', this.queue.state);
    visit('pollQueue', this.pollQueue.state);
    visit('references', this.references.value);
    visit('mutex', this.mutex.holder?.name ?? 'free');
    visit('lock', this.lock.holder?.name ?? 'free');
  }
}
