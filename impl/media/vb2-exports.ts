import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EBUSY, EINVAL } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import { O_CLOEXEC } from '../uapi/file.ts';
import type { Vb2Buffer } from './vb2-buffer.ts';
import type { Vb2Memory } from './vb2-memory.ts';
import { VB2_MEMORY_MMAP } from './video-uapi.ts';

/** @kernel O_ACCMODE */
const ACCESS_MODE = 3;

/** Sharing the memory of a queue. */
export class Vb2Exports {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** A descriptor for the memory of a plane, or a negative error. @kernel vb2_core_expbuf @rule VB2-013 */
  *exportBuf(buffer: Vb2Buffer, type: number, plane: number, flags: number): KernelTask<number> {
    const { queue } = buffer;
    if (queue.memory.ask((memory) => memory !== VB2_MEMORY_MMAP)) return -EINVAL;
    if ((flags & ~(O_CLOEXEC | ACCESS_MODE)) !== 0 || type !== queue.type) return -EINVAL;
    const memory = buffer.planes[plane]?.own ?? null;
    if (memory === null) return -EINVAL;
    if (!queue.fileIo.isNull()) return -EBUSY;
    const dmabuf = yield* this.getDmabuf(memory, flags & ACCESS_MODE);
    if (typeof dmabuf === 'number') return dmabuf;
    const fd = yield* this.stack.buffers.fd(dmabuf, flags);
    if (fd < 0) yield* dmabuf.file.putAtReturn();
    return fd;
  }

  /** A new one each time, with a reservation of its own. @kernel vb2_dc_get_dmabuf @rule VB2-013 */
  protected *getDmabuf(memory: Vb2Memory, flags: number): KernelTask<DmaBuf | number> {
    const dmabuf = yield* this.stack.buffers.export({
      exporterName: 'videobuf2',
      owner: null,
      ops: memory,
      size: memory.length,
      flags,
      resv: null,
      priv: memory,
    });
    if (typeof dmabuf === 'number') return -EINVAL; // whatever it was
    yield* memory.references.inc();
    return dmabuf;
  }
}
