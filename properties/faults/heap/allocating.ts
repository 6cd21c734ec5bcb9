import {
  DMA_HEAP_IOCTL_ALLOC,
  DmaHeap,
  type HeapAnswer,
  type HeapFieldReader,
  type HeapOps,
  HEAPS_MAX,
} from '../../../impl/exporters/dma-heaps.ts';
import type { HeapBuffer } from '../../../impl/exporters/heap-buffer.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import {
  EBUSY,
  EFAULT,
  EINVAL,
  EMFILE,
  ENODEV,
  ENOENT,
  ENOTTY,
} from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { FileTable } from '../../../impl/uapi/file-table.ts';
import { File, O_CLOEXEC, O_NONBLOCK, O_RDWR } from '../../../impl/uapi/file.ts';
import { numberField, type UserPointer, wideField } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** The size field of requests. */
const SIZE_BITS: number = 0x3fff << 16;

type Ioctl = (command: number, argument: UserPointer) => KernelTask<number>;

/** Another answer to a request; `intact` is what it was. */
function requesting(
  request: (intact: Ioctl, command: number, argument: UserPointer) => KernelTask<number>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    DmaHeap: class extends types.DmaHeap {
      override *ioctl(file: File, command: number, argument: UserPointer): KernelTask<number> {
        const intact: Ioctl = (other, given) => super.ioctl(file, other, given);
        return yield* request(intact, command, argument);
      }
    },
  });
}

/** The argument with other fields; what is written back goes to both. */
function changing(
  change: (argument: UserPointer) => Readonly<Record<string, unknown>>,
): (types: StackTypes) => Partial<StackTypes> {
  return requesting(function* (intact, command, argument) {
    const { isReadable, isWritable } = argument;
    const fields = { ...argument.fields, ...change(argument) };
    const result = yield* intact(command, { fields, isReadable, isWritable });
    if (result === 0) Object.assign(argument.fields, { fd: fields['fd'] });
    return result;
  });
}

type Add = (name: string, ops: HeapOps | null) => KernelTask<DmaHeap | number>;

function registering(
  add: (intact: Add, name: string, ops: HeapOps | null) => KernelTask<DmaHeap | number>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    DmaHeaps: class extends types.DmaHeaps {
      override *add(name: string, ops: HeapOps | null): KernelTask<DmaHeap | number> {
        const intact: Add = (given, with_) => super.add(given, with_);
        return yield* add(intact, name, ops);
      }
    },
  });
}

function* nothing(): KernelTask<HeapBuffer | number> {
  return -EINVAL;
}

