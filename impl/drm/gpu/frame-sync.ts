import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { DmaResv } from '../../dma-buf/dma-resv.ts';
import { DMA_RESV_USAGE_WRITE, type ResvUsage } from '../../dma-buf/resv-usage.ts';
import type { KernelTask } from '../../kernel/access.ts';
import type { Stack } from '../../stack.ts';

/** Frames that carry their fences with them, so that nobody has to hand fences over. */
export class FrameSync {
  private readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** Whoever draws. */
  protected get usage(): ResvUsage {
    return DMA_RESV_USAGE_WRITE;
  }

  /** A job draws a frame: 0 or -ENOMEM, and then nobody knows of the job. */
  *draws(resv: DmaResv, fence: DmaFence): KernelTask<number> {
    yield* resv.acquire();
    const error = yield* resv.reserveFences(1);
    if (error === 0) yield* resv.addFence(fence, this.usage);
    yield* resv.release();
    return error;
  }

  /** What has to be over before the frame is shown; the caller has a reference. */
  *drawnBy(resv: DmaResv): KernelTask<DmaFence | number | null> {
    yield* resv.acquire();
    const found = yield* this.stack.resvQueries.getSingleton(resv, DMA_RESV_USAGE_WRITE);
    yield* resv.release();
    return found;
  }
}
