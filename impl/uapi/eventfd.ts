import type { KernelTask } from '../kernel/access.ts';
import { Count } from '../kernel/count.ts';
import { EAGAIN, EINVAL } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { Stack } from '../stack.ts';
import {
  type File,
  type FileOps,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  type PollTable,
} from './file.ts';

export const EFD_SEMAPHORE = 1;

const COUNT_MAX: bigint = 2n ** 64n - 1n;

/** Size of the counter as it is read and written. Unit: bytes. */
const COUNT_SIZE = 8;

/** What a poll reports for a count. */
function readiness(count: bigint): number {
  let events = 0;
  if (count > 0n) events |= POLLIN;
  if (count === COUNT_MAX) events |= POLLERR;
  if (count < COUNT_MAX - 1n) events |= POLLOUT;
  return events;
}

/**
 * A counter that can be waited for. Reads and writes never block: it is always opened with
 * O_NONBLOCK.
 *
 * @kernel struct eventfd_ctx
 */
export class Eventfd extends KernelObject implements FileOps {
  readonly name = '[eventfd]';
  readonly flags: number;
  /** The file has one; who counts events later has others. @kernel kref */
  readonly references: Count;
  /** Its lock protects the counter too. @kernel wqh */
  readonly queue: WaitQueue;
  /** Under the queue's lock. */
  readonly count: PlainWord<bigint>;

  constructor(stack: Stack, initial: number, flags: number) {
    super(stack.world, 'eventfd');
    this.flags = flags;
    this.references = new Count(this, 'references');
    this.count = new PlainWord<bigint>(this, 'count', BigInt(initial));
    this.queue = new WaitQueue(this, 'wqh', '&ctx->wqh');
  }

  /** @kernel eventfd_poll */
  *poll(file: File, table: PollTable | null): KernelTask<number> {
    if (table !== null) yield* table.wait(file, this.queue);
    const flags = yield* this.queue.lock.acquireIrqsave();
    const events = this.count.ask(readiness);
    this.queue.lock.releaseIrqrestore(flags);
    return events;
  }

  /** @kernel eventfd_read */
  *read(_file: File, _position: number, length: number): KernelTask<Uint8Array | number> {
    if (length < COUNT_SIZE) return -EINVAL;
    yield* this.queue.lock.acquireIrq();
    if (this.count.ask((count) => count === 0n)) {
      this.queue.lock.releaseIrq();
      return -EAGAIN;
    }
    const taken = (this.flags & EFD_SEMAPHORE) === 0 ? this.count.get() : 1n;
    this.count.change((count) => count - taken);
    yield* this.queue.wakeAllLocked(POLLOUT);
    this.queue.lock.releaseIrq();
    const bytes = new Uint8Array(COUNT_SIZE);
    new DataView(bytes.buffer).setBigUint64(0, taken, true);
    return bytes;
  }

  /** @kernel eventfd_write */
  *write(_file: File, _position: number, bytes: Uint8Array): KernelTask<number> {
    if (bytes.length < COUNT_SIZE) return -EINVAL;
    const amount = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
    if (amount === COUNT_MAX) return -EINVAL;
    yield* this.queue.lock.acquireIrq();
    if (this.count.ask((count) => COUNT_MAX - count <= amount)) {
      this.queue.lock.releaseIrq();
      return -EAGAIN;
    }
    this.count.change((count) => count + amount);
    yield* this.queue.wakeAllLocked(POLLIN);
    this.queue.lock.releaseIrq();
    return COUNT_SIZE;
  }

  /** Counts one event; any context may call it. @kernel eventfd_signal */
  *signal(): KernelTask<void> {
    const flags = yield* this.queue.lock.acquireIrqsave();
    this.count.change((count) => (count < COUNT_MAX ? count + 1n : count));
    yield* this.queue.wakeAllLocked(POLLIN);
    this.queue.lock.releaseIrqrestore(flags);
  }

  /** @kernel eventfd_ctx_fileget */
  *get(): KernelTask<this> {
    yield* this.references.inc();
    return this;
  }

  /** @kernel eventfd_ctx_put */
  *put(): KernelTask<void> {
    if (yield* this.references.decAndTest()) this.world.memory.free(this);
  }

  /** @kernel eventfd_release */
  *release(): KernelTask<void> {
    yield* this.queue.wakeAll(POLLHUP);
    yield* this.put();
  }

  visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
    visit('count', String(this.count.value));
    visit('queue', this.queue.state);
  }
}