/** Mistakes about device files and the argument of an allocation. */
export const ALLOCATING_FAULTS: readonly Fault[] = [
  fault({
    id: 'heap-001-enoent',
    mistake: 'opening an unknown heap gives -ENOENT',
    breaks: ['HEAP-001'],
    install: (types) => ({
      DmaHeaps: class extends types.DmaHeaps {
        override *open(name: string): KernelTask<File | number> {
          const file = yield* super.open(name);
          return file === -ENODEV ? -ENOENT : file;
        }
      },
    }),
  }),
  fault({
    id: 'heap-001-seeks',
    mistake: 'the device file of a heap can be sought in',
    breaks: ['HEAP-001'],
    install: (types) => ({
      DmaHeap: class extends types.DmaHeap {
        *llseek(): KernelTask<number> {
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'heap-002-any-name',
    mistake: 'a heap without a name or an operation is registered',
    breaks: ['HEAP-002'],
    install: registering((intact, name, ops) => intact(name, ops ?? { allocate: nothing })),
  }),
  fault({
    id: 'heap-002-one-more',
    mistake: 'there is a minor more than there should be',
    breaks: ['HEAP-002'],
    install: (types) => ({
      DmaHeaps: class extends types.DmaHeaps {
        override *add(name: string, ops: HeapOps | null): KernelTask<DmaHeap | number> {
          const heap = yield* super.add(name, ops);
          if (ops === null || this.heaps.length !== HEAPS_MAX || typeof heap !== 'number') {
            return heap;
          }
          const extra = new DmaHeap(this.stack, name, HEAPS_MAX, ops);
          yield* this.listLock.acquire();
          this.heaps.push(extra);
          this.listLock.release();
          return extra;
        }
      },
    }),
  }),
  fault({
    id: 'heap-002-replaces',
    mistake: 'registering a name twice replaces the first heap',
    breaks: ['HEAP-002'],
    install: (types) => ({
      DmaHeaps: class extends types.DmaHeaps {
        override *add(name: string, ops: HeapOps | null): KernelTask<DmaHeap | number> {
          yield* this.listLock.acquire();
          const old = this.heaps.find((heap) => heap.name === name);
          if (old !== null) this.heaps.remove(old);
          this.listLock.release();
          return yield* super.add(name, ops);
        }
      },
    }),
  }),
  fault({
    id: 'heap-002-looks-unlocked',
    mistake: 'whether a name is new is looked at before the lock of the list is taken',
    breaks: ['HEAP-002'],
    install: (types) => ({
      DmaHeaps: class extends types.DmaHeaps {
        override *add(name: string, ops: HeapOps | null): KernelTask<DmaHeap | number> {
          if (name === '' || ops === null) return -EINVAL;
          const minor = this.heaps.length;
          if (this.heaps.find((heap) => heap.name === name) !== null) return -EINVAL;
          if (minor >= HEAPS_MAX) return -EBUSY;
          const heap = new this.stack.types.DmaHeap(this.stack, name, minor, ops);
          yield* this.listLock.acquire();
          this.heaps.push(heap);
          this.listLock.release();
          return heap;
        }
      },
    }),
  }),
  fault({
    id: 'heap-002-opens-unlocked',
    mistake: 'a heap is looked for without the lock of the list',
    breaks: ['HEAP-002'],
    install: (types) => ({
      DmaHeaps: class extends types.DmaHeaps {
        override *open(name: string): KernelTask<File | number> {
          const heap = this.heaps.find((known) => known.name === name);
          return heap === null ? -ENODEV : new File(this.stack, heap, O_RDWR);
        }
      },
    }),
  }),
  fault({
    id: 'heap-003-exact-request',
    mistake: 'a request with another type or size is unknown',
    breaks: ['HEAP-003'],
    install: requesting(function* (intact, command, argument) {
      return command === DMA_HEAP_IOCTL_ALLOC ? yield* intact(command, argument) : -EINVAL;
    }),
  }),
  fault({
    id: 'heap-003-enotty',
    mistake: 'an unknown request gives -ENOTTY',
    breaks: ['HEAP-003'],
    install: requesting(function* (intact, command, argument) {
      return (command & 0xff) === 0 ? yield* intact(command, argument) : -ENOTTY;
    }),
  }),
  fault({
    id: 'heap-003-numbers-wrap',
    mistake: 'the number of a request is cut to the number of requests',
    breaks: ['HEAP-003'],
    install: requesting((intact, command, argument) => intact((command & ~0xff) >>> 0, argument)),
  }),
  fault({
    id: 'heap-004-whole-structure-only',
    mistake: 'an argument of another size is refused',
    breaks: ['HEAP-004'],
    install: requesting(function* (intact, command, argument) {
      const isWhole = (command & SIZE_BITS) === (DMA_HEAP_IOCTL_ALLOC & SIZE_BITS);
      return isWhole ? yield* intact(command, argument) : -EINVAL;
    }),
  }),
  fault({
    id: 'heap-004-always-answers',
    mistake: 'the answer is copied out whether or not the request says so',
    breaks: ['HEAP-004'],
    install: (types) => ({
      DmaHeap: class extends types.DmaHeap {
        protected override copyOut({ argument }: HeapAnswer, fd: number): boolean {
          return super.copyOut({ argument, size: 24 }, fd);
        }
      },
    }),
  }),
  fault({
    id: 'heap-004-reads-without-the-bit',
    mistake: 'the argument is read whether or not the request says so',
    breaks: ['HEAP-004'],
    install: requesting((intact, command, argument) =>
      intact((command | (1 << 30)) >>> 0, argument),
    ),
  }),
  fault({
    id: 'heap-004-reads-the-rest',
    mistake: 'the whole structure is read, however short the argument is',
    breaks: ['HEAP-004'],
    install: requesting(function* (intact, command, argument) {
      const size = (command & SIZE_BITS) >>> 16;
      if (size === 16 && wideField(argument, 'heap_flags') !== 0n) return -EINVAL;
      return yield* intact(command, argument);
    }),
  }),
  fault({
    id: 'heap-005-any-descriptor',
    mistake: 'the descriptor field of the argument is not looked at',
    breaks: ['HEAP-005'],
    install: changing(() => ({ fd: 0 })),
  }),
  fault({
    id: 'heap-005-negative-is-none',
    mistake: 'a descriptor field of -1 passes as none',
    breaks: ['HEAP-005'],
    install: changing((argument) => ({ fd: Math.max(0, numberField(argument, 'fd')) })),
  }),
  fault({
    id: 'heap-006-nonblocking',
    mistake: 'O_NONBLOCK is accepted',
    breaks: ['HEAP-006', 'HEAP-019'],
    install: changing((argument) => ({
      fd_flags: numberField(argument, 'fd_flags') & ~O_NONBLOCK,
    })),
  }),
  fault({
    id: 'heap-006-always-closed-on-exec',
    mistake: 'descriptors are always closed on exec',
    breaks: ['HEAP-006'],
    install: changing((argument) => ({ fd_flags: numberField(argument, 'fd_flags') | O_CLOEXEC })),
  }),
  fault({
    id: 'heap-006-always-writable',
    mistake: 'buffers are always opened for reading and writing',
    breaks: ['HEAP-006'],
    install: changing((argument) => ({
      fd_flags: (numberField(argument, 'fd_flags') & ~3) | O_RDWR,
    })),
  }),
  fault({
    id: 'heap-007-ignored',
    mistake: 'heap flags are ignored',
    breaks: ['HEAP-007'],
    install: changing(() => ({ heap_flags: 0 })),
  }),
  fault({
    id: 'heap-007-low-half',
    mistake: 'only the lower half of the heap flags is looked at',
    breaks: ['HEAP-007'],
    install: changing((argument) => ({
      heap_flags: wideField(argument, 'heap_flags') & 0xffffffffn,
    })),
  }),
  fault({
    id: 'heap-008-rounds-down',
    mistake: 'the length is rounded down to whole pages',
    breaks: ['HEAP-008'],
    install: changing((argument) => {
      const len = wideField(argument, 'len');
      return { len: len < 2n ** 32n ? len - (len % 4096n) : len };
    }),
  }),
  fault({
    id: 'heap-008-exact-size',
    mistake: 'the size of the buffer is the length that was asked for',
    breaks: ['HEAP-008'],
    install: (types) => ({
      DmaHeap: class extends types.DmaHeap {
        protected override check(read: HeapFieldReader): number {
          const length = super.check(read);
          return length < 0 ? length : Number(read('len'));
        }
      },
    }),
  }),
  fault({
    id: 'heap-008-overflow-is-a-page',
    mistake: 'a length that overflows when it is rounded gives a page',
    breaks: ['HEAP-008'],
    install: (types) => ({
      DmaHeap: class extends types.DmaHeap {
        protected override check(read: HeapFieldReader): number {
          const length = super.check(read);
          return length < 0 && read('len') > 0n && read('fd') === 0n ? 4096 : length;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-HEAP-01',
    mistake: 'the descriptor is installed before the answer is copied out',
    breaks: ['HEAP-009'],
    install: (types) => ({
      DmaHeap: class extends types.DmaHeap {
        protected override *allocate(
          length: number,
          flags: number,
          answer: HeapAnswer,
        ): KernelTask<number> {
          const { argument, size } = answer;
          if (size === 0 || argument.isWritable) {
            return yield* super.allocate(length, flags, answer);
          }
          const result = yield* super.allocate(length, flags, { argument, size: 0 });
          return result === 0 ? -EFAULT : result;
        }
      },
    }),
  }),
  fault({
    id: 'heap-009-descriptor-first',
    mistake: 'a descriptor is taken before the memory',
    breaks: ['HEAP-009'],
    install: (types) => ({
      DmaHeap: class extends types.DmaHeap {
        protected override *allocate(
          length: number,
          flags: number,
          answer: HeapAnswer,
        ): KernelTask<number> {
          const files = FileTable.ofCurrent(this.world);
          const fd = yield* files.getUnused(false);
          if (fd < 0) return -EMFILE;
          yield* files.putUnused(fd);
          return yield* super.allocate(length, flags, answer);
        }
      },
    }),
  }),
  fault({
    id: 'heap-009-keeps-the-buffer',
    mistake: 'an allocation without a descriptor does not drop its buffer',
    breaks: ['HEAP-009'],
    install: (types) => ({
      DmaHeap: class extends types.DmaHeap {
        protected override *allocate(
          length: number,
          flags: number,
          answer: HeapAnswer,
        ): KernelTask<number> {
          const result = yield* super.allocate(length, flags, answer);
          if (result === -EMFILE) yield* this.ops.allocate(4096);
          return result;
        }
      },
    }),
  }),
];
