import { DmaFence } from '../../dma-buf/dma-fence.ts';
import { DMA_RESV_USAGE_BOOKKEEP, DMA_RESV_USAGE_KERNEL } from '../../dma-buf/resv-usage.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { EBUSY, ENOMEM } from '../../kernel/errno.ts';
import type { TtmDevice } from './ttm-device.ts';
import type { TtmHop } from './ttm-driver.ts';
import type { TtmObject } from './ttm-object.ts';
import { TTM_PL_SYSTEM, type TtmContext, type TtmPlace } from './ttm-place.ts';
import type { TtmResource } from './ttm-resource.ts';

/** How long a mover waits for those who use an object. Unit: jiffies. */
const IDLE_TIMEOUT = 15_000;

/** Moving the content of objects. Whoever calls holds the object's reservation. */
export class TtmMoves {
  protected readonly device: TtmDevice;

  constructor(device: TtmDevice) {
    this.device = device;
  }

  /**
   * Moves the object to a range that was got for it, by way of another place if it must. When that
   * fails, the range is given back, and the object is where it was.
   *
   * @rule EVICT-003
   */
  *moveTo(
    object: TtmObject,
    to: TtmResource,
    isEviction: boolean,
    context: TtmContext,
  ): KernelTask<number> {
    let moved = yield* this.handleMove(object, to, isEviction, context);
    while (typeof moved !== 'number') {
      const error = yield* this.bounce(object, moved.hop, context);
      moved = error === 0 ? yield* this.handleMove(object, to, isEviction, context) : error;
    }
    if (moved !== 0) yield* this.giveBack(to, moved);
    return moved;
  }

  protected *giveBack(to: TtmResource, _error: number): KernelTask<void> {
    yield* to.manager.free(to);
  }

  /** @kernel ttm_bo_bounce_temp_buffer */
  protected *bounce(object: TtmObject, hop: TtmPlace, context: TtmContext): KernelTask<number> {
    const resource = yield* this.device.placing.memSpace(object, [hop], context);
    if (typeof resource === 'number') return resource;
    const moved = yield* this.handleMove(object, resource, false, context);
    if (moved === 0) return 0;
    yield* resource.manager.free(resource);
    return typeof moved === 'number' ? moved : -EBUSY;
  }

  /**
   * Nothing of this changes where the object is, until the copy is queued.
   *
   * @kernel ttm_bo_handle_move_mem
   * @rule EVICT-003
   */
  protected *handleMove(
    object: TtmObject,
    to: TtmResource,
    isEviction: boolean,
    context: TtmContext,
  ): KernelTask<TtmHop | number> {
    const hadPages = object.resource.get()?.manager.usesPages ?? true;
    this.unmapViews(object);
    object.tell('move.begin');
    let error = yield* this.makePages(object, to, hadPages);
    if (error === 0) error = yield* object.resv.reserveFences(1);
    const moved = error === 0 ? yield* this.move(object, to, isEviction, context) : error;
    if (moved === 0) return 0;
    object.tell('move.failed');
    if (typeof moved === 'number' && !hadPages) object.destroyTt();
    return moved;
  }

  /** The next access of a process faults. @kernel ttm_bo_unmap_virtual @rule EVICT-003 */
  unmapViews(object: TtmObject): void {
    object.view.set(null);
  }

  /** @rule EVICT-003 @rule EVICT-011 */
  protected *makePages(object: TtmObject, to: TtmResource, hadPages: boolean): KernelTask<number> {
    if (!to.manager.usesPages) return 0;
    const error = yield* this.createTt(object, hadPages);
    // What is in no place of the device gets its pages when they are needed, or filled.
    const isLazy = to.manager.memoryType === TTM_PL_SYSTEM && hadPages;
    return error !== 0 || isLazy ? error : yield* this.populate(object);
  }

  /** @kernel ttm_bo_populate */
  protected *populate(object: TtmObject): KernelTask<number> {
    const tt = object.tt.get();
    return tt === null ? 0 : yield* tt.populate();
  }

