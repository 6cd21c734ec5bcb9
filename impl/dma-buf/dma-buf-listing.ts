import type { KernelTask } from '../kernel/access.ts';
import { EBADF, EINVAL } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import { FileTable } from '../uapi/file-table.ts';
import { type File, O_NONBLOCK } from '../uapi/file.ts';
import { DmaBuf } from './dma-buf.ts';
import type { DmaFence } from './dma-fence.ts';
import type { DmaResv } from './dma-resv.ts';
import { DMA_RESV_USAGE_READ } from './resv-usage.ts';

/** Bits of an open file's mode: the last two for a file that can seek, and that is open. */
const FMODE_READ = 1;
const FMODE_WRITE = 2;
const FMODE_LSEEK = 4;
const FMODE_OPENED = 0x80000;

/** Under these names usages stand in the listing. */
const USAGES = ['kernel', 'write', 'read', 'bookkeep'] as const;

const HEAD =
  '\nDma-buf Objects:\nsize    \tflags   \tmode    \tcount   \texp_name\tino     \tname\n';

/** What the listing reads of a buffer while nobody can rename it. */
export interface NameAndCount {
  readonly name: string;
  readonly count: number;
}

/** Where people look at buffers: debugfs, and the names of descriptors. */
export class DmaBufListing {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /**
   * The text of `dma_buf/bufinfo`, or a negative error.
   *
   * @kernel dma_buf_debug_show
   * @rule BUF-024
   */
  *show(): KernelTask<string | number> {
    const { buffers } = this.stack;
    yield* buffers.listLock.acquire();
    const listed = buffers.list.copy();
    let text = HEAD;
    let bytes = 0;
    for (const buffer of listed) {
      const error = yield* buffer.resv.acquireInterruptible();
      if (error !== 0) {
        buffers.listLock.release();
        return error;
      }
      text += yield* this.describe(buffer);
      yield* buffer.resv.release();
      bytes += buffer.bytes;
    }
    buffers.listLock.release();
    return `${text}\nTotal ${listed.length} objects, ${bytes} bytes\n`;
  }

  /** What the listing says of one buffer, whose reservation is locked. */
  protected *describe(buffer: DmaBuf): KernelTask<string> {
    const { file, bytes, exporterName, inode } = buffer;
    const flags = file.accessMode | (file.isNonblocking ? O_NONBLOCK : 0);
    const { name, count } = yield* this.nameAndCount(buffer);
    const words = [digits(bytes), hex(flags), hex(modeOf(file)), digits(count)];
    const head = [...words, exporterName, digits(inode), name].join('\t');
    const fences = yield* this.describeFences(buffer.resv);
    const devices = buffer.attachments.copy().map(({ device }) => `\t${device.name}\n`);
    const total = `Total ${devices.length} devices attached\n\n`;
    return `${head}\n${fences}\tAttached Devices:\n${devices.join('')}${total}`;
  }

  /** A rename frees the old name, so it is read under the lock of names. */
  protected *nameAndCount({ file, nameLock, userName }: DmaBuf): KernelTask<NameAndCount> {
    const irqs = yield* nameLock.acquireIrqsave();
    const name = userName.get()?.read() ?? '<none>';
    const count = yield* file.references.read();
    nameLock.releaseIrqrestore(irqs);
    return { name, count };
  }

  /** @kernel dma_resv_describe @kernel dma_fence_describe */
  protected *describeFences(resv: DmaResv): KernelTask<string> {
    const { resvWalk } = this.stack;
    const cursor = resvWalk.begin(resv, DMA_RESV_USAGE_READ);
    let text = '';
    let fence: DmaFence | null = resvWalk.firstLocked(cursor);
    while (fence !== null) {
      const { ops, seqno } = fence;
      const names = `${ops.getDriverName(fence)} ${ops.getTimelineName(fence)}`;
      const state = (yield* fence.isSignaled()) ? '' : 'un';
      text += `\t${USAGES[cursor.fenceUsage]} fence:${names} seq ${seqno} ${state}signalled\n`;
      fence = resvWalk.nextLocked(cursor);
    }
    return text;
  }

  /**
   * What a descriptor's entry in `/proc/self/fd` points to, or a negative error.
   *
   * @kernel proc_pid_readlink
   * @kernel dma_buf_dname
   */
  *link(fd: number): KernelTask<string | number> {
    const file = yield* FileTable.ofCurrent(this.stack.world).fget(fd);
    if (file === null) return -EBADF;
    if (!(file.ops instanceof DmaBuf)) {
      yield* file.put();
      return -EINVAL;
    }
    // Only the name's entry is held from here on: the file may go.
    const buffer = file.ops;
    yield* buffer.dget();
    yield* file.put();
    const irqs = yield* buffer.nameLock.acquireIrqsave();
    const name = buffer.userName.get()?.read() ?? '';
    buffer.nameLock.releaseIrqrestore(irqs);
    yield* buffer.dput();
    return `/dmabuf:${name}`;
  }
}

/** @kernel file.f_mode */
function modeOf({ isReadable, isWritable }: File): number {
  const access = (isReadable ? FMODE_READ : 0) | (isWritable ? FMODE_WRITE : 0);
  return access | FMODE_LSEEK | FMODE_OPENED;
}

function digits(value: number): string {
  return String(value).padStart(8, '0');
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
