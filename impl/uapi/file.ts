import type { KernelTask } from '../kernel/access.ts';
import { Count } from '../kernel/count.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { WaitQueue } from '../kernel/wait-queue.ts';
import type { Stack } from '../stack.ts';
import type { UserPointer } from './user-memory.ts';

/** Registers a poller with every wait queue that can end its sleep. @kernel poll_table */
export interface PollTable {
  wait(queue: WaitQueue): KernelTask<void>;
}

export const POLLIN = 0x1;
export const POLLPRI = 0x2;
export const POLLOUT = 0x4;
export const POLLERR = 0x8;
export const POLLHUP = 0x10;
export const POLLNVAL = 0x20;

/** What a kind of file can do; what is missing fails as the kernel's defaults do. */
export interface FileOps {
  readonly name: string;
  /** Without it the file is readable and writable at once, and epoll refuses it. */
  poll?(file: File, table: PollTable | null): KernelTask<number>;
  ioctl?(file: File, command: number, argument: UserPointer): KernelTask<number>;
  release?(file: File): KernelTask<void>;
}

export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;

/** An open file. Descriptors, running requests and waiters hold references. @kernel struct file */
export class File extends KernelObject {
  readonly stack: Stack;
  readonly ops: FileOps;
  readonly accessMode: number;
  readonly references: Count;

  constructor(stack: Stack, ops: FileOps, accessMode: number) {
    super(stack.world, 'file');
    this.stack = stack;
    this.ops = ops;
    this.accessMode = accessMode;
    this.references = new Count(this, 'references');
  }

  /** @kernel get_file */
  *get(): KernelTask<this> {
    yield* this.references.inc();
    return this;
  }

  /**
   * Drops a reference; the last one releases the file, later from a worker when the caller must
   * not sleep.
   *
   * @kernel fput
   */
  *put(): KernelTask<void> {
    if (!(yield* this.references.decAndTest())) return;
    if (this.world.current.isAtomic) {
      this.stack.delayedWork.queue({ label: 'delayed fput', run: () => this.release() });
    } else {
      yield* this.release();
    }
  }

  /** @kernel __fput */
  *release(): KernelTask<void> {
    if (this.ops.release !== undefined) yield* this.ops.release(this);
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
  }
}
