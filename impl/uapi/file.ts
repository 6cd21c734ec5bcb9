import type { KernelTask } from '../kernel/access.ts';
import { Cell } from '../kernel/cell.ts';
import { Count } from '../kernel/count.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList } from '../kernel/plain.ts';
import type { WaitQueue } from '../kernel/wait-queue.ts';
import type { Stack } from '../stack.ts';
import type { MapBacking, MapRequest } from './mapping.ts';
import type { UserPointer } from './user-memory.ts';

/** Registers a poller with every wait queue that can end its sleep. @kernel poll_table */
export interface PollTable {
  /** Events that the poller asked for. @kernel poll_requested_events */
  readonly events: number;
  /** Joins a queue, if the poller is still about to sleep. @kernel poll_wait */
  wait(file: File, queue: WaitQueue): KernelTask<void>;
}

export const POLLIN = 0x1;
export const POLLOUT = 0x4;
export const POLLERR = 0x8;
export const POLLHUP = 0x10;
export const POLLNVAL = 0x20;
export const POLLRDNORM = 0x40;
export const POLLWRNORM = 0x100;

/** What a file without a poll operation reports. @kernel DEFAULT_POLLMASK */
export const DEFAULT_POLLMASK: number = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;

/** What a kind of file can do; what is missing fails as the kernel's defaults do. */
export interface FileOps {
  readonly name: string;
  /** Opened through a file system, so that positioned reads and writes are let through. */
  readonly isPositioned?: boolean;
  /** Without it the file is readable and writable at once, and epoll refuses it. */
  poll?(file: File, table: PollTable | null): KernelTask<number>;
  ioctl?(file: File, command: number, argument: UserPointer): KernelTask<number>;
  /** Without it seeking gives -ESPIPE. */
  llseek?(file: File, offset: number, whence: number): KernelTask<number>;
  /** The bytes, or a negative error. Streams ignore `position`. */
  read?(file: File, position: number, length: number): KernelTask<Uint8Array | number>;
  write?(file: File, position: number, bytes: Uint8Array): KernelTask<number>;
  /** Only regular files have it. */
  truncate?(file: File, size: number): KernelTask<number>;
  mmap?(file: File, request: MapRequest): KernelTask<MapBacking | number>;
  /** What `fstat` tells; 0 where it is missing. */
  size?(file: File): KernelTask<number>;
  /** Lines of its own in `/proc/self/fdinfo`. */
  showFdinfo?(file: File): KernelTask<readonly FdinfoLine[]>;
  release?(file: File): KernelTask<void>;
}

/** One line of `/proc/self/fdinfo`: a name and its value. */
export type FdinfoLine = readonly [string, number | string];

export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
/** The part of the flags that says how a file may be used. */
const O_ACCMODE = 3;
export const O_NONBLOCK = 0x800;
export const O_CLOEXEC = 0x80000;

/** A registration with somebody who must hear of the end of a file. @kernel struct epitem */
export interface FileWatch extends KernelObject {
  /** Takes itself off the file's list. */
  fileReleased(): KernelTask<void>;
}

/** An open file. Descriptors, running requests and waiters hold references. @kernel struct file */
export class File extends KernelObject {
  readonly stack: Stack;
  readonly ops: FileOps;
  readonly accessMode: number;
  readonly isNonblocking: boolean;
  readonly references: Count;
  readonly position: Cell;
  /** Registrations of epoll sets. The file's own lock for them is not modelled. @kernel file.f_ep */
  readonly watches: PlainList<FileWatch>;

  /** `flags`: the access mode, perhaps with O_NONBLOCK; others have no effect. */
  constructor(stack: Stack, ops: FileOps, flags: number) {
    super(stack.world, 'file');
    this.stack = stack;
    this.ops = ops;
    this.accessMode = flags & O_ACCMODE;
    this.isNonblocking = (flags & O_NONBLOCK) !== 0;
    this.references = new Count(this, 'references');
    this.watches = new PlainList<FileWatch>(this, 'watches', 'full');
    this.position = new Cell(this, 'position', 0);
  }

  /** Mode 3 permits neither. @kernel FMODE_READ */
  get isReadable(): boolean {
    return this.accessMode === O_RDONLY || this.accessMode === O_RDWR;
  }

  /** @kernel FMODE_WRITE */
  get isWritable(): boolean {
    return this.accessMode === O_WRONLY || this.accessMode === O_RDWR;
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

  /**
   * Drops a reference inside a system call; the last one releases the file when that call returns,
   * since the caller may hold what a release needs.
   *
   * @kernel fput
   */
  *putAtReturn(): KernelTask<void> {
    if (!(yield* this.references.decAndTest())) return;
    this.world.current.returnWork.push(() => this.release());
  }

  /** What the file is ready for. @kernel vfs_poll */
  *poll(table: PollTable | null): KernelTask<number> {
    return this.ops.poll === undefined ? DEFAULT_POLLMASK : yield* this.ops.poll(this, table);
  }

  /** @kernel __fput */
  *release(): KernelTask<void> {
    for (let watch = this.watches.at(0); watch !== null; watch = this.watches.at(0)) {
      yield* watch.fileReleased();
    }
    if (this.ops.release !== undefined) yield* this.ops.release(this);
    // Lookups may still try to take a reference that is no more.
    this.world.rcu.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
    visit('position', this.position.value);
    visit('watches', this.watches.value);
  }
}
