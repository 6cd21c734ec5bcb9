import type { AbstractState, EventOf } from '../../model/events.ts';
import type { Device } from '../dma-buf/dma-buf-attachment.ts';
import {
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
  type DmaDirection,
} from '../dma-buf/dma-buf-ops.ts';
import type { KernelTask } from '../kernel/access.ts';
import { Cell } from '../kernel/cell.ts';
import type { Mutex } from '../kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList, PlainWord } from '../kernel/plain.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { Stack } from '../stack.ts';
import type { File } from '../uapi/file.ts';
import type { Vb2Buffer } from './vb2-buffer.ts';
import type { Vb2FileIo } from './vb2-file-io.ts';
import type { Vb2MemOps, Vb2Ops } from './vb2-ops.ts';
import { V4L2_BUF_TYPE_VIDEO_OUTPUT, VB2_MEMORY_UNKNOWN, type VideoType } from './video-uapi.ts';

/** What a driver says of a queue. */
export interface Vb2QueueOptions {
  readonly type: VideoType;
  readonly ops: Vb2Ops;
  readonly memOps: Vb2MemOps;
  /** Accesses all planes of which the driver does not say anything else. */
  readonly device: Device;
  /** Of everything but completions; several queues of a device may have one. */
  readonly lock: Mutex;
  /** The driver cannot start with fewer buffers. @kernel min_queued_buffers */
  readonly queuedMin: number;
  /** No request gets fewer buffers. @kernel min_reqbufs_allocation */
  readonly allocatedMin: number;
  /** Devices also read what they have written. Default: no. @kernel vb2_queue.bidirectional */
  readonly isBidirectional?: boolean;
}

/** How a driver completes a buffer; anything else is an error. */
export type Vb2Completion = 'done' | 'error' | 'queued';

const COMPLETIONS = { done: 'done', error: 'done.error', queued: 'done.back' } as const;

function isCompletion(state: string): state is Vb2Completion {
  return Object.hasOwn(COMPLETIONS, state);
}

/**
 * The buffers of one direction of a device: those of user space, those that wait, those of the
 * driver, and those that are done. It knows nothing of fences.
 *
 * @kernel struct vb2_queue
 * @rule VB2-001
 */
export class Vb2Queue extends KernelObject {
  readonly stack: Stack;
  readonly type: VideoType;
  readonly ops: Vb2Ops;
  readonly memOps: Vb2MemOps;
  readonly device: Device;
  readonly lock: Mutex;
  readonly queuedMin: number;
  readonly allocatedMin: number;
  private readonly isBidirectional: boolean;
  /** Whose memory its buffers use. Under `lock`. */
  readonly memory: PlainWord<number>;
  /** By their indices. Under `lock`. @kernel bufs */
  readonly buffers: PlainList<Vb2Buffer>;
  /** What user space has queued and not dequeued, in this order. Under `lock`. */
  readonly queued: PlainList<Vb2Buffer>;
  /** Inside the driver's locks. @kernel done_lock */
  readonly doneLock: SpinLock;
  /** In the order in which the driver completed them. Under `doneLock`. */
  readonly done: PlainList<Vb2Buffer>;
  /** @kernel done_wq */
  readonly doneQueue: WaitQueue;
  /** @kernel owned_by_drv_count */
  readonly ownedByDriver: Cell;
  /** Written under `lock`; those who wait look at it without. */
  readonly isStreaming: Cell;
  /** The driver has begun. Under `lock`. @kernel start_streaming_called */
  readonly isStarted: PlainWord<boolean>;
  /** The hardware has failed for good. */
  readonly error: Cell;
  /** A thread waits for a buffer, without the lock. Under `lock`. @kernel waiting_in_dqbuf */
  readonly isWaiting: PlainWord<boolean>;
  /** User space has had the last frame. Under `lock`. @kernel last_buffer_dequeued */
  readonly isDrained: PlainWord<boolean>;
  /** The file that has asked for the buffers. Under `lock`. */
  readonly owner: PlainWord<File | null>;
  /** Reads and writes instead of requests. Under `lock`. */
  readonly fileIo: PlainWord<Vb2FileIo | null>;

  constructor(stack: Stack, options: Vb2QueueOptions) {
    super(stack.world, 'vb2Queue');
    this.isStatic = true;
    this.stack = stack;
    this.type = options.type;
    this.ops = options.ops;
    this.memOps = options.memOps;
    this.device = options.device;
    this.lock = options.lock;
    this.queuedMin = options.queuedMin;
    this.allocatedMin = options.allocatedMin;
    this.isBidirectional = options.isBidirectional ?? false;
    this.memory = new PlainWord<number>(this, 'memory', VB2_MEMORY_UNKNOWN);
    this.buffers = new PlainList<Vb2Buffer>(this, 'buffers');
    this.queued = new PlainList<Vb2Buffer>(this, 'queued');
    this.doneLock = new SpinLock(this, 'doneLock', '&q->done_lock');
    this.done = new PlainList<Vb2Buffer>(this, 'done');
    this.doneQueue = new WaitQueue(this, 'doneQueue', '&q->done_wq');
    this.ownedByDriver = new Cell(this, 'ownedByDriver', 0);
    this.isStreaming = new Cell(this, 'isStreaming', 0);
    this.isStarted = new PlainWord<boolean>(this, 'isStarted', false);
    this.error = new Cell(this, 'error', 0);
    this.isWaiting = new PlainWord<boolean>(this, 'isWaiting', false);
    this.isDrained = new PlainWord<boolean>(this, 'isDrained', false);
    this.owner = new PlainWord<File | null>(this, 'owner', null);
    this.fileIo = new PlainWord<Vb2FileIo | null>(this, 'fileIo', null);
  }

