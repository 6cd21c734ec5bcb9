import type { AbstractState, EventOf } from '../../model/events.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, EOVERFLOW } from '../kernel/errno.ts';
import { Count } from '../kernel/count.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList, PlainWord } from '../kernel/plain.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { Stack } from '../stack.ts';
import { type FdinfoLine, File, type FileOps, type PollTable } from '../uapi/file.ts';
import { type MapBacking, type MapRequest } from '../uapi/mapping.ts';
import { PAGE_SIZE } from '../uapi/pages.ts';
import type { UserPointer } from '../uapi/user-memory.ts';
import { BufferName } from './buffer-name.ts';
import type { DmaBufAttachment } from './dma-buf-attachment.ts';
import type { DmaBufOps, KernelMapping } from './dma-buf-ops.ts';
import { DmaBufPollSlot } from './dma-buf-poll.ts';
import type { DmaResv } from './dma-resv.ts';
import { announced } from './exporter-calls.ts';
import type { ExporterModule } from './exporter-module.ts';

const SEEK_SET = 0;
const SEEK_END = 2;

/** Page numbers are unsigned longs. */
const PAGES_END: bigint = 2n ** 64n;

/** What an exporter says of a new buffer. @kernel struct dma_buf_export_info */
export interface DmaBufExport {
  /** Null: the exporter forgot it. */
  readonly exporterName: string | null;
  /** Null: built into the kernel. */
  readonly owner: ExporterModule | null;
  readonly ops: Partial<DmaBufOps> | null;
  /** Unit: bytes. */
  readonly size: number;
  /** Access mode and O_NONBLOCK of the file. */
  readonly flags: number;
  /** Null: the buffer gets one of its own. */
  readonly resv: DmaResv | null;
  /** The exporter's own. */
  readonly priv: KernelObject | null;
}

/**
 * A buffer that devices and processes share.
 *
 * @kernel struct dma_buf
 */
export class DmaBuf extends KernelObject implements FileOps {
  readonly name = 'dmabuf';
  readonly stack: Stack;
  readonly file: File;
  readonly ops: DmaBufOps;
  readonly exporterName: string;
  readonly owner: ExporterModule | null;
  readonly priv: KernelObject;
  /** Unit: bytes. Never changes. */
  readonly bytes: number;
  /** Of its file system; never used again. */
  readonly inode: number;
  readonly resv: DmaResv;
  readonly ownsResv: boolean;
  /** Newest first. Under the reservation lock. */
  readonly attachments: PlainList<DmaBufAttachment>;
  /** Under the reservation lock. */
  readonly vmapCount: PlainWord<number>;
  /** Under the reservation lock. @kernel vmap_ptr */
  readonly vmapPointer: PlainWord<KernelMapping | null>;
  /** @kernel name_lock */
  readonly nameLock: SpinLock;
  /** Null until it is set. Under `nameLock`. */
  readonly userName: PlainWord<BufferName | null>;
  /** The file has a reference, and whoever shows the name of the file. @kernel struct dentry */
  readonly entry: Count;
  readonly queue: WaitQueue;
  readonly pollIn: DmaBufPollSlot;
  readonly pollOut: DmaBufPollSlot;

  constructor(stack: Stack, info: DmaBufExport, ops: DmaBufOps, priv: KernelObject, inode: number) {
    super(stack.world, 'dmaBuf');
    this.stack = stack;
    this.file = new File(stack, this, info.flags);
    this.ops = announced(this, ops);
    this.exporterName = info.exporterName ?? '';
    this.owner = info.owner;
    this.priv = priv;
    this.bytes = info.size;
    this.inode = inode;
    this.ownsResv = info.resv === null;
    this.resv = info.resv ?? new stack.types.DmaResv(stack);
    this.attachments = new PlainList<DmaBufAttachment>(this, 'attachments');
    this.vmapCount = new PlainWord<number>(this, 'vmapCount', 0);
    this.vmapPointer = new PlainWord<KernelMapping | null>(this, 'vmapPointer', null);
    this.nameLock = new SpinLock(this, 'nameLock', '&dmabuf->name_lock');
    this.userName = new PlainWord<BufferName | null>(this, 'userName', null);
    this.entry = new Count(this, 'entry');
    this.queue = new WaitQueue(this, 'poll', '&dmabuf->poll');
    this.pollIn = new DmaBufPollSlot(this);
    this.pollOut = new DmaBufPollSlot(this);
  }

  /** @kernel dma_buf_llseek @rule BUF-019 */
  *llseek(_file: File, offset: number, whence: number): KernelTask<number> {
    if (whence !== SEEK_SET && whence !== SEEK_END) return -EINVAL;
    if (offset !== 0) return -EINVAL;
    return whence === SEEK_END ? this.bytes : 0;
  }

  *size(): KernelTask<number> {
    return this.bytes;
  }

