import type { KernelTask } from '../kernel/access.ts';
import { EBADFD, EFAULT, EINVAL, ENOMEM, ENOTTY } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import { FileTable } from '../uapi/file-table.ts';
import { File, type FileOps, O_CLOEXEC, O_RDWR } from '../uapi/file.ts';
import { F_SEAL_FUTURE_WRITE, F_SEAL_SHRINK, F_SEAL_WRITE, Memfd } from '../uapi/memfd.ts';
import { PAGE_SIZE } from '../uapi/pages.ts';
import { numberField, type UserPointer } from '../uapi/user-memory.ts';
import type { PinnedRange, Udmabuf } from './udmabuf.ts';

export const UDMABUF_CREATE = 0x40187542;
export const UDMABUF_CREATE_LIST = 0x40087543;
export const UDMABUF_FLAGS_CLOEXEC = 1;

/** Entries of one list. @kernel list_limit */
export const UDMABUF_LIST_MAX = 1024;
/** Unit: pages; 64 MiB. @kernel size_limit_mb */
export const UDMABUF_PAGES_MAX: number = (64 * 1024 * 1024) / PAGE_SIZE;

const SEALS_DENIED: number = F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;

/** One range that a program asks for. @kernel struct udmabuf_create_item */
export interface UdmabufItem {
  readonly memfd: number;
  readonly offset: number;
  readonly size: number;
}

/** `/dev/udmabuf`: makes buffers of memory files. */
export class UdmabufDevice implements FileOps {
  readonly name = 'udmabuf';
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  *open(): KernelTask<File> {
    return new File(this.stack, this, O_RDWR);
  }

  /** @kernel udmabuf_ioctl @rule UDMABUF-001 */
  *ioctl(_file: File, command: number, argument: UserPointer): KernelTask<number> {
    if (command !== UDMABUF_CREATE && command !== UDMABUF_CREATE_LIST) return -ENOTTY;
    if (!argument.isReadable) return -EFAULT;
    const flags = numberField(argument, 'flags');
    if (command === UDMABUF_CREATE) {
      const item = {
        memfd: numberField(argument, 'memfd'),
        offset: numberField(argument, 'offset'),
        size: numberField(argument, 'size'),
      };
      return yield* this.create([item], flags);
    }
    return yield* this.createList(numberField(argument, 'count'), flags, argument);
  }

  /** @kernel udmabuf_ioctl_create_list @rule UDMABUF-002 */
  protected *createList(count: number, flags: number, argument: UserPointer): KernelTask<number> {
    if (count > UDMABUF_LIST_MAX) return -EINVAL;
    if (count === 0) return yield* this.create([], flags); // nothing is read, wherever it lies
    const items = argument.fields['list'];
    if (!Array.isArray(items) || items.length < count) return -EFAULT;
    return yield* this.create((items as UdmabufItem[]).slice(0, count), flags); // programs put them there
  }

  /**
   * The descriptor, or a negative error.
   *
   * @kernel udmabuf_create
   * @rule UDMABUF-003
   * @rule UDMABUF-004
   * @rule UDMABUF-012
   */
  protected *create(items: readonly UdmabufItem[], flags: number): KernelTask<number> {
    const { memory } = this.stack.world;
    if (!(yield* memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const wrong = this.checkSizes(items);
    if (wrong !== 0) return wrong;
    const ranges: PinnedRange[] = [];
    for (const item of items) {
      const range = yield* this.pinItem(item);
      if (typeof range === 'number') {
        yield* this.unpin(ranges);
        return range;
      }
      ranges.push(range);
    }
    return yield* this.export(new this.stack.types.Udmabuf(this.stack, ranges), flags);
  }

  /** Of all entries, before any descriptor is looked at. @rule UDMABUF-003 @rule UDMABUF-004 */
  protected checkSizes(items: readonly UdmabufItem[]): number {
    let pages = 0;
    for (const { offset, size } of items) {
      if (offset % PAGE_SIZE !== 0 || size % PAGE_SIZE !== 0) return -EINVAL;
      pages += size / PAGE_SIZE;
      if (pages > UDMABUF_PAGES_MAX) return -EINVAL;
    }
    return pages === 0 ? -EINVAL : 0;
  }

  /** @rule UDMABUF-005 @rule UDMABUF-007 @rule UDMABUF-018 */
  protected *pinItem(item: UdmabufItem): KernelTask<PinnedRange | number> {
    const file = yield* FileTable.ofCurrent(this.stack.world).fget(item.memfd);
    if (file === null) return -EBADFD;
    let result: PinnedRange | number = -EBADFD;
    if (file.ops instanceof Memfd) {
      // The inode's lock is shared here; a mutex excludes more than it has to.
      yield* file.ops.lock.acquire();
      result = yield* this.pinRange(file.ops, item);
      file.ops.lock.release();
    }
    yield* file.put();
    return result;
  }

  /** @kernel check_memfd_seals @kernel udmabuf_pin_folios @rule UDMABUF-006 @rule UDMABUF-008 */
  protected *pinRange(
    memfd: Memfd,
    { offset, size }: UdmabufItem,
  ): KernelTask<PinnedRange | number> {
    const seals = memfd.seals.get();
    if ((seals & F_SEAL_SHRINK) === 0 || (seals & SEALS_DENIED) !== 0) return -EINVAL;
    const end = yield* memfd.bytes.read();
    if (size === 0 || offset + size > end) return -EINVAL;
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    yield* memfd.pages.pin();
    return { pages: memfd.pages, first: offset / PAGE_SIZE, count: size / PAGE_SIZE };
  }

  protected *unpin(ranges: readonly PinnedRange[]): KernelTask<void> {
    for (const { pages } of ranges) yield* pages.unpin();
  }

  /** @kernel export_udmabuf @rule UDMABUF-009 @rule UDMABUF-012 */
  protected *export(udmabuf: Udmabuf, flags: number): KernelTask<number> {
    const { buffers } = this.stack;
    const buffer = yield* buffers.export({
      exporterName: 'udmabuf',
      owner: null,
      ops: udmabuf,
      size: udmabuf.pageCount * PAGE_SIZE,
      flags: O_RDWR,
      resv: null,
      priv: udmabuf,
    });
    if (typeof buffer === 'number') {
      yield* udmabuf.release();
      return buffer;
    }
    const isCloseOnExec = (flags & UDMABUF_FLAGS_CLOEXEC) !== 0;
    const fd = yield* buffers.fd(buffer, isCloseOnExec ? O_CLOEXEC : 0);
    if (fd < 0) yield* buffers.put(buffer);
    return fd;
  }
}
