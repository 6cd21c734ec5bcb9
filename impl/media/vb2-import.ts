import type { DmaBufAttachment } from '../dma-buf/dma-buf-attachment.ts';
import type { DmaDirection, KernelMapping } from '../dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import type { SgTable } from '../dma-buf/sg-table.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';

/** Memory of somebody else, as one plane of a buffer uses it. @kernel struct vb2_dc_buf */
export class Vb2Import extends KernelObject {
  readonly dmabuf: DmaBuf;
  /** Null: only the CPU accesses it. */
  readonly attachment: DmaBufAttachment | null;
  readonly direction: DmaDirection;
  /** What the plane needs of it. Unit: bytes. */
  readonly size: number;
  /** While it is mapped for a device. Under the lock of the queue. */
  readonly table: PlainWord<SgTable | null>;
  /** While it is mapped for the CPU. Under the lock of the queue. */
  readonly mapping: PlainWord<KernelMapping | null>;

  constructor(
    dmabuf: DmaBuf,
    attachment: DmaBufAttachment | null,
    direction: DmaDirection,
    size: number,
  ) {
    super(dmabuf.world, 'vb2Import');
    this.dmabuf = dmabuf;
    this.attachment = attachment;
    this.direction = direction;
    this.size = size;
    this.table = new PlainWord<SgTable | null>(this, 'table', null);
    this.mapping = new PlainWord<KernelMapping | null>(this, 'mapping', null);
  }

  visitState(visit: StateVisitor): void {
    visit('dmabuf', this.dmabuf);
    visit('attachment', this.attachment);
    visit('table', this.table.value);
    visit('mapping', this.mapping.value);
  }
}
