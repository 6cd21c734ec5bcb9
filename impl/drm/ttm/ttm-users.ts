import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import {
  DMA_RESV_USAGE_BOOKKEEP,
  DMA_RESV_USAGE_KERNEL,
  DMA_RESV_USAGE_READ,
  DMA_RESV_USAGE_WRITE,
  type ResvUsage,
} from '../../dma-buf/resv-usage.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../kernel/clock.ts';
import { EINVAL } from '../../kernel/errno.ts';
import type { TtmDevice } from './ttm-device.ts';
import type { TtmObject } from './ttm-object.ts';
import { anywhereIn, TTM_PL_SYSTEM } from './ttm-place.ts';

/** How a job or a display uses an object. Who synchronises explicitly says himself after whom. */
export type TtmUse = 'read' | 'write' | 'explicit';

/** What users of objects owe the moves of their storage. */
export class TtmUsers {
  protected readonly device: TtmDevice;

  constructor(device: TtmDevice) {
    this.device = device;
  }

  /**
   * What a use must come after, each with a reference; -ENOMEM. The caller holds the reservation.
   *
   * @rule EVICT-004
   */
  *dependencies(object: TtmObject, use: TtmUse): KernelTask<readonly DmaFence[] | number> {
    object.resv.assertHeld('a submission');
    return yield* this.device.stack.resvQueries.getFences(object.resv, this.waitsFor(use, object));
  }

  /** Moves count for everybody. */
  protected waitsFor(use: TtmUse, { resv }: TtmObject): ResvUsage {
    return use === 'explicit' ? DMA_RESV_USAGE_KERNEL : resv.usageRw(use === 'write');
  }

  /** A use was submitted. The caller holds the reservation, with a slot in it. */
  *publish(object: TtmObject, fence: DmaFence, use: TtmUse): KernelTask<void> {
    const usages = {
      read: DMA_RESV_USAGE_READ,
      write: DMA_RESV_USAGE_WRITE,
      explicit: DMA_RESV_USAGE_BOOKKEEP,
    } as const;
    yield* object.resv.addFence(fence, usages[use]);
  }

  /**
   * A process has touched what it has mapped, and found nothing. It sees storage when the content
   * is there.
   *
   * @kernel ttm_bo_vm_fault
   * @rule EVICT-004
   * @returns 0, or a negative error
   */
  *fault(object: TtmObject): KernelTask<number> {
    const error = yield* object.resv.acquireInterruptible();
    if (error !== 0) return error;
    const result = yield* this.faultReserved(object);
    yield* object.resv.release();
    return result;
  }

  /** @kernel ttm_bo_vm_fault_reserved */
  protected *faultReserved(object: TtmObject): KernelTask<number> {
    const { placing } = this.device;
    if (object.resource.isNull()) {
      const context = { isInterruptible: true, isImpatient: false, resv: null };
      const error = yield* placing.validate(object, [anywhereIn(TTM_PL_SYSTEM)], context);
      if (error !== 0) return error;
    }
    const left = yield* this.waitForMoves(object);
    if (left < 0) return left;
    const tt = object.tt.get();
    if (tt !== null && object.resource.get()?.manager.usesPages === true) {
      const error = yield* tt.populate();
      if (error !== 0) return error;
    }
    const location = object.locate(object.resource.get());
    if (location === null) return -EINVAL;
    object.viewStart.set(location.first);
    object.view.set(location.memory);
    return 0;
  }

  /** @kernel ttm_bo_vm_fault_idle */
  protected *waitForMoves(object: TtmObject): KernelTask<number> {
    return yield* object.resv.waitTimeout(DMA_RESV_USAGE_KERNEL, true, MAX_SCHEDULE_TIMEOUT);
  }

  /** A process reads a page, or writes to it; what it reads, or a negative error. */
  *touch(object: TtmObject, page: number, stamp: number | null): KernelTask<number> {
    for (;;) {
      yield object.viewAccess;
      const memory = object.view.get();
      if (memory === null) {
        const error = yield* this.fault(object);
        if (error !== 0) return error;
        continue;
      }
      const at = object.viewStart.get() + page;
      if (stamp === null) return memory.read(at);
      memory.write(at, stamp);
      return 0;
    }
  }
}
