import type { KernelTask } from '../kernel/access.ts';
import { Cell } from '../kernel/cell.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../kernel/clock.ts';
import { EINTR, EINVAL } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { TASK_INTERRUPTIBLE } from '../kernel/task-state.ts';
import type { Task } from '../kernel/task.ts';
import type { WaitEntry, WaitQueue } from '../kernel/wait-queue.ts';
import type { Stack } from '../stack.ts';
import { FileTable } from './file-table.ts';
import { type File, POLLERR, POLLHUP, POLLNVAL, type PollTable } from './file.ts';

/** One descriptor in a poll request, in user memory. @kernel struct pollfd */
export interface PollFd {
  /** Negative: skipped. */
  readonly fd: number;
  readonly events: number;
  /** The answer. */
  revents: number;
}

/** A poller on one queue; it keeps the file alive while it sleeps. @kernel struct poll_table_entry */
class PollEntry implements WaitEntry {
  readonly file: File;
  readonly queue: WaitQueue;
  readonly sleeper: PollWaiters;
  /** Events that it waits for. */
  private readonly mask: number;

  constructor(waiters: PollWaiters, file: File, queue: WaitQueue) {
    this.sleeper = waiters;
    this.file = file;
    this.queue = queue;
    this.mask = waiters.events;
  }

  get key(): number {
    return this.sleeper.key;
  }

  /** @kernel pollwake */
  *wake(events: number): KernelTask<void> {
    if (events !== 0 && (events & this.mask) === 0) return;
    yield* this.sleeper.trigger();
  }
}

/**
 * Everything that one call of `poll` waits for. Wakers reach `triggered`; the rest is the poller's.
 *
 * @kernel struct poll_wqueues
 */
export class PollWaiters extends KernelObject implements PollTable {
  /** Events of the descriptor that is polled right now. */
  events = 0;
  /** Queues are joined in the first round only, and no longer once something is ready. */
  isQueueing: boolean;
  readonly task: Task;
  /** Somebody woke us since we last slept. */
  readonly triggered: Cell;
  readonly entries: PollEntry[] = [];

  /** @kernel poll_initwait */
  constructor(task: Task, isQueueing: boolean) {
    super(task.world, 'pollWaiters');
    this.isQueueing = isQueueing;
    this.task = task;
    this.triggered = new Cell(this, 'triggered', 0, 'full');
  }

  /** @kernel __pollwait */
  *wait(file: File, queue: WaitQueue): KernelTask<void> {
    if (!this.isQueueing) return;
    const entry = new PollEntry(this, yield* file.get(), queue);
    this.entries.push(entry);
    yield* queue.add(entry);
  }

  /** @kernel __pollwake */
  *trigger(): KernelTask<void> {
    yield* this.triggered.write(1);
    yield* this.task.sleeper.wakeUp();
  }

  /** Sleeps until `expires`, unless it was woken already; false when time is up. @kernel poll_schedule_timeout */
  *schedule(expires: number): KernelTask<boolean> {
    const { sleeper, world } = this.task;
    yield* sleeper.setState(TASK_INTERRUPTIBLE);
    let isInTime = true;
    if ((yield* this.triggered.read()) === 0) {
      const isEndless = expires === MAX_SCHEDULE_TIMEOUT;
      const left = isEndless ? MAX_SCHEDULE_TIMEOUT : Math.max(0, expires - world.clock.now);
      isInTime = (yield* sleeper.scheduleTimeout(left)) > 0;
    }
    sleeper.setRunning();
    yield* this.triggered.writeFull(0);
    return isInTime;
  }

  /** @kernel poll_freewait */
  *free(): KernelTask<void> {
    for (const entry of this.entries) {
      yield* entry.queue.remove(entry);
      yield* entry.file.put();
    }
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('triggered', this.triggered.value);
    visit('isQueueing', this.isQueueing);
    visit(
      'entries',
      this.entries.map(({ file }) => file),
    );
  }
}

/** Waiting for several descriptors at once. */
export class PollCalls {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /**
   * How many descriptors have something to tell, or a negative error.
   *
   * @kernel do_sys_poll
   * @rule SYNCFILE-014
   */
  *poll(fds: readonly PollFd[], timeoutMs: number): KernelTask<number> {
    const { world } = this.stack;
    if (fds.length > FileTable.ofCurrent(world).descriptorsMax) return -EINVAL;
    const waiters = new PollWaiters(world.current, timeoutMs !== 0);
    const expires = timeoutMs < 0 ? MAX_SCHEDULE_TIMEOUT : world.clock.now + timeoutMs;
    const count = yield* this.loop(fds, waiters, timeoutMs === 0, expires);
    yield* waiters.free();
    return count;
  }

  /** @kernel do_poll */
  protected *loop(
    fds: readonly PollFd[],
    waiters: PollWaiters,
    isImmediate: boolean,
    expires: number,
  ): KernelTask<number> {
    const { sleeper } = this.stack.world.current;
    let isTimedOut = isImmediate;
    for (;;) {
      let count = 0;
      for (const pollfd of fds) {
        pollfd.revents = yield* this.pollOne(pollfd, waiters);
        if (pollfd.revents === 0) continue;
        count += 1;
        waiters.isQueueing = false;
      }
      waiters.isQueueing = false;
      if (count === 0 && (yield* sleeper.isSignalPending())) count = -EINTR;
      if (count !== 0 || isTimedOut) return count;
      if (!(yield* waiters.schedule(expires))) isTimedOut = true;
    }
  }

  /** @kernel do_pollfd */
  protected *pollOne(pollfd: PollFd, waiters: PollWaiters): KernelTask<number> {
    if (pollfd.fd < 0) return 0;
    const file = yield* FileTable.ofCurrent(this.stack.world).fget(pollfd.fd);
    if (file === null) return POLLNVAL;
    const filter = pollfd.events | POLLERR | POLLHUP;
    waiters.events = filter;
    const events = yield* file.poll(waiters);
    yield* file.put();
    return events & filter;
  }
}
