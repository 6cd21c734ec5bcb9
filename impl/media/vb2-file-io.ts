import type { KernelTask } from '../kernel/access.ts';
import { EBUSY, EINVAL, ENOMEM } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import type { Stack } from '../stack.ts';
import type { Vb2Buffer } from './vb2-buffer.ts';
import type { Vb2Queue } from './vb2-queue.ts';
import { VB2_MEMORY_MMAP } from './video-uapi.ts';

/** Nothing is ever copied in less than this many buffers. */
const FILE_BUFFERS_MIN = 2;

/** A queue that is read or written as a file is. Under the lock of the queue. @kernel struct vb2_fileio_data */
export class Vb2FileIo extends KernelObject {
  /** The buffer that is being copied, or null. @kernel cur_index */
  readonly current: PlainWord<Vb2Buffer | null>;
  /** How far it is copied. Unit: bytes. */
  readonly position: PlainWord<number>;
  /** How much of it there is to copy. Unit: bytes. */
  readonly size: PlainWord<number>;
  /** Buffers of an output queue that have not been used yet. @kernel initial_index */
  readonly fresh: PlainWord<number>;

  constructor(queue: Vb2Queue) {
    super(queue.world, 'vb2FileIo');
    this.current = new PlainWord<Vb2Buffer | null>(this, 'current', null);
    this.position = new PlainWord<number>(this, 'position', 0);
    this.size = new PlainWord<number>(this, 'size', 0);
    this.fresh = new PlainWord<number>(this, 'fresh', 0);
  }

  visitState(visit: StateVisitor): void {
    visit('current', this.current.value);
    visit('position', this.position.value);
    visit('size', this.size.value);
    visit('fresh', this.fresh.value);
  }
}

/** A buffer that bytes are copied from or to, with the state of the copying. */
interface Copying {
  readonly io: Vb2FileIo;
  readonly buffer: Vb2Buffer;
}

/** Reading and writing queues. */
export class Vb2FileIos {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** The next bytes of a frame, or a negative error. @kernel vb2_read */
  *read(queue: Vb2Queue, length: number, isNonblocking: boolean): KernelTask<Uint8Array | number> {
    const copying = yield* this.begin(queue, isNonblocking);
    if (typeof copying === 'number') return copying;
    const { io, buffer } = copying;
    const position = io.position.get();
    const count = Math.min(length, io.size.get() - position);
    const memory = buffer.planes[0]?.own ?? null;
    if (memory === null) return -EINVAL;
    const bytes = yield* memory.pages.read(position, count);
    const error = yield* this.advance(copying, count);
    return error === 0 ? bytes : error;
  }

  /** How many bytes were taken, or a negative error. @kernel vb2_write */
  *write(queue: Vb2Queue, bytes: Uint8Array, isNonblocking: boolean): KernelTask<number> {
    const copying = yield* this.begin(queue, isNonblocking);
    if (typeof copying === 'number') return copying;
    const { io, buffer } = copying;
    const position = io.position.get();
    const count = Math.min(bytes.length, io.size.get() - position);
    const memory = buffer.planes[0]?.own ?? null;
    if (memory === null) return -EINVAL;
    yield* memory.pages.write(position, bytes.subarray(0, count));
    const error = yield* this.advance(copying, count);
    return error === 0 ? count : error;
  }

  /** The buffer to copy from or to, waited for if need be. @kernel __vb2_perform_fileio */
  protected *begin(queue: Vb2Queue, isNonblocking: boolean): KernelTask<Copying | number> {
    let io = queue.fileIo.get();
    if (io === null) {
      const made = yield* this.start(queue);
      if (typeof made === 'number') return made;
      io = made;
    }
    const known = io.current.get();
    if (known !== null) return { io, buffer: known };
    const buffer = yield* this.next(queue, io, isNonblocking);
    if (typeof buffer === 'number') return buffer;
    const plane = buffer.planes[0];
    io.current.set(buffer);
    io.position.set(0);
    const size = queue.isOutput ? plane?.length.get() : plane?.bytesUsed.get();
    io.size.set(size ?? 0);
    return { io, buffer };
  }

  protected *next(
    queue: Vb2Queue,
    io: Vb2FileIo,
    isNonblocking: boolean,
  ): KernelTask<Vb2Buffer | number> {
    const fresh = io.fresh.get();
    if (fresh > 0) {
      io.fresh.set(fresh - 1);
      const unused = queue.buffers.at(-fresh);
      return unused ?? -EINVAL;
    }
    const buffer = yield* this.stack.vb2Dequeue.dequeueBuf(queue, isNonblocking);
    if (typeof buffer !== 'number') this.stack.vb2Dequeue.finish(buffer);
    return buffer;
  }

  /** A buffer that is copied goes back to the driver. */
  protected *advance({ io, buffer }: Copying, count: number): KernelTask<number> {
    io.position.change((position) => position + count);
    if (io.position.get() < io.size.get()) return 0;
    io.current.set(null);
    const used = { fd: 0, length: 0, bytesUsed: io.position.get(), dataOffset: 0 };
    return yield* this.stack.vb2Streaming.queueBuf(buffer, [used]);
  }

  /** From now on the queue is a file, until it is closed. @kernel __vb2_init_fileio */
  protected *start(queue: Vb2Queue): KernelTask<Vb2FileIo | number> {
    const { world, vb2Requests } = this.stack;
    if (this.isInUse(queue)) return -EBUSY;
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const io = new Vb2FileIo(queue);
    queue.fileIo.set(io);
    const count = Math.max(FILE_BUFFERS_MIN, queue.allocatedMin);
    const made = yield* vb2Requests.request(queue, VB2_MEMORY_MMAP, count);
    const error = made < 0 ? made : yield* this.startStreaming(queue, io);
    if (error === 0) return io;
    if (made >= 0) yield* vb2Requests.request(queue, VB2_MEMORY_MMAP, 0);
    this.end(queue, io);
    return error;
  }

  /** Somebody has buffers of it already. */
  protected isInUse({ isStreaming, buffers }: Vb2Queue): boolean {
    return isStreaming.readStable() === 1 || !buffers.isEmpty();
  }

  protected *startStreaming(queue: Vb2Queue, io: Vb2FileIo): KernelTask<number> {
    const buffers = queue.buffers.copy();
    if (buffers[0]?.planes.length !== 1) return -EBUSY;
    const { vb2Streaming } = this.stack;
    if (queue.isOutput) io.fresh.set(buffers.length);
    else {
      for (const buffer of buffers) {
        const error = yield* vb2Streaming.queueBuf(buffer, []);
        if (error !== 0) return error;
      }
    }
    return yield* vb2Streaming.streamOn(queue);
  }

  protected end(queue: Vb2Queue, io: Vb2FileIo): void {
    queue.fileIo.set(null);
    this.stack.world.memory.free(io);
  }

  /** The file is closed. @kernel __vb2_cleanup_fileio */
  *cleanUp(queue: Vb2Queue): KernelTask<void> {
    const io = queue.fileIo.get();
    if (io === null) return;
    yield* this.stack.vb2Streaming.streamOff(queue);
    this.end(queue, io);
    yield* this.stack.vb2Requests.request(queue, VB2_MEMORY_MMAP, 0);
  }
}
