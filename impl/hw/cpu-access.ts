import type { DmaResv } from '../dma-buf/dma-resv.ts';
import { DMA_RESV_USAGE_READ, DMA_RESV_USAGE_WRITE } from '../dma-buf/resv-usage.ts';
import type { KernelTask } from '../kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../kernel/clock.ts';
import type { DmaMapping } from './dma-mapping.ts';
import type { Platform } from './platform.ts';

/**
 * What exporters do when the processors want to read or write a buffer that devices have mapped:
 * they wait for the devices, and bring caches and memory in step, for all pages of every mapping.
 *
 * @kernel dma_buf_ops.begin_cpu_access, dma_buf_ops.end_cpu_access
 * @rule HW-CACHE-006
 */
export class CpuAccess {
  private readonly platform: Platform;

  constructor(platform: Platform) {
    this.platform = platform;
  }

  /** 0, or -ERESTARTSYS when the wait was interrupted. */
  *begin(resv: DmaResv, mappings: readonly DmaMapping[], isWrite: boolean): KernelTask<number> {
    const left = yield* this.waitForOthers(resv, isWrite);
    if (left < 0) return left;
    yield* this.toCpu(mappings);
    this.tell(mappings, true);
    return 0;
  }

  *end(mappings: readonly DmaMapping[]): KernelTask<void> {
    yield* this.toDevice(mappings);
    this.tell(mappings, false);
  }

  protected *toCpu(mappings: readonly DmaMapping[]): KernelTask<void> {
    for (const mapping of mappings) yield* this.platform.mapper.syncForCpu(mapping);
  }

  protected *toDevice(mappings: readonly DmaMapping[]): KernelTask<void> {
    for (const mapping of mappings) yield* this.platform.mapper.syncForDevice(mapping);
  }

  private tell(mappings: readonly DmaMapping[], isBegin: boolean): void {
    const pages = mappings.flatMap((mapping) => mapping.pages);
    this.platform.ledger?.bracket([...new Set(pages)], isBegin);
  }

  protected *waitForOthers(resv: DmaResv, isWrite: boolean): KernelTask<number> {
    // Who writes waits for readers, too.
    const usage = isWrite ? DMA_RESV_USAGE_READ : DMA_RESV_USAGE_WRITE;
    return yield* resv.waitTimeout(usage, true, MAX_SCHEDULE_TIMEOUT);
  }
}
