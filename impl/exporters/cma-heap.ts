import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import type { SgSegment } from '../dma-buf/sg-table.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, ENOMEM } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import type { MapBacking, MapRequest } from '../uapi/mapping.ts';
import { dmaBase } from './dma-addresses.ts';
import type { HeapOps } from './dma-heaps.ts';
import { HeapBuffer } from './heap-buffer.ts';
import { PageMapping } from './page-mapping.ts';

/** Name of the area that is there without any configuration. */
export const CMA_DEFAULT_AREA = 'reserved';

/** One contiguous block. @kernel struct cma_heap_buffer */
export class CmaHeapBuffer extends HeapBuffer {
  constructor(stack: Stack, length: number) {
    super(stack, 'cmaHeapBuffer', length);
  }

  protected segments(): readonly SgSegment[] {
    return [{ dmaAddress: dmaBase(this), length: this.length, pages: this.pages }];
  }

  /** Whatever the reason was. @rule HEAP-015 */
  protected mapError(_error: number): number {
    return -ENOMEM;
  }

  /** Page by page, when they are touched. @kernel cma_heap_mmap @rule HEAP-018 */
  *mmap(_buffer: DmaBuf, request: MapRequest): KernelTask<MapBacking | number> {
    if (!request.isShared) return -EINVAL;
    return new PageMapping((number) => this.pageAt(number), [this.pages]);
  }
}

/** Contiguous memory. @kernel cma_heap */
export class CmaHeap implements HeapOps {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel cma_heap_allocate @rule HEAP-010 @rule HEAP-014 */
  *allocate(length: number): KernelTask<HeapBuffer | number> {
    const { memory } = this.stack.world;
    if (!(yield* memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    if (!(yield* memory.reserve('GFP_KERNEL'))) return -ENOMEM; // the block
    return new this.stack.types.CmaHeapBuffer(this.stack, length);
  }
}
