import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EBUSY, EFAULT, EINVAL, ENODEV } from '../kernel/errno.ts';
import { Mutex } from '../kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList } from '../kernel/plain.ts';
import type { Stack } from '../stack.ts';
import { FileTable } from '../uapi/file-table.ts';
import { File, type FileOps, O_CLOEXEC, O_RDWR } from '../uapi/file.ts';
import { PAGE_SIZE } from '../uapi/pages.ts';
import { type UserPointer, wideField } from '../uapi/user-memory.ts';
import type { HeapBuffer } from './heap-buffer.ts';

export const DMA_HEAP_IOCTL_ALLOC = 0xc0184800;

/** Unit: heaps. @kernel NUM_HEAP_MINORS */
export const HEAPS_MAX = 128;

/** Close-on-exec and the access mode. @kernel DMA_HEAP_VALID_FD_FLAGS */
const FD_FLAGS: number = O_CLOEXEC | 3;

/** Where the fields of the argument lie. Unit: bytes. @kernel struct dma_heap_allocation_data */
const FIELDS = {
  len: { start: 0, end: 8 },
  fd: { start: 8, end: 12 },
  fd_flags: { start: 12, end: 16 },
  heap_flags: { start: 16, end: 24 },
} as const;
type Field = keyof typeof FIELDS;

/** How many bits of a field are among the first `size` bytes. */
function bitsWithin(field: Field, size: number): number {
  const { start, end } = FIELDS[field];
  return 8 * Math.max(0, Math.min(size, end) - start);
}

const WORD_END = 2n ** 64n;

/** @kernel struct dma_heap_ops */
export interface HeapOps {
  /** A buffer with `length` bytes, whole pages, or a negative error. */
  allocate(length: number): KernelTask<HeapBuffer | number>;
}

/** Reads a field of the argument, as far as the request has it. */
export type HeapFieldReader = (field: Field) => bigint;

/** Where the answer to an allocation goes, and how much of it. */
export interface HeapAnswer {
  readonly argument: UserPointer;
  /** Unit: bytes. */
  readonly size: number;
}

/** A source of buffers, and the device file of it. @kernel struct dma_heap */
export class DmaHeap extends KernelObject implements FileOps {
  readonly stack: Stack;
  readonly name: string;
  readonly minor: number;
  readonly ops: HeapOps;

  constructor(stack: Stack, name: string, minor: number, ops: HeapOps) {
    super(stack.world, 'heap');
    this.isStatic = true;
    this.stack = stack;
    this.name = name;
    this.minor = minor;
    this.ops = ops;
  }

  /** @kernel dma_heap_ioctl @rule HEAP-003 @rule HEAP-004 */
  *ioctl(_file: File, command: number, argument: UserPointer): KernelTask<number> {
    if ((command & 0xff) !== (DMA_HEAP_IOCTL_ALLOC & 0xff)) return -EINVAL;
    const size = (command >>> 16) & 0x3fff;
    const isIn = ((command >>> 30) & 1) !== 0;
    const isOut = ((command >>> 30) & 2) !== 0;
    const sizeIn = isIn ? size : 0;
    if (sizeIn > 0 && !argument.isReadable) return -EFAULT;
    const read: HeapFieldReader = (field) =>
      BigInt.asUintN(bitsWithin(field, sizeIn), wideField(argument, field));
    const length = this.check(read);
    if (length < 0) return length;
    const answer = { argument, size: isOut ? size : 0 };
    return yield* this.allocate(length, Number(read('fd_flags')), answer);
  }

  /** The length in whole pages, or a negative error. @rule HEAP-005 @rule HEAP-006 @rule HEAP-007 @rule HEAP-008 */
  protected check(read: HeapFieldReader): number {
    if (read('fd') !== 0n) return -EINVAL;
    if ((read('fd_flags') & ~BigInt(FD_FLAGS)) !== 0n) return -EINVAL;
    if (read('heap_flags') !== 0n) return -EINVAL;
    const page = BigInt(PAGE_SIZE);
    const rounded = (((read('len') + page - 1n) / page) * page) % WORD_END;
    return rounded === 0n ? -EINVAL : Number(rounded);
  }

