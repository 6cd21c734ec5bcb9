import type { KernelTask } from '../kernel/access.ts';
import { EBADF, EINVAL, ENOENT, ENOMEM } from '../kernel/errno.ts';
import { Mutex } from '../kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList, PlainWord } from '../kernel/plain.ts';
import type { Stack } from '../stack.ts';
import { FileTable } from '../uapi/file-table.ts';
import { O_CLOEXEC } from '../uapi/file.ts';
import type { DmaBufStatistics } from './dma-buf-statistics.ts';
import { areComplete, type DmaBufOps } from './dma-buf-ops.ts';
import { DmaBuf, type DmaBufExport } from './dma-buf.ts';

/** Making buffers, finding them behind descriptors, and the list of all. */
export class DmaBufs extends KernelObject {
  readonly stack: Stack;
  readonly statistics: DmaBufStatistics;
  /** @kernel debugfs_list_mutex */
  readonly listLock: Mutex;
  /** Newest first; under `listLock`. */
  readonly list: PlainList<DmaBuf>;
  /** An atomic counter. */
  private readonly inodes: PlainWord<number>;

  constructor(stack: Stack) {
    super(stack.world, 'buffers');
    this.stack = stack;
    this.isStatic = true;
    this.statistics = new stack.types.DmaBufStatistics(stack);
    this.statistics.isStatic = true;
    this.listLock = new Mutex(this, 'listLock', 'debugfs_list_mutex');
    this.list = new PlainList<DmaBuf>(this, 'list');
    this.inodes = new PlainWord<number>(this, 'inodes', 0, 'full');
  }

  /**
   * A buffer with one reference, the caller's; or a negative error, and the exporter still owns
   * what it offered.
   *
   * @kernel dma_buf_export
   * @rule BUF-001
   * @rule BUF-002
   * @rule BUF-003
   * @rule BUF-004
   * @rule BUF-005
   */
  *export(info: DmaBufExport): KernelTask<DmaBuf | number> {
    const { world } = this;
    const { ops, priv } = info;
    const isWrong = priv === null || ops === null || !this.areAccepted(ops);
    if (world.warnOn(isWrong, 'dma_buf_export with operations missing')) return -EINVAL;
    if (priv === null || ops === null || !areComplete(ops)) return -EINVAL;
    const { owner } = info;
    if (owner !== null && !(yield* owner.tryGet())) return -ENOENT;
    const buffer = yield* this.build(info, ops, priv);
    if (typeof buffer !== 'number') yield* this.publish(buffer);
    else if (owner !== null) yield* owner.put();
    return buffer;
  }

  /** Whatever fails is undone, and the exporter hears nothing of it. @rule BUF-005 */
  protected *build(
    info: DmaBufExport,
    ops: DmaBufOps,
    priv: KernelObject,
  ): KernelTask<DmaBuf | number> {
    const { memory } = this.world;
    const hasFile = yield* memory.reserve('GFP_KERNEL');
    if (!hasFile || !(yield* memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const buffer = this.make(info, ops, priv);
    const error = yield* this.statistics.add(buffer, info.exporterName);
    if (error === 0) return buffer;
    yield* this.discard(buffer);
    return error;
  }

  /** From here on others can see the buffer, so it is the last step. @kernel __dma_buf_list_add */
  protected *publish(buffer: DmaBuf): KernelTask<void> {
    yield* this.listLock.acquire();
    this.list.unshift(buffer);
    buffer.tell('export');
    this.listLock.release();
  }

  /** @rule BUF-001 @rule BUF-002 @rule BUF-003 */
  protected areAccepted(ops: Partial<DmaBufOps>): boolean {
    if (!areComplete(ops)) return false;
    if ((ops.pin === undefined) !== (ops.unpin === undefined)) return false;
    return ops.cacheSgtMapping !== true || ops.pin === undefined;
  }

  protected make(info: DmaBufExport, ops: DmaBufOps, priv: KernelObject): DmaBuf {
    return new this.stack.types.DmaBuf(this.stack, info, ops, priv, this.nextInode());
  }

  /** Numbers never come back. @rule BUF-009 */
  protected nextInode(): number {
    const inode = this.inodes.get() + 1;
    this.inodes.set(inode);
    return inode;
  }

  /** Nobody has seen the buffer: it goes without a word to the exporter. */
  protected *discard(buffer: DmaBuf): KernelTask<void> {
    const { memory } = this.world;
    if (buffer.ownsResv) yield* buffer.resv.fini();
    buffer.freeMemory();
    memory.free(buffer.file);
  }

  /** @kernel __dma_buf_list_del */
  *unlist(buffer: DmaBuf): KernelTask<void> {
    yield* this.listLock.acquire();
    this.list.remove(buffer);
    buffer.tell('unlist');
    this.listLock.release();
  }

  /**
   * A descriptor for the caller's reference.
   *
   * @kernel dma_buf_fd
   * @rule BUF-011
   * @rule BUF-012
   */
  *fd(buffer: DmaBuf | null, flags: number): KernelTask<number> {
    if (buffer === null) return -EINVAL;
    const files = FileTable.ofCurrent(this.world);
    const fd = yield* files.getUnused((flags & O_CLOEXEC) !== 0);
    if (fd >= 0) yield* files.install(fd, buffer.file);
    return fd;
  }

  /** The buffer behind a descriptor, with a reference, or an error. @kernel dma_buf_get @rule BUF-013 */
  *get(fd: number): KernelTask<DmaBuf | number> {
    const file = yield* FileTable.ofCurrent(this.world).fget(fd);
    if (file === null) return -EBADF;
    if (file.ops instanceof DmaBuf) return file.ops;
    yield* file.put();
    return -EINVAL;
  }

  /** @kernel dma_buf_put @rule BUF-013 */
  *put(buffer: DmaBuf | null): KernelTask<void> {
    if (this.world.warnOn(buffer === null, 'dma_buf_put of nothing')) return;
    if (buffer !== null) yield* buffer.file.put();
  }

  visitState(visit: StateVisitor): void {
    visit('list', this.list.value);
    visit('listLock', this.listLock.holder?.name ?? 'free');
  }
}
