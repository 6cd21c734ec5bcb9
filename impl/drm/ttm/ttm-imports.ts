import type { Device, DmaBufAttachment } from '../../dma-buf/dma-buf-attachment.ts';
import { DMA_BIDIRECTIONAL } from '../../dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../dma-buf/dma-buf.ts';
import type { SgTable } from '../../dma-buf/sg-table.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { ENOMEM } from '../../kernel/errno.ts';
import { PAGE_SIZE } from '../../uapi/pages.ts';
import type { TtmDevice } from './ttm-device.ts';
import type { TtmObject } from './ttm-object.ts';
import { anywhereIn, PATIENT, TTM_PL_TT } from './ttm-place.ts';

/** What an importing object has of its exporter, from its first moment to its last. */
export interface TtmImport {
  readonly attachment: DmaBufAttachment;
  readonly table: SgTable;
}

/** Buffers of others as objects of the device: the exporter's pages, under the exporter's reservation. */
export class TtmImports {
  protected readonly device: TtmDevice;
  protected readonly importer: Device = { name: 'ttm' };

  constructor(device: TtmDevice) {
    this.device = device;
  }

  /** An object with one reference, or a negative error. @kernel drm_gem_prime_import_dev */
  *import(buffer: DmaBuf): KernelTask<TtmObject | number> {
    const { bufferAttachments } = this.device.stack;
    const attachment = yield* bufferAttachments.attach(buffer, this.importer);
    if (typeof attachment === 'number') return attachment;
    yield* buffer.file.get();
    const table = yield* bufferAttachments.mapUnlocked(attachment, DMA_BIDIRECTIONAL);
    if (typeof table === 'number') {
      yield* bufferAttachments.detach(buffer, attachment);
      yield* this.release(buffer);
      return table;
    }
    return yield* this.make({ attachment, table });
  }

  protected *make(imported: TtmImport): KernelTask<TtmObject | number> {
    const { device } = this;
    const { buffer } = imported.attachment;
    if (!(yield* device.world.memory.reserve('GFP_KERNEL'))) {
      yield* this.destroy(imported);
      return -ENOMEM;
    }
    const object = new device.stack.types.TtmObject(device, {
      ...{ pages: buffer.bytes / PAGE_SIZE, resv: buffer.resv, imported, origin: null },
    });
    yield* object.resv.acquire();
    const error = yield* device.placing.validate(object, [anywhereIn(TTM_PL_TT)], PATIENT);
    yield* object.resv.release();
    if (error === 0) return object;
    yield* object.put();
    return error;
  }

  /** The object is no more: nobody uses the exporter's reservation any more. */
  *destroy({ attachment, table }: TtmImport): KernelTask<void> {
    const { bufferAttachments } = this.device.stack;
    const { buffer } = attachment;
    yield* bufferAttachments.unmapUnlocked(attachment, table, DMA_BIDIRECTIONAL);
    yield* bufferAttachments.detach(buffer, attachment);
    yield* this.release(buffer);
  }

  protected *release(buffer: DmaBuf): KernelTask<void> {
    yield* this.device.stack.buffers.put(buffer);
  }
}