  /**
   * @kernel dma_heap_ioctl_allocate
   * @rule HEAP-009
   */
  protected *allocate(length: number, flags: number, answer: HeapAnswer): KernelTask<number> {
    const { buffers } = this.stack;
    const memory = yield* this.ops.allocate(length);
    if (typeof memory === 'number') return memory;
    const buffer = yield* buffers.export({
      exporterName: this.name,
      owner: null,
      ops: memory,
      size: length,
      flags,
      resv: null,
      priv: memory,
    });
    if (typeof buffer === 'number') {
      yield* memory.release();
      return buffer;
    }
    const files = FileTable.ofCurrent(this.world);
    const fd = yield* files.getUnused((flags & O_CLOEXEC) !== 0);
    if (fd < 0) {
      yield* buffer.file.put();
      return fd;
    }
    if (!this.copyOut(answer, fd)) {
      yield* files.putUnused(fd);
      yield* buffer.file.put();
      return -EFAULT;
    }
    yield* this.publish(fd, buffer);
    return 0;
  }

  /** Last of all: whoever guesses the number may close it at once. @kernel fd_install */
  protected *publish(fd: number, buffer: DmaBuf): KernelTask<void> {
    yield* FileTable.ofCurrent(this.world).install(fd, buffer.file);
  }

  /** As many bytes as the request says. @kernel copy_to_user @rule HEAP-004 */
  protected copyOut({ argument, size }: HeapAnswer, fd: number): boolean {
    if (size === 0) return true;
    if (!argument.isWritable) return false;
    const bits = bitsWithin('fd', size);
    // The rest is as it was: 0, since nothing else is accepted.
    if (bits > 0) argument.fields['fd'] = Number(BigInt.asUintN(bits, BigInt(fd)));
    return true;
  }

  visitState(_visit: StateVisitor): void {}
}

/** The heaps of a machine. */
export class DmaHeaps extends KernelObject {
  readonly stack: Stack;
  /** @kernel heap_list_lock */
  readonly listLock: Mutex;
  /** Under `listLock`; there is no removal. */
  readonly heaps: PlainList<DmaHeap>;

  constructor(stack: Stack) {
    super(stack.world, 'heaps');
    this.isStatic = true;
    this.stack = stack;
    this.listLock = new Mutex(this, 'listLock', 'heap_list_lock');
    this.heaps = new PlainList<DmaHeap>(this, 'heaps');
  }

  /** The heap, or a negative error. @kernel dma_heap_add @rule HEAP-002 */
  *add(name: string, ops: HeapOps | null): KernelTask<DmaHeap | number> {
    if (name === '' || ops === null) return -EINVAL;
    yield* this.listLock.acquire();
    const heap = this.addLocked(name, ops);
    this.listLock.release();
    return heap;
  }

  private addLocked(name: string, ops: HeapOps): DmaHeap | number {
    const minor = this.heaps.length;
    if (minor >= HEAPS_MAX) return -EBUSY;
    if (this.heaps.find((heap) => heap.name === name) !== null) return -EINVAL;
    const heap = new this.stack.types.DmaHeap(this.stack, name, minor, ops);
    this.heaps.push(heap);
    return heap;
  }

  /** A file of the heap with this name. @kernel dma_heap_open @rule HEAP-001 */
  *open(name: string): KernelTask<File | number> {
    yield* this.listLock.acquire();
    const heap = this.heaps.find((known) => known.name === name);
    this.listLock.release();
    return heap === null ? -ENODEV : new File(this.stack, heap, O_RDWR);
  }

  visitState(visit: StateVisitor): void {
    visit('heaps', this.heaps.value);
    visit('listLock', this.listLock.holder?.name ?? 'free');
  }
}
