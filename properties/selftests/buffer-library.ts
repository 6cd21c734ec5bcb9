import { DMA_BUF_IOCTL_SYNC } from '../../impl/dma-buf/dma-buf-ioctls.ts';
import { DrmDevice } from '../../impl/drm/drm-device.ts';
import { VGEM } from '../../impl/drm/drm-driver.ts';
import { DRM_IOCTL_GEM_CLOSE, DRM_IOCTL_PRIME_FD_TO_HANDLE } from '../../impl/drm/drm-ioctls.ts';
import { CMA_DEFAULT_AREA } from '../../impl/exporters/cma-heap.ts';
import { DMA_HEAP_IOCTL_ALLOC } from '../../impl/exporters/dma-heaps.ts';
import {
  UDMABUF_CREATE,
  UDMABUF_CREATE_LIST,
  type UdmabufItem,
} from '../../impl/exporters/udmabuf-device.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { O_CLOEXEC, O_RDWR } from '../../impl/uapi/file.ts';
import { type Mapping, PROT_READ, PROT_WRITE } from '../../impl/uapi/mapping.ts';
import { F_SEAL_SHRINK } from '../../impl/uapi/memfd.ts';
import { PAGE_SIZE } from '../../impl/uapi/pages.ts';
import type { Process } from '../../impl/uapi/process.ts';
import { numberField, userStructure } from '../../impl/uapi/user-memory.ts';
import { expectThat } from './selftest.ts';

/** The heaps of the machine. */
export const HEAPS: readonly string[] = ['system', CMA_DEFAULT_AREA];

/** What an allocation asks for, beside its length. */
export interface AllocationRequest {
  readonly fdFlags?: number;
  readonly heapFlags?: number;
  /** Size of the argument. Unit: bytes. */
  readonly size?: number;
}

/** Size of the argument in the request of this kernel. Unit: bytes. */
const STRUCT_SIZE = 24;
const SIZE_SHIFT = 16;

/** What the suites' programs call instead of the system calls. Descriptors, or negative errors. */
export class BufferLibrary {
  private readonly process: Process;
  /** In which bytes of a page the program is interested, one in so many. */
  private readonly stride: number;

  constructor(process: Process, stride: number) {
    this.process = process;
    this.stride = stride;
  }

  /** What the kernel does when it boots. */
  *boot(): KernelTask<void> {
    const { heaps, types } = this.process.stack;
    yield* heaps.add('system', new types.SystemHeap(this.process.stack));
    yield* heaps.add(CMA_DEFAULT_AREA, new types.CmaHeap(this.process.stack));
  }

  *openHeap(name: string): KernelTask<number> {
    this.beginCall();
    return yield* this.process.fileCalls.openHeap(name);
  }

  *alloc(heap: number, length: number, request: AllocationRequest = {}): KernelTask<number> {
    this.beginCall();
    const { fdFlags = O_RDWR | O_CLOEXEC, heapFlags = 0, size = STRUCT_SIZE } = request;
    const argument = userStructure({ len: length, fd_flags: fdFlags, heap_flags: heapFlags });
    const command = DMA_HEAP_IOCTL_ALLOC + (size - STRUCT_SIZE) * 2 ** SIZE_SHIFT;
    const result = yield* this.process.fileCalls.ioctl(heap, command, argument);
    return result < 0 ? result : numberField(argument, 'fd');
  }

  *sync(fd: number, flags: number): KernelTask<void> {
    this.beginCall();
    const argument = userStructure({ flags });
    const result = yield* this.process.fileCalls.ioctl(fd, DMA_BUF_IOCTL_SYNC, argument);
    expectThat(result === 0, `SYNC ${flags} returns ${result}`);
  }

  *map(fd: number, length: number): KernelTask<Mapping> {
    this.beginCall();
    const mapping = yield* this.process.memoryCalls.mmap(fd, {
      length,
      offset: 0,
      prot: PROT_READ | PROT_WRITE,
      isShared: true,
    });
    if (typeof mapping !== 'number') return mapping;
    expectThat(false, `mmap returns ${mapping}`);
    throw new Error('never reached');
  }

  *unmap(mapping: Mapping): KernelTask<void> {
    this.beginCall();
    yield* this.process.memoryCalls.munmap(mapping);
  }

