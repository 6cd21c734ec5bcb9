import type { DmaBufAttachment } from '../../impl/dma-buf/dma-buf-attachment.ts';
import { DMA_TO_DEVICE } from '../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import type { SgTable } from '../../impl/dma-buf/sg-table.ts';
import type { Device } from '../../impl/hw/device.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import type { Stack } from '../../impl/stack.ts';
import { ProgramError } from './operation.ts';

/** The first page of somebody else's buffer, as a device reads it. */
export class ImportedFrame extends KernelObject {
  readonly attachment: DmaBufAttachment;
  private readonly stack: Stack;
  private readonly table: SgTable;
  /** Where the device finds it. Unit: bytes. */
  readonly busAddress: number;

  constructor(stack: Stack, attachment: DmaBufAttachment, table: SgTable) {
    super(stack.world, 'importedFrame');
    this.isStatic = true;
    this.stack = stack;
    this.attachment = attachment;
    this.table = table;
    this.busAddress = table.segments[0]?.dmaAddress ?? 0;
  }

  /** Attaches a device to a buffer, on which the caller has a reference, and maps it. */
  static *import(stack: Stack, device: Device, buffer: DmaBuf): KernelTask<ImportedFrame> {
    const { bufferAttachments } = stack;
    const attachment = yield* bufferAttachments.attach(buffer, device);
    if (typeof attachment === 'number') throw new ProgramError('the buffer cannot be attached');
    const table = yield* bufferAttachments.mapUnlocked(attachment, DMA_TO_DEVICE);
    if (typeof table === 'number') throw new ProgramError('the buffer cannot be mapped');
    return new ImportedFrame(stack, attachment, table);
  }

  /** Nobody reads it any more; the reference goes with it. */
  *release(): KernelTask<void> {
    const { bufferAttachments, buffers } = this.stack;
    const { attachment, table } = this;
    const { buffer } = attachment;
    yield* bufferAttachments.unmapUnlocked(attachment, table, DMA_TO_DEVICE);
    yield* bufferAttachments.detach(buffer, attachment);
    yield* buffers.put(buffer);
  }

  visitState(): void {}
}
