import type { KernelTask } from '../../kernel/access.ts';
import { EBUSY, EINVAL, ENOMEM, ENOSPC } from '../../kernel/errno.ts';
import type { TtmDevice } from './ttm-device.ts';
import type { TtmObject } from './ttm-object.ts';
import { TTM_PL_SYSTEM, type TtmContext, type TtmPlace, type TtmPlacement } from './ttm-place.ts';
import type { TtmResource } from './ttm-resource.ts';

/** Finding a place for objects. */
export class TtmPlacing {
  protected readonly device: TtmDevice;

  constructor(device: TtmDevice) {
    this.device = device;
  }

  /**
   * Moves the object to where it may be, if it is elsewhere. The caller holds its reservation.
   *
   * @kernel ttm_bo_validate
   * @rule EVICT-007
   * @rule EVICT-011
   */
  *validate(object: TtmObject, places: TtmPlacement, context: TtmContext): KernelTask<number> {
    object.resv.assertHeld('ttm_bo_validate');
    if (places.length === 0) {
      return this.isPinned(object) ? -EINVAL : yield* this.device.ghosts.gut(object);
    }
    for (const mayEvict of [false, true]) {
      if (this.isCompatible(object.resource.get(), places, mayEvict)) return 0;
      if (this.isPinned(object)) return -EINVAL;
      const resource = yield* this.allocResource(object, places, context, mayEvict);
      if (resource === -ENOSPC) continue;
      if (typeof resource === 'number') return resource;
      const error = yield* this.device.moves.moveTo(object, resource, false, context);
      return error === 0 ? yield* this.finish(object) : error;
    }
    return -ENOMEM;
  }

  protected isPinned(object: TtmObject): boolean {
    return object.pinCount.ask((pins) => pins > 0);
  }

  /** Objects without a place of the device have pages, or will have. */
  protected *finish(object: TtmObject): KernelTask<number> {
    const resource = object.resource.get();
    const needsPages = resource === null || resource.manager.memoryType === TTM_PL_SYSTEM;
    return needsPages ? yield* this.device.moves.createTt(object, true) : 0;
  }

  /** @kernel ttm_resource_compatible */
  protected isCompatible(
    resource: TtmResource | null,
    places: TtmPlacement,
    mayEvict: boolean,
  ): boolean {
    if (resource === null) return false;
    return places.some(
      (place) =>
        place.memoryType === resource.manager.memoryType &&
        this.isTried(place, mayEvict) &&
        resource.fits(place),
    );
  }

  protected isTried(place: TtmPlace, mayEvict: boolean): boolean {
    return !(mayEvict ? place.isDesired : place.isFallback);
  }

  /**
   * A range in the first place that has one; others are evicted for it if they may be. There is
   * a slot for one more fence in the reservation then.
   *
   * @kernel ttm_bo_alloc_resource
   * @rule EVICT-002
   * @rule EVICT-005
   */
  *allocResource(
    object: TtmObject,
    places: TtmPlacement,
    context: TtmContext,
    mayEvict: boolean,
  ): KernelTask<TtmResource | number> {
    const error = yield* object.resv.reserveFences(1);
    if (error !== 0) return error;
    for (const place of places) {
      if (!this.isTried(place, mayEvict)) continue;
      const resource = yield* this.allocIn(object, place, context, mayEvict);
      if (resource === -EBUSY) continue;
      if (typeof resource === 'number') return resource;
      const busy = yield* resource.manager.passMoveOn(object, context.isImpatient);
      if (busy === 0) return resource;
      yield* resource.manager.free(resource);
    }
    return -ENOSPC;
  }

  /** -EBUSY: not here. Any other error ends the search, also -ENOSPC of those who evict. */
  protected *allocIn(
    object: TtmObject,
    place: TtmPlace,
    context: TtmContext,
    mayEvict: boolean,
  ): KernelTask<TtmResource | number> {
    const resource = yield* this.device.manager(place.memoryType).alloc(object, place);
    if (resource !== -ENOSPC) return resource;
    if (!mayEvict || place.memoryType === TTM_PL_SYSTEM) return -EBUSY;
    const ticket = yield* object.resv.lockingContext();
    return yield* this.device.evictions.makeRoom({ object, place, context, ticket });
  }

  /** A range that may be got by evicting others, or -ENOSPC. @kernel ttm_bo_mem_space */
  *memSpace(
    object: TtmObject,
    places: TtmPlacement,
    context: TtmContext,
  ): KernelTask<TtmResource | number> {
    const resource = yield* this.allocResource(object, places, context, false);
    if (resource !== -ENOSPC) return resource;
    return yield* this.allocResource(object, places, context, true);
  }
}