  /** One in so many, and the last of each page. */
  private *offsets(start: number, end: number): Generator<number, void, void> {
    for (let at = start; at < end; at += this.stride) {
      yield at;
      const last = at - (at % PAGE_SIZE) + PAGE_SIZE - 1;
      if (at < last && at + this.stride > last) yield last;
    }
  }

  /** Stores a byte from `start` to `end`. */
  *fill(mapping: Mapping, byte: number, start: number, end: number): KernelTask<void> {
    for (const at of this.offsets(start, end)) {
      this.beginCall();
      const signal = yield* mapping.writeByte(at, byte);
      expectThat(signal === 0, `a store at ${at} ends in ${signal}`);
    }
  }

  *expectBytes(mapping: Mapping, byte: number, length: number): KernelTask<void> {
    for (const at of this.offsets(0, length)) {
      this.beginCall();
      const seen = yield* mapping.readByte(at);
      expectThat(seen === byte, `byte ${at} is ${seen}, not ${byte}`);
    }
  }

  /** The first byte of each page. */
  *expectHeads(mapping: Mapping, pages: number, byte: number): KernelTask<void> {
    for (let page = 0; page < pages; page += 1) {
      const seen = yield* this.byteAt(mapping, page * PAGE_SIZE);
      expectThat(seen === byte, `page ${page} begins with ${seen}, not ${byte}`);
    }
  }

  *byteAt(mapping: Mapping, at: number): KernelTask<number | string> {
    this.beginCall();
    return yield* mapping.readByte(at);
  }

  *store(mapping: Mapping, at: number, byte: number): KernelTask<void> {
    this.beginCall();
    const signal = yield* mapping.writeByte(at, byte);
    expectThat(signal === 0, `a store at ${at} ends in ${signal}`);
  }

  /** A file of memory that may not shrink. */
  *memfd(pages: number, flags: number): KernelTask<number> {
    this.beginCall();
    const { fileCalls, readWrite } = this.process;
    const fd = yield* fileCalls.memfdCreate(flags);
    expectThat(fd >= 0, `memfd_create returns ${fd}`);
    const sealed = yield* fileCalls.addSeals(fd, F_SEAL_SHRINK);
    expectThat(sealed === 0, `sealing returns ${sealed}`);
    const sized = yield* readWrite.ftruncate(fd, pages * PAGE_SIZE);
    expectThat(sized === 0, `ftruncate returns ${sized}`);
    return fd;
  }

  *openUdmabuf(): KernelTask<number> {
    this.beginCall();
    return yield* this.process.fileCalls.openUdmabuf();
  }

  *create(device: number, item: UdmabufItem): KernelTask<number> {
    this.beginCall();
    const argument = userStructure({ ...item, flags: 1 });
    return yield* this.process.fileCalls.ioctl(device, UDMABUF_CREATE, argument);
  }

  *createList(device: number, list: readonly UdmabufItem[]): KernelTask<number> {
    this.beginCall();
    const argument = userStructure({ list: [...list], count: list.length, flags: 1 });
    return yield* this.process.fileCalls.ioctl(device, UDMABUF_CREATE_LIST, argument);
  }

  /** A file of which no part of the suite knows anything. */
  *openOther(): KernelTask<number> {
    this.beginCall();
    return yield* this.process.fileCalls.eventfd(0, 0);
  }

  /** Makes a handle of a graphics device out of the buffer, and gives it back. */
  *importIntoVgem(fd: number): KernelTask<void> {
    this.beginCall();
    const { fileCalls, stack } = this.process;
    const card = yield* fileCalls.openDrm(new DrmDevice(stack, VGEM));
    const argument = userStructure({ fd });
    const result = yield* fileCalls.ioctl(card, DRM_IOCTL_PRIME_FD_TO_HANDLE, argument);
    expectThat(result === 0, `the import returns ${result}`);
    const handle = userStructure({ handle: numberField(argument, 'handle') });
    const closed = yield* fileCalls.ioctl(card, DRM_IOCTL_GEM_CLOSE, handle);
    expectThat(closed === 0, `closing the handle returns ${closed}`);
    yield* fileCalls.close(card);
  }

  *close(fd: number): KernelTask<void> {
    this.beginCall();
    yield* this.process.fileCalls.close(fd);
  }

  private beginCall(): void {
    this.process.stack.world.current.beginCall();
  }
}
