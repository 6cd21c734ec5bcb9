import type { DmaResv } from '../../impl/dma-buf/dma-resv.ts';
import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { DMA_RESV_USAGE_WRITE } from '../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { EINVAL, ENOMEM } from '../../impl/kernel/errno.ts';
import type { DeviceContext } from './device-context.ts';
import type { TestDevice } from './device.ts';

/**
 * What may be asked to stand behind a fence, though user space decides whether it ever happens:
 * something in the future, a point that nothing was submitted for, a word of memory that user space
 * writes, the end of work that may run for ever.
 */
export const ORIGINS = ['future', 'proxy', 'user', 'endOfBatch'] as const;
export type Origin = (typeof ORIGINS)[number];

/** Who asks for a fence, of what. */
export interface FenceRequest {
  readonly origin: Origin;
  /** It would end with an error some time, whatever user space does. */
  readonly hasTimeout: boolean;
}

/** Fences that are asked for without a job. A driver as it should be has none. */
export class FenceOrigins {
  protected readonly device: TestDevice;

  constructor(device: TestDevice) {
    this.device = device;
  }

  /** Whether there can be a fence: no time-out makes it one that the kernel controls. */
  protected accepts(_request: FenceRequest): boolean {
    return false;
  }

  *request(
    context: DeviceContext,
    request: FenceRequest,
    resv: DmaResv,
  ): KernelTask<DmaFence | number> {
    if (!this.accepts(request)) return -EINVAL;
    const { device } = this;
    const { fence } = device.newJob(context, 'endless');
    if (fence === null) return -ENOMEM;
    yield* resv.acquire();
    if ((yield* resv.reserveFences(1)) !== 0) return -ENOMEM;
    device.orphans.push({ fence, origin: request.origin });
    yield* resv.addFence(fence, DMA_RESV_USAGE_WRITE);
    yield* resv.release();
    return fence;
  }
}