  *poll(_file: File, table: PollTable | null): KernelTask<number> {
    return yield* this.stack.bufferPoll.poll(this, table);
  }

  *ioctl(_file: File, command: number, argument: UserPointer): KernelTask<number> {
    return yield* this.stack.bufferIoctls.dispatch(this, command, argument);
  }

  /** @kernel dma_buf_mmap_internal @rule BUF-026 */
  *mmap(_file: File, request: MapRequest): KernelTask<MapBacking | number> {
    if (this.ops.mmap === undefined) return -EINVAL;
    const pages = BigInt(Math.ceil(request.length / PAGE_SIZE));
    const first = BigInt(Math.floor(request.offset / PAGE_SIZE));
    if (first + pages >= PAGES_END) return -EOVERFLOW;
    if (first + pages > BigInt(Math.floor(this.bytes / PAGE_SIZE))) return -EINVAL;
    return yield* this.ops.mmap(this, request);
  }

  /** @kernel dma_buf_show_fdinfo @rule BUF-023 */
  *showFdinfo(file: File): KernelTask<readonly FdinfoLine[]> {
    const lines: FdinfoLine[] = [['size', this.bytes]];
    // Without the reference of whoever reads.
    lines.push(['count', (yield* file.references.read()) - 1]);
    lines.push(['exp_name', this.exporterName]);
    const flags = yield* this.nameLock.acquireIrqsave();
    const name = this.userName.get()?.read() ?? null;
    this.nameLock.releaseIrqrestore(flags);
    if (name !== null) lines.push(['name', name]);
    return lines;
  }

  /** The old name goes while nobody can be reading it. @kernel dma_buf_set_name @rule BUF-022 */
  *rename(text: string): KernelTask<void> {
    const name = new BufferName(this.world, text);
    const flags = yield* this.nameLock.acquireIrqsave();
    this.dropName();
    this.userName.set(name);
    this.nameLock.releaseIrqrestore(flags);
  }

  protected dropName(): void {
    const old = this.userName.get();
    if (old !== null) this.world.memory.free(old);
  }

  /** Somebody is about to show the name. @kernel dget */
  *dget(): KernelTask<void> {
    yield* this.entry.inc();
    this.tell('dget');
  }

  /** The last one destroys the buffer. @kernel dput */
  *dput(): KernelTask<void> {
    if (yield* this.entry.decAndTest()) yield* this.destroy();
    else this.tell('dput');
  }

  /**
   * The last reference on the file is gone.
   *
   * @kernel dma_buf_file_release
   * @rule BUF-014
   */
  *release(): KernelTask<void> {
    yield* this.stack.buffers.unlist(this);
    yield* this.dput();
  }

  /**
   * Nobody can reach the buffer any more.
   *
   * @kernel dma_buf_release
   * @rule BUF-014
   * @rule BUF-015
   * @rule BUF-016
   */
  protected *destroy(): KernelTask<void> {
    const { world, stack } = this;
    this.tell('dput.last');
    world.bugOn(this.vmapCount.get() > 0, 'a buffer is released while it is mapped', this);
    const isArmed = this.pollIn.active.get() !== 0 || this.pollOut.active.get() !== 0;
    world.bugOn(isArmed, 'a buffer is released while a poll waits for it', this);
    yield* stack.buffers.statistics.remove(this);
    yield* this.ops.release(this);
    if (this.ownsResv) yield* this.resv.fini();
    world.warnOn(!this.attachments.isEmpty(), 'a buffer is released with attachments', this);
    if (this.owner !== null) yield* this.owner.put();
    this.dropName();
    this.tell('free');
    this.freeMemory();
  }

  /** @kernel kfree */
  freeMemory(): void {
    this.pollIn.free();
    this.pollOut.free();
    this.world.memory.free(this);
  }

  /** Something has happened to the buffer. */
  tell(name: EventOf<'dmaBuf'>, result: number | null = null): void {
    this.commit(name, result);
  }

  /** Where it can still be found, and who uses it. */
  override abstract(): AbstractState {
    const { buffers } = this.stack;
    const isListed = buffers.list.value.includes(this);
    const isCounted = buffers.statistics.entries.value.includes(this);
    const state = isListed ? 'listed' : isCounted ? 'unlisted' : 'gone';
    const isMapped = this.vmapPointer.value !== null;
    return { state, context: { shown: this.entry.value, users: this.vmapCount.value, isMapped } };
  }

  visitState(visit: StateVisitor): void {
    visit('attachments', this.attachments.value);
    visit('vmapCount', this.vmapCount.value);
    visit('vmapPointer', this.vmapPointer.value);
    visit('userName', this.userName.value);
    visit('entry', this.entry.value);
    visit('queue', this.queue.state);
    visit('nameLock', this.nameLock.holder?.name ?? 'free');
    visit('pollIn', this.pollIn);
    visit('pollOut', this.pollOut);
    visit('resv', this.resv);
  }
}
