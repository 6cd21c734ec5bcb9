import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, ENOMEM } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList } from '../kernel/plain.ts';
import type { Stack } from '../stack.ts';
import type { DmaBuf } from './dma-buf.ts';

/** The files of one buffer under `/sys/kernel/dmabuf/buffers`. */
export interface BufferStatistics {
  readonly inode: number;
  readonly exporterName: string;
  /** Unit: bytes. */
  readonly size: number;
}

/** One directory per buffer, named by its inode number. @kernel CONFIG_DMABUF_SYSFS_STATS */
export class DmaBufStatistics extends KernelObject {
  /** Sysfs has locks of its own. */
  readonly entries: PlainList<DmaBuf>;

  constructor(stack: Stack) {
    super(stack.world, 'bufferStatistics');
    this.entries = new PlainList<DmaBuf>(this, 'entries', 'full');
  }

  /** @kernel dma_buf_stats_setup @rule BUF-005 @rule BUF-025 */
  *add(buffer: DmaBuf, exporterName: string | null): KernelTask<number> {
    if (exporterName === null) return -EINVAL;
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    this.entries.push(buffer);
    return 0;
  }

  /** @kernel dma_buf_stats_teardown */
  *remove(buffer: DmaBuf): KernelTask<void> {
    this.entries.remove(buffer);
  }

  /** What a program reads there, in the order of export. */
  list(): readonly BufferStatistics[] {
    return this.entries.copy().map(({ inode, exporterName, bytes }) => {
      return { inode, exporterName, size: bytes };
    });
  }

  visitState(visit: StateVisitor): void {
    visit('entries', this.entries.value);
  }
}
