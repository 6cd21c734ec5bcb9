import type { KernelTask } from '../kernel/access.ts';
import { EFAULT, EINVAL, ENOMEM, ENOTTY } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import { numberField, type UserPointer, wideField } from '../uapi/user-memory.ts';
import {
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
  type DmaDirection,
} from './dma-buf-ops.ts';
import type { DmaBuf } from './dma-buf.ts';
import type { DmaFence } from './dma-fence.ts';
import { DMA_RESV_USAGE_READ, DMA_RESV_USAGE_WRITE, type ResvUsage } from './resv-usage.ts';

/** Request numbers of the magic `b`; they hold direction and size of the argument. */
export const DMA_BUF_IOCTL_SYNC = 0x40086200;
export const DMA_BUF_SET_NAME_A = 0x40046201;
export const DMA_BUF_SET_NAME_B = 0x40086201;
export const DMA_BUF_IOCTL_EXPORT_SYNC_FILE = 0xc0086202;
export const DMA_BUF_IOCTL_IMPORT_SYNC_FILE = 0x40086203;

export const DMA_BUF_SYNC_READ = 1;
export const DMA_BUF_SYNC_WRITE = 2;
export const DMA_BUF_SYNC_RW = 3;
export const DMA_BUF_SYNC_END = 4;
const SYNC_FLAGS = 7n;

/** Longest name, the final 0 included. Unit: bytes. */
export const DMA_BUF_NAME_LEN = 32;

/** The requests of a buffer's file. */
export class DmaBufIoctls {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel dma_buf_ioctl @rule IOCTL-001 */
  *dispatch(buffer: DmaBuf, command: number, argument: UserPointer): KernelTask<number> {
    switch (command) {
      case DMA_BUF_IOCTL_SYNC:
        return yield* this.sync(buffer, argument);
      case DMA_BUF_SET_NAME_A:
      case DMA_BUF_SET_NAME_B:
        return yield* this.setName(buffer, argument);
      case DMA_BUF_IOCTL_EXPORT_SYNC_FILE:
        return yield* this.exportSyncFile(buffer, argument);
      case DMA_BUF_IOCTL_IMPORT_SYNC_FILE:
        return yield* this.importSyncFile(buffer, argument);
      default:
        return -ENOTTY;
    }
  }

  /**
   * @kernel dma_buf_ioctl
   * @rule CPU-010
   * @rule CPU-011
   */
  *sync(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
    if (!argument.isReadable) return -EFAULT;
    const flags = wideField(argument, 'flags');
    if ((flags & ~SYNC_FLAGS) !== 0n) return -EINVAL;
    const direction = directionOf(Number(flags) & DMA_BUF_SYNC_RW);
    if (direction === null) return -EINVAL;
    const { bufferAccess } = this.stack;
    const isEnd = (Number(flags) & DMA_BUF_SYNC_END) !== 0;
    return isEnd
      ? yield* bufferAccess.end(buffer, direction)
      : yield* bufferAccess.begin(buffer, direction);
  }

  /**
   * @kernel dma_buf_set_name
   * @rule BUF-020
   * @rule BUF-021
   * @rule BUF-022
   */
  *setName(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
    const name = argument.fields['name'];
    if (!argument.isReadable || typeof name !== 'string') return -EFAULT;
    if (name.length >= DMA_BUF_NAME_LEN) return -EINVAL;
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    yield* buffer.rename(name);
    return 0;
  }

  /** Both requests take READ, WRITE or both. @rule IOCTL-002 @rule IOCTL-008 */
  protected areFlagsRight(argument: UserPointer): boolean {
    const flags = numberField(argument, 'flags');
    return (flags & ~DMA_BUF_SYNC_RW) === 0 && (flags & DMA_BUF_SYNC_RW) !== 0;
  }

  /**
   * A sync_file of what an access of this kind has to wait for.
   *
   * @kernel dma_buf_export_sync_file
   * @rule IOCTL-002
   * @rule IOCTL-006
   */
  *exportSyncFile(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
    if (!argument.isReadable) return -EFAULT;
    if (!this.areFlagsRight(argument)) return -EINVAL;
    const { files } = this.stack.syncFiles;
    const fd = yield* files.getUnused(true);
    if (fd < 0) return fd;
    const result = yield* this.exportInto(fd, buffer, argument);
    if (result < 0) yield* files.putUnused(fd);
    return result;
  }

  /** @rule IOCTL-003 @rule IOCTL-004 @rule IOCTL-005 @rule IOCTL-007 */
  protected *exportInto(fd: number, buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
    const { resvQueries, stubs, syncFiles } = this.stack;
    const isWrite = (numberField(argument, 'flags') & DMA_BUF_SYNC_WRITE) !== 0;
    const usage = buffer.resv.usageRw(isWrite);
    const found = yield* resvQueries.getSingleton(buffer.resv, usage);
    if (typeof found === 'number') return found;
    const fence = found ?? (yield* stubs.getStub());
    const syncFile = yield* syncFiles.create(fence);
    yield* fence.put();
    if (syncFile === null) return -ENOMEM;
    argument.fields['fd'] = fd;
    if (!argument.isWritable) {
      yield* syncFile.file.put();
      return -EFAULT;
    }
    yield* syncFiles.files.install(fd, syncFile.file);
    return 0;
  }

  /**
   * Adds the fences of a sync_file, as those of an access of this kind.
   *
   * @kernel dma_buf_import_sync_file
   * @rule IOCTL-008
   * @rule IOCTL-009
   */
  *importSyncFile(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
    if (!argument.isReadable) return -EFAULT;
    if (!this.areFlagsRight(argument)) return -EINVAL;
    const fence = yield* this.stack.syncFiles.getFence(numberField(argument, 'fd'));
    if (fence === null) return -EINVAL;
    const isWrite = (numberField(argument, 'flags') & DMA_BUF_SYNC_WRITE) !== 0;
    const usage = isWrite ? DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_READ;
    const result = yield* this.addLeaves(buffer, fence, usage);
    yield* fence.put();
    return result;
  }

  /** @rule IOCTL-010 @rule IOCTL-011 @rule IOCTL-016 */
  protected *addLeaves(buffer: DmaBuf, fence: DmaFence, usage: ResvUsage): KernelTask<number> {
    const { unwrap } = this.stack;
    const count = yield* unwrap.count(fence);
    if (count === 0) return 0;
    const { resv } = buffer;
    yield* resv.acquire();
    const error = yield* resv.reserveFences(count);
    if (error === 0) {
      const cursor = unwrap.cursor();
      let leaf = yield* cursor.first(fence);
      while (leaf !== null) {
        yield* resv.addFence(leaf, usage);
        leaf = yield* cursor.next();
      }
    }
    yield* resv.release();
    return error;
  }
}

/** What the CPU does decides whom the device may be: null for nothing at all. */
function directionOf(flags: number): DmaDirection | null {
  switch (flags) {
    case DMA_BUF_SYNC_READ:
      return DMA_FROM_DEVICE;
    case DMA_BUF_SYNC_WRITE:
      return DMA_TO_DEVICE;
    case DMA_BUF_SYNC_RW:
      return DMA_BIDIRECTIONAL;
    default:
      return null;
  }
}
