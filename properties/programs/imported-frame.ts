import type { DmaBufAttachment } from '../../impl/dma-buf/dma-buf-attachment.ts';
import { DMA_TO_DEVICE } from '../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import type { SgTable } from '../../impl/dma-buf/sg-table.ts';
import { iovaPageOf } from '../../impl/hw/iommu-domain.ts';
import { PAGE_BYTES } from '../../impl/hw/platform-options.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import type { GpuBench } from './gpu-bench.ts';
import { ProgramError } from './operation.ts';

/** Where contexts see the first page of others' buffers. */
const VA_BASE = 0x5000_0000;

/** The first page of somebody else's buffer, as a graphics engine reads it. */
export class ImportedFrame extends KernelObject {
  readonly bench: GpuBench;
  readonly attachment: DmaBufAttachment;
  private readonly table: SgTable;
  /** Where context 0 sees it. */
  readonly address: number;

  constructor(bench: GpuBench, attachment: DmaBufAttachment, table: SgTable) {
    super(bench.world, 'importedFrame');
    this.isStatic = true;
    this.bench = bench;
    this.attachment = attachment;
    this.table = table;
    const iova = iovaPageOf(table.segments[0]?.dmaAddress ?? 0);
    // Others' buffers have other addresses on the bus, and so here.
    this.address = VA_BASE + iova * PAGE_BYTES;
    bench.hardware.spaces.set(0, this.address, { kind: 'bus', iova, canWrite: false });
  }

  /** Attaches the engine to a buffer, on which the caller has a reference, and maps it. */
  static *import(bench: GpuBench, buffer: DmaBuf): KernelTask<ImportedFrame> {
    const { bufferAttachments } = bench.driver.stack;
    const attachment = yield* bufferAttachments.attach(buffer, bench.hardware.device);
    if (typeof attachment === 'number') throw new ProgramError('the buffer cannot be attached');
    const table = yield* bufferAttachments.mapUnlocked(attachment, DMA_TO_DEVICE);
    if (typeof table === 'number') throw new ProgramError('the buffer cannot be mapped');
    return new ImportedFrame(bench, attachment, table);
  }

  /** Jobs that read it are over; the reference goes with it. */
  *release(): KernelTask<void> {
    const { bufferAttachments, buffers } = this.bench.driver.stack;
    const { attachment, table } = this;
    const { buffer } = attachment;
    this.bench.hardware.spaces.clear(0, this.address);
    yield* bufferAttachments.unmapUnlocked(attachment, table, DMA_TO_DEVICE);
    yield* bufferAttachments.detach(buffer, attachment);
    yield* buffers.put(buffer);
  }

  visitState(): void {}
}
