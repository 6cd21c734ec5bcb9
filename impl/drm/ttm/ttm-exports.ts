import type { DmaBufAttachment } from '../../dma-buf/dma-buf-attachment.ts';
import type { DmaBufOps } from '../../dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../dma-buf/dma-buf.ts';
import { SgTable } from '../../dma-buf/sg-table.ts';
import { dmaBase } from '../../exporters/dma-addresses.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { PAGE_SIZE } from '../../uapi/pages.ts';
import type { TtmObject } from './ttm-object.ts';
import { anywhereIn, PATIENT, TTM_PL_TT } from './ttm-place.ts';

/** An object as the exporter of a buffer. Its storage moves, unless somebody pins it. */
export class TtmExport implements DmaBufOps {
  protected readonly object: TtmObject;

  constructor(object: TtmObject) {
    this.object = object;
  }

  /** The buffer, with a reference on the object; or a negative error. @kernel drm_gem_prime_export */
  *export(flags: number): KernelTask<DmaBuf | number> {
    const { object } = this;
    yield* object.get();
    const buffer = yield* object.device.stack.buffers.export({
      ...{ exporterName: 'ttm', owner: null, ops: this, size: object.pages * PAGE_SIZE },
      ...{ flags, resv: object.resv, priv: object },
    });
    if (typeof buffer === 'number') {
      yield* object.put();
      return buffer;
    }
    yield* object.resv.acquire();
    object.exported.set(buffer);
    yield* object.resv.release();
    return buffer;
  }

  /** Where all devices reach it. @kernel amdgpu_dma_buf_pin @rule EVICT-007 */
  *pin(): KernelTask<number> {
    const { object } = this;
    const places = [anywhereIn(TTM_PL_TT)];
    const error = yield* object.device.placing.validate(object, places, PATIENT);
    if (error === 0) yield* object.pin();
    return error;
  }

  *unpin(): KernelTask<void> {
    yield* this.object.unpin();
  }

  /** @kernel amdgpu_dma_buf_map */
  *map(_attachment: DmaBufAttachment): KernelTask<SgTable | number | null> {
    const { object } = this;
    if (!(yield* object.world.memory.reserve('GFP_KERNEL'))) return null;
    const dmaAddress = dmaBase(object.resource.get() ?? object);
    return new SgTable(object.world, [{ dmaAddress, length: object.pages * PAGE_SIZE }]);
  }

  *unmap(_attachment: DmaBufAttachment, table: SgTable): KernelTask<void> {
    this.object.world.memory.free(table);
  }

  /** @kernel drm_gem_dmabuf_release */
  *release(): KernelTask<void> {
    const { object } = this;
    yield* object.resv.acquire();
    object.exported.set(null);
    yield* object.resv.release();
    yield* object.put();
  }
}
