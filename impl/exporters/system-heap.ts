import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import type { SgSegment } from '../dma-buf/sg-table.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EINTR, EINVAL, ENOMEM } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import type { MapBacking, MapRequest } from '../uapi/mapping.ts';
import { PAGE_SIZE } from '../uapi/pages.ts';
import { dmaBase } from './dma-addresses.ts';
import type { HeapOps } from './dma-heaps.ts';
import { HeapBuffer } from './heap-buffer.ts';
import { PageMapping } from './page-mapping.ts';

/** Sizes of chunks, largest first, as powers of two of pages: 1 MiB, 64 KiB, 4 KiB. */
const ORDERS: readonly number[] = [8, 4, 0];

/** A buffer of single pages and runs of them. @kernel struct system_heap_buffer */
export class SystemHeapBuffer extends HeapBuffer {
  /** The orders of its chunks, never rising. */
  readonly chunks: readonly number[];

  constructor(stack: Stack, length: number, chunks: readonly number[]) {
    super(stack, 'systemHeapBuffer', length);
    this.chunks = chunks;
  }

  protected segments(): readonly SgSegment[] {
    let dmaAddress = dmaBase(this);
    return this.chunks.map((order) => {
      const segment = { dmaAddress, length: PAGE_SIZE << order, pages: this.pages };
      // Chunks are not neighbours.
      dmaAddress += segment.length + PAGE_SIZE;
      return segment;
    });
  }

  protected mapError(error: number): number {
    return error;
  }

  /** All pages at once. @kernel system_heap_mmap @rule HEAP-018 */
  *mmap(_buffer: DmaBuf, request: MapRequest): KernelTask<MapBacking | number> {
    // The pages of a private mapping have to be inserted in one go.
    if (!request.isShared && request.length > PAGE_SIZE) return -EINVAL;
    return new PageMapping((number) => this.pageAt(number), [this.pages]);
  }
}

/** Memory from the page allocator. @kernel system_heap */
export class SystemHeap implements HeapOps {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /**
   * @kernel system_heap_allocate
   * @rule HEAP-010
   * @rule HEAP-011
   * @rule HEAP-012
   * @rule HEAP-013
   */
  *allocate(length: number): KernelTask<HeapBuffer | number> {
    const { world } = this.stack;
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const chunks: number[] = [];
    let left = length;
    let orderMax = ORDERS[0] ?? 0;
    while (left > 0) {
      if (yield* world.current.sleeper.isFatalSignalPending()) return -EINTR;
      const order = yield* this.largestAvailable(left, orderMax);
      if (order === null) return -ENOMEM;
      chunks.push(order);
      left -= PAGE_SIZE << order;
      orderMax = order;
    }
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    return new this.stack.types.SystemHeapBuffer(this.stack, length, chunks);
  }

  /** @kernel alloc_largest_available */
  protected *largestAvailable(left: number, orderMax: number): KernelTask<number | null> {
    for (const order of ORDERS) {
      if (left < PAGE_SIZE << order || orderMax < order) continue;
      if (yield* this.stack.world.memory.reserve('GFP_KERNEL')) return order;
    }
    return null;
  }
}
