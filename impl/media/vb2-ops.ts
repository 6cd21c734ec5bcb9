import type { Device } from '../dma-buf/dma-buf-attachment.ts';
import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import type { KernelTask } from '../kernel/access.ts';
import type { Vb2Buffer } from './vb2-buffer.ts';
import type { Vb2Import } from './vb2-import.ts';
import type { Vb2Memory } from './vb2-memory.ts';
import type { Vb2Queue } from './vb2-queue.ts';

/** What a driver makes of a request for buffers. */
export interface Vb2Setup {
  /** How many buffers it can do with, given as many as were asked for. */
  readonly count: number;
  /** Unit: bytes, one for each plane. */
  readonly planeSizes: readonly number[];
  /** Which of its devices accesses a plane; absent: the queue's own. @kernel alloc_devs */
  readonly devices?: readonly Device[];
}

/**
 * What a driver provides: all that the queue knows of hardware. Everything but completions is called
 * with the lock of the queue.
 *
 * @kernel struct vb2_ops
 */
export interface Vb2Ops {
  /** Asked again when there was memory for fewer buffers only. */
  queueSetup(queue: Vb2Queue, count: number): KernelTask<Vb2Setup | number>;
  /** The buffer has got memory. */
  bufInit?(buffer: Vb2Buffer): KernelTask<number>;
  /** The buffer is about to be queued. */
  bufPrepare?(buffer: Vb2Buffer): KernelTask<number>;
  /** The buffer goes back to user space. */
  bufFinish?(buffer: Vb2Buffer): KernelTask<void>;
  /** The buffer is about to lose its memory. */
  bufCleanup?(buffer: Vb2Buffer): KernelTask<void>;
  /** The driver owns the buffer now, until it calls `Vb2Queue.done`. */
  bufQueue(buffer: Vb2Buffer): KernelTask<void>;
  /** After an error the driver has given all buffers back, as queued. */
  startStreaming?(queue: Vb2Queue, count: number): KernelTask<number>;
  /** No more comes to be decoded: the last frame that comes of it is marked. */
  stopDecoder?(): KernelTask<number>;
  /** When it returns the hardware is done, and all buffers were given back. */
  stopStreaming?(queue: Vb2Queue): KernelTask<void>;
}

/** Where the memory of planes comes from, and how other memory is made usable. @kernel struct vb2_mem_ops */
export interface Vb2MemOps {
  alloc(queue: Vb2Queue, device: Device, size: number): KernelTask<Vb2Memory | number>;
  /** For a buffer with at least `size` bytes. */
  attachDmabuf(
    queue: Vb2Queue,
    device: Device,
    dmabuf: DmaBuf,
    size: number,
  ): KernelTask<Vb2Import | number>;
  mapDmabuf(plane: Vb2Import): KernelTask<number>;
  unmapDmabuf(plane: Vb2Import): KernelTask<void>;
  detachDmabuf(plane: Vb2Import): KernelTask<void>;
  /** The device is about to access memory of the queue's own. */
  prepare?(memory: Vb2Memory): void;
  /** The CPU is about to. */
  finish?(memory: Vb2Memory): void;
}