  get isOutput(): boolean {
    return this.type === V4L2_BUF_TYPE_VIDEO_OUTPUT;
  }

  /** What its devices do with memory. @kernel dma_dir */
  get direction(): DmaDirection {
    if (this.isBidirectional) return DMA_BIDIRECTIONAL;
    return this.isOutput ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
  }

  /** The driver owns the buffer from now on. @kernel __enqueue_in_driver @rule VB2-008 @rule VB2-012 */
  *give(buffer: Vb2Buffer): KernelTask<void> {
    buffer.state.set('active');
    buffer.tell('give');
    yield* this.ownedByDriver.add(1);
    this.tell('give');
    yield* this.ops.bufQueue(buffer);
  }

  /**
   * The driver gives a buffer back. Any context.
   *
   * @kernel vb2_buffer_done
   * @rule VB2-009
   * @rule VB2-012
   * @rule VB2-016
   */
  *complete(buffer: Vb2Buffer, how: string): KernelTask<void> {
    const { world } = this;
    const isOthers = buffer.state.ask((state) => state !== 'active');
    if (world.warnOn(isOthers, 'a buffer is completed that the driver does not own', buffer))
      return;
    world.warnOn(!isCompletion(how), 'a buffer is completed in no way that there is', buffer);
    const completion = isCompletion(how) ? how : 'error';
    if (completion !== 'queued') this.finishMemory(buffer);
    const flags = yield* this.doneLock.acquireIrqsave();
    // Whoever counts the driver's buffers does not look at those that are done without the lock.
    yield* this.ownedByDriver.add(-1);
    this.completeLocked(buffer, completion);
    this.doneLock.releaseIrqrestore(flags);
    if (completion !== 'queued') yield* this.doneQueue.wakeAll();
  }

  protected completeLocked(buffer: Vb2Buffer, completion: Vb2Completion): void {
    if (completion !== 'queued') this.done.push(buffer);
    buffer.state.set(completion);
    buffer.tell(COMPLETIONS[completion]);
    this.tell(completion === 'queued' ? 'back' : 'done');
  }

  /** The hardware cannot go on, whatever is done. Any context. @kernel vb2_queue_error @rule VB2-010 */
  *fail(): KernelTask<void> {
    yield* this.error.write(1);
    this.tell('error');
    yield* this.doneQueue.wakeAll();
  }

  /** Devices may access the memory. @kernel __vb2_buf_mem_prepare @rule VB2-007 */
  prepareMemory(buffer: Vb2Buffer): void {
    if (buffer.isSynced.get()) return;
    buffer.isSynced.set(true);
    for (const plane of buffer.planes) {
      const { own } = plane;
      if (own !== null) this.memOps.prepare?.(own);
    }
  }

  /** The CPU may access the memory. @kernel __vb2_buf_mem_finish @rule VB2-007 */
  finishMemory(buffer: Vb2Buffer): void {
    if (!buffer.isSynced.get()) return;
    buffer.isSynced.set(false);
    for (const plane of buffer.planes) {
      const { own } = plane;
      if (own !== null) this.memOps.finish?.(own);
    }
  }

  /** The queue took an event, which may answer a call. */
  tell(name: EventOf<'vb2Queue'>, result: number | null = null): void {
    this.commit(name, result);
  }

  override abstract(): AbstractState {
    const state = this.isStreaming.value === 1 ? 'on' : 'off';
    const owned = this.ownedByDriver.value;
    const context = {
      owned,
      done: this.done.value.length,
      isFailed: this.error.value === 1,
      isWaiting: this.isWaiting.value,
      isDrained: this.isDrained.value,
      isEmpty: this.buffers.value.length === 0,
    };
    return { state, context };
  }

  visitState(visit: StateVisitor): void {
    visit('memory', this.memory.value);
    visit('buffers', this.buffers.value);
    visit('queued', this.queued.value);
    visit('doneLock', this.doneLock.holder?.name ?? 'free');
    visit('done', this.done.value);
    visit('doneQueue', this.doneQueue.state);
    visit('ownedByDriver', this.ownedByDriver.value);
    visit('isStreaming', this.isStreaming.value);
    visit('isStarted', this.isStarted.value);
    visit('error', this.error.value);
    visit('isWaiting', this.isWaiting.value);
    visit('isDrained', this.isDrained.value);
    visit('owner', this.owner.value);
    visit('fileIo', this.fileIo.value);
  }
}