  /** @kernel ttm_tt_create */
  *createTt(object: TtmObject, isCleared: boolean): KernelTask<number> {
    if (object.imported !== null || !object.tt.isNull()) return 0;
    if (!(yield* this.device.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const { driver, stack, world } = this.device;
    const { TtmTt } = stack.types;
    object.tt.set(new TtmTt(world, object.pages, isCleared, driver.backing ?? null));
    return 0;
  }

  /** Asks the driver for the copy. */
  protected *move(
    object: TtmObject,
    to: TtmResource,
    isEviction: boolean,
    context: TtmContext,
  ): KernelTask<TtmHop | number> {
    const { driver } = this.device;
    yield* this.notify(object);
    const dependencies = yield* this.dependencies(object);
    if (typeof dependencies === 'number') return dependencies;
    const from = object.resource.get();
    const source = object.locate(from);
    const target = object.locate(to);
    const answer = yield* driver.move({
      ...{ object, from, to, source, target },
      ...{ isEviction, context, dependencies },
    });
    for (const fence of dependencies) yield* fence.put();
    if (answer instanceof DmaFence) {
      const error = yield* this.accelCleanup(object, answer, to, isEviction);
      yield* answer.put();
      return error;
    }
    if (answer === 0) yield* this.moveNull(object, to);
    return answer;
  }

  /** Importers that follow moves map anew. @kernel dma_buf_move_notify @rule EVICT-003 */
  protected *notify(object: TtmObject): KernelTask<void> {
    const buffer = object.exported.get();
    if (buffer !== null) yield* this.device.stack.bufferAttachments.moveNotify(buffer);
  }

  /** All who use the object, whatever for. @rule EVICT-012 */
  protected *dependencies(object: TtmObject): KernelTask<readonly DmaFence[] | number> {
    return yield* this.device.stack.resvQueries.getFences(object.resv, DMA_RESV_USAGE_BOOKKEEP);
  }

  /** @kernel ttm_bo_move_null */
  protected *moveNull(object: TtmObject, to: TtmResource): KernelTask<void> {
    const from = object.resource.get();
    this.assign(object, to);
    if (from !== null) yield* from.manager.free(from);
  }

  /** @kernel ttm_bo_assign_mem */
  protected assign(object: TtmObject, to: TtmResource): void {
    object.resource.set(to);
    object.tell('move.end');
  }

  /**
   * The copy is queued: the old storage goes when it is done.
   *
   * @kernel ttm_bo_move_accel_cleanup
   * @rule EVICT-003
   * @rule EVICT-005
   * @rule EVICT-006
   * @rule EVICT-013
   */
  protected *accelCleanup(
    object: TtmObject,
    fence: DmaFence,
    to: TtmResource,
    isEviction: boolean,
  ): KernelTask<number> {
    const { ghosts } = this.device;
    yield* this.announce(object, fence);
    const from = object.resource.get();
    let error = 0;
    if (from !== null) {
      if (!isEviction) error = yield* ghosts.moveToGhost(object, fence, to.manager.usesPages);
      else if (this.isPipelined(from)) yield* this.pipelineEvict(object, from, fence);
      else error = yield* this.waitAndFree(object, from, to.manager.usesPages);
    }
    if (error === 0) this.assign(object, to);
    else yield* this.abandon(fence, from, to);
    return error;
  }

  /** Whoever uses the object from now on waits for the copy. @rule EVICT-003 @rule EVICT-004 */
  protected *announce(object: TtmObject, fence: DmaFence): KernelTask<void> {
    yield* object.resv.addFence(fence, DMA_RESV_USAGE_KERNEL);
  }

  /** There are no pages that somebody has to give back. @rule EVICT-013 */
  protected isPipelined(from: TtmResource): boolean {
    return !from.manager.usesPages;
  }

  /** @kernel ttm_bo_move_pipeline_evict @rule EVICT-005 */
  protected *pipelineEvict(
    object: TtmObject,
    from: TtmResource,
    fence: DmaFence,
  ): KernelTask<void> {
    yield* from.manager.recordMove(fence);
    object.leave();
    yield* from.manager.free(from);
  }

  /** @kernel ttm_bo_wait_free_node @rule EVICT-013 */
  protected *waitAndFree(
    object: TtmObject,
    from: TtmResource,
    keepsPages: boolean,
  ): KernelTask<number> {
    const left = yield* object.resv.waitTimeout(DMA_RESV_USAGE_BOOKKEEP, false, IDLE_TIMEOUT);
    if (left === 0) return -EBUSY;
    if (left < 0) return left;
    if (!keepsPages) object.destroyTt();
    object.leave();
    yield* from.manager.free(from);
    return 0;
  }

  /** The copy writes to a range that goes to somebody else: nobody uses it before that is over. */
  protected *abandon(fence: DmaFence, from: TtmResource | null, to: TtmResource): KernelTask<void> {
    const hadPages = from?.manager.usesPages ?? true;
    // Pages that the object gets only now go back at once; others stay with it.
    if (to.manager.usesPages && !hadPages) yield* fence.wait(false);
    else yield* to.manager.recordMove(fence);
  }

  /**
   * Waits until nobody uses the object.
   *
   * @kernel ttm_bo_wait_ctx
   * @rule EVICT-010
   */
  *waitIdle(object: TtmObject, context: TtmContext): KernelTask<number> {
    const { resv } = object;
    if (context.isImpatient) {
      return (yield* resv.testSignaled(DMA_RESV_USAGE_BOOKKEEP)) ? 0 : -EBUSY;
    }
    const { isInterruptible } = context;
    const left = yield* resv.waitTimeout(DMA_RESV_USAGE_BOOKKEEP, isInterruptible, IDLE_TIMEOUT);
    if (left < 0) return left;
    return left === 0 ? -EBUSY : 0;
  }
}
