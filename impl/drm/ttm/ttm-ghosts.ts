import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import { DMA_RESV_USAGE_BOOKKEEP, DMA_RESV_USAGE_KERNEL } from '../../dma-buf/resv-usage.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../kernel/clock.ts';
import { ENOMEM } from '../../kernel/errno.ts';
import type { TtmDevice } from './ttm-device.ts';
import type { TtmObject } from './ttm-object.ts';
import type { TtmTt } from './ttm-tt.ts';

/** Old storage that somebody still uses, on objects that nobody else has. */
export class TtmGhosts {
  protected readonly device: TtmDevice;

  constructor(device: TtmDevice) {
    this.device = device;
  }

  /**
   * The old storage stays until the copy is done. Pages stay with the object where it still
   * needs them.
   *
   * @kernel ttm_bo_move_to_ghost
   * @rule EVICT-006
   */
  *moveToGhost(object: TtmObject, fence: DmaFence, keepsPages: boolean): KernelTask<number> {
    const ghost = yield* this.transfer(object);
    if (typeof ghost === 'number') return ghost;
    yield* this.tie(ghost, fence);
    if (!keepsPages) this.passPages(object, ghost, null);
    yield* this.letGo(ghost);
    return 0;
  }

  protected *tie(ghost: TtmObject, fence: DmaFence): KernelTask<void> {
    yield* ghost.ownResv.addFence(fence, DMA_RESV_USAGE_KERNEL);
  }

  protected passPages(object: TtmObject, ghost: TtmObject, instead: TtmTt | null): void {
    ghost.tt.set(object.tt.get());
    object.tt.set(instead);
  }

  protected *letGo(ghost: TtmObject): KernelTask<void> {
    yield* ghost.ownResv.release();
    yield* ghost.put();
  }

  /**
   * A ghost with the storage of the object, its reservation locked and with room for one fence; or
   * -ENOMEM, and the object has everything that it had.
   *
   * @kernel ttm_buffer_object_transfer
   */
  protected *transfer(object: TtmObject): KernelTask<TtmObject | number> {
    const { world, stack } = this.device;
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const ghost = new stack.types.TtmObject(this.device, {
      ...{ pages: object.pages, resv: null, imported: null, origin: object },
    });
    world.warnOn(!(yield* ghost.ownResv.tryAcquire()), 'somebody has locked a new ghost', ghost);
    const error = yield* ghost.ownResv.reserveFences(1);
    if (error !== 0) {
      yield* this.discard(ghost);
      return error;
    }
    yield* object.get();
    yield* this.hand(object, ghost);
    return ghost;
  }

  /** Nobody has seen it. */
  protected *discard(ghost: TtmObject): KernelTask<void> {
    yield* ghost.ownResv.release();
    yield* ghost.ownResv.fini();
    ghost.tell('discard');
    this.device.world.memory.free(ghost);
  }

  /** The range is the ghost's now, and alone in the order of use. */
  protected *hand(object: TtmObject, ghost: TtmObject): KernelTask<void> {
    const { lruLock, lru } = this.device;
    const resource = object.resource.get();
    if (resource === null) return;
    yield* lruLock.acquire();
    lru.removeFromBulk(resource);
    resource.object.set(ghost);
    object.leave();
    ghost.resource.set(resource);
    ghost.tell('inherit');
    lru.moveToTail(resource);
    lruLock.release();
  }

  /**
   * Drops the storage of an object that has nowhere to go. Whoever uses it keeps it until then; what
   * the object gets when it comes back is cleared.
   *
   * @kernel ttm_bo_pipeline_gutting
   * @rule EVICT-011
   */
  *gut(object: TtmObject): KernelTask<number> {
    const isIdle = yield* object.resv.testSignaled(DMA_RESV_USAGE_BOOKKEEP);
    this.device.moves.unmapViews(object);
    if (isIdle) return yield* this.dropAtOnce(object);
    const tt = yield* this.nextTt(object);
    if (typeof tt === 'number') return tt;
    const ghost = yield* this.transfer(object);
    if (typeof ghost === 'number') {
      tt?.destroy();
      return ghost;
    }
    const error = yield* this.device.stack.resvQueries.copyFences(ghost.ownResv, object.resv);
    if (error !== 0) {
      yield* object.resv.waitTimeout(DMA_RESV_USAGE_BOOKKEEP, false, MAX_SCHEDULE_TIMEOUT);
    }
    this.passPages(object, ghost, tt);
    yield* this.letGo(ghost);
    return 0;
  }

  protected *dropAtOnce(object: TtmObject): KernelTask<number> {
    const old = object.tt.get();
    if (old === null) {
      const error = yield* this.device.moves.createTt(object, true);
      if (error !== 0) return error;
    } else {
      old.unpopulate();
      this.markForClear(old);
    }
    const resource = object.leave();
    if (resource !== null) yield* resource.manager.free(resource);
    return 0;
  }

  /** @kernel ttm_tt_mark_for_clear */
  protected markForClear(tt: TtmTt): void {
    tt.isCleared.set(true);
  }

  /** What the object goes on with. */
  protected *nextTt(object: TtmObject): KernelTask<TtmTt | number | null> {
    const { world, stack } = this.device;
    if (object.imported !== null) return null;
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const { backing = null } = this.device.driver;
    return new stack.types.TtmTt(world, object.pages, this.clearsPages, backing);
  }

  protected get clearsPages(): boolean {
    return true;
  }
}
