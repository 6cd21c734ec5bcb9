import type { Device as AnyDevice } from '../dma-buf/dma-buf-attachment.ts';
import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import { Device } from '../hw/device.ts';
import { PAGE_BYTES } from '../hw/platform-options.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EINVAL } from '../kernel/errno.ts';
import { directionFor, PlatformMemory } from './platform-memory.ts';
import { Vb2DmaContig } from './vb2-allocators.ts';
import { Vb2Memory } from './vb2-memory.ts';
import type { Vb2Plane } from './vb2-plane.ts';
import type { Vb2Queue } from './vb2-queue.ts';

/** Whose pages the buffers of a queue are. */
const CLIENT = 2;

/** Memory for devices of simulated hardware, in one run as they see it. */
export class PlatformAllocator extends Vb2DmaContig {
  override *alloc(
    queue: Vb2Queue,
    device: AnyDevice,
    size: number,
  ): KernelTask<Vb2Memory | number> {
    if (!(device instanceof Device)) return -EINVAL;
    const { pages, mapper } = device.platform;
    const count = Math.ceil(size / PAGE_BYTES);
    const got = yield* pages.allocate({ zone: 'system', count, owner: CLIENT });
    if (typeof got === 'number') return got;
    const mapping = yield* mapper.map(device, got, directionFor(queue.direction));
    if (typeof mapping !== 'number') return new PlatformMemory(this.stack, mapping);
    yield* pages.release(got);
    return mapping;
  }
}

/** Where the device of a plane finds it. */
export function addressOf(plane: Vb2Plane): number {
  const table = plane.own?.table ?? plane.imported?.table.get() ?? null;
  return table?.segments[0]?.dmaAddress ?? 0;
}

/** The memory of a plane: what two planes have in common that are the same lines. */
export function storageOf(plane: Vb2Plane): Vb2Memory | DmaBuf | null {
  const { own, imported } = plane;
  if (own !== null || imported === null) return own;
  const { dmabuf } = imported;
  return dmabuf.priv instanceof Vb2Memory ? dmabuf.priv : dmabuf;
}
