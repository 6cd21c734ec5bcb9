import type { DmaResv } from '../../dma-buf/dma-resv.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { EALREADY, EBUSY, EDEADLK, ENOSPC } from '../../kernel/errno.ts';
import type { WwAcquireContext } from '../../kernel/ww-context.ts';
import type { TtmDevice } from './ttm-device.ts';
import { TtmCursor } from './ttm-lru.ts';
import type { TtmManager } from './ttm-manager.ts';
import type { TtmObject } from './ttm-object.ts';
import type { TtmContext, TtmPlace } from './ttm-place.ts';
import type { TtmResource } from './ttm-resource.ts';

/** For whom others have to go. @kernel struct ttm_bo_evict_walk */
export interface TtmWanted {
  readonly object: TtmObject;
  readonly place: TtmPlace;
  readonly context: TtmContext;
  /** Of the transaction that holds the object's reservation, if one does. */
  readonly ticket: WwAcquireContext | null;
}

/** One search for victims; on the stack of the one who searches. @kernel struct ttm_lru_walk */
export class TtmWalk {
  readonly wanted: TtmWanted;
  /** Reservations are only tried. */
  readonly isTryOnly: boolean;
  /** It is given away with the first lock that was waited for. */
  ticket: WwAcquireContext | null;
  evicted = 0;
  found: TtmResource | null = null;

  constructor(wanted: TtmWanted, isTryOnly: boolean) {
    this.wanted = wanted;
    this.isTryOnly = isTryOnly;
    this.ticket = isTryOnly ? null : wanted.ticket;
  }
}

/** How a victim's reservation is held. */
type Hold = 'locked' | 'borrowed' | 'not';

/** Making room by moving others out of a place. */
export class TtmEvictions {
  protected readonly device: TtmDevice;

  constructor(device: TtmDevice) {
    this.device = device;
  }

  /**
   * The range that was wanted; -EBUSY: nobody could be evicted; -ENOSPC: the locks that the caller
   * holds are in the way of others.
   *
   * @kernel ttm_bo_evict_alloc
   * @rule EVICT-001
   * @rule EVICT-002
   */
  *makeRoom(wanted: TtmWanted): KernelTask<TtmResource | number> {
    let walk = new TtmWalk(wanted, true);
    let error = yield* this.walk(walk);
    if (error === 0 && walk.found === null && wanted.ticket !== null) {
      do {
        walk = new TtmWalk(wanted, false);
        error = yield* this.walk(walk);
      } while (error === 0 && walk.found === null && this.hasProgressed(walk));
    }
    if (error !== 0) return error;
    return walk.found ?? -EBUSY;
  }

  protected hasProgressed(walk: TtmWalk): boolean {
    return walk.evicted > 0;
  }

  /** From the oldest on, until there is room. @kernel ttm_lru_walk_for_evict @rule EVICT-001 */
  protected *walk(walk: TtmWalk): KernelTask<number> {
    const { lruLock, lru, world } = this.device;
    const manager = this.device.manager(walk.wanted.place.memoryType);
    const cursor = new TtmCursor(world);
    let error = 0;
    yield* lruLock.acquire();
    let resource = lru.begin(manager.lru, cursor);
    while (resource !== null) {
      const object = resource.object.get();
      const hold = yield* this.take(walk, object);
      if (hold !== null) {
        lruLock.release();
        error = yield* this.tryOne(walk, object, hold, manager);
        yield* lruLock.acquire();
        if (error !== 0 || walk.found !== null) break;
      }
      resource = lru.next(manager.lru, cursor);
    }
    lru.end(manager.lru, cursor);
    lruLock.release();
    world.memory.free(cursor);
    return error;
  }

  /** Tries to lock it, and takes a reference; null: it stays. Under the LRU lock. */
  protected *take(walk: TtmWalk, object: TtmObject): KernelTask<Hold | null> {
    const { resv } = object;
    let hold: Hold = 'not';
    if (yield* resv.tryAcquire()) hold = 'locked';
    else if (this.isBorrowed(walk, resv)) hold = 'borrowed';
    else if (!this.mayBlock(walk)) return null;
    if (yield* this.reach(object)) return hold;
    if (hold === 'locked') yield* resv.release();
    return null;
  }

  /** The caller holds it already. @kernel allow_res_evict */
  protected isBorrowed({ wanted }: TtmWalk, resv: DmaResv): boolean {
    return wanted.context.resv === resv && wanted.object.resv === resv;
  }

  protected mayBlock({ ticket, isTryOnly, wanted }: TtmWalk): boolean {
    return ticket !== null && !isTryOnly && !wanted.context.isImpatient;
  }

  /** What is being destroyed cannot be reached any more. */
  protected *reach(object: TtmObject): KernelTask<boolean> {
    return yield* object.getUnlessZero();
  }

  /** With a reference, and without the LRU lock. */
  protected *tryOne(
    walk: TtmWalk,
    object: TtmObject,
    taken: Hold,
    manager: TtmManager,
  ): KernelTask<number> {
    let hold = taken;
    let error = 0;
    if (hold === 'not') {
      error = yield* this.ticketLock(walk, object.resv);
      if (error === 0) hold = 'locked';
    }
    if (error === 0 && this.isStillIn(object, manager)) error = yield* this.process(walk, object);
    if (hold === 'locked') yield* object.resv.release();
    yield* object.put();
    return error === -EBUSY || error === -EALREADY ? 0 : error;
  }

  /** It can have moved before its reservation was locked. */
  protected isStillIn(object: TtmObject, manager: TtmManager): boolean {
    return object.resource.get()?.manager === manager;
  }

  /** Once for each walk: whoever waits here may be told to give way. @kernel ttm_lru_walk_ticketlock */
  protected *ticketLock(walk: TtmWalk, resv: DmaResv): KernelTask<number> {
    const { ticket, wanted } = walk;
    const error = wanted.context.isInterruptible
      ? yield* resv.acquireInterruptible(ticket)
      : yield* resv.acquire(ticket);
    if (error === 0) walk.ticket = null;
    return error === -EDEADLK ? -ENOSPC : error;
  }

  /** Evicts it if that helps, and looks for room again. @kernel ttm_bo_evict_cb */
  protected *process(walk: TtmWalk, object: TtmObject): KernelTask<number> {
    const { place, context, object: evictor } = walk.wanted;
    if (!this.isVictim(object, place)) return 0;
    const error = object.deleted.get()
      ? yield* this.finishDeleted(object, context)
      : yield* this.evict(object, context);
    if (error !== 0) return error === -ENOSPC ? -EBUSY : error;
    walk.evicted += 1;
    const resource = yield* this.device.manager(place.memoryType).alloc(evictor, place);
    if (typeof resource !== 'number') walk.found = resource;
    else if (resource !== -ENOSPC) return resource;
    return 0;
  }

  /** @kernel ttm_bo_eviction_valuable @rule EVICT-001 @rule EVICT-007 */
  protected isVictim(object: TtmObject, place: TtmPlace): boolean {
    if (this.isPinned(object)) return false;
    // What a move leaves behind is no object of the driver; it is on its way to deletion.
    if (object.isGhost && !object.deleted.get()) return false;
    if (!this.overlaps(object, place)) return false;
    return this.device.driver.isWorthEvicting?.(object, place) ?? true;
  }

  protected isPinned(object: TtmObject): boolean {
    return object.pinCount.ask((pins) => pins > 0);
  }

  protected overlaps(object: TtmObject, place: TtmPlace): boolean {
    return object.resource.get()?.intersects(place) ?? false;
  }

  /** Its worker has not come yet. */
  protected *finishDeleted(object: TtmObject, context: TtmContext): KernelTask<number> {
    const error = yield* this.device.moves.waitIdle(object, context);
    if (error === 0) yield* object.cleanup();
    return error;
  }

  /**
   * Moves it where the driver says, or drops its storage. The caller holds its reservation.
   *
   * @kernel ttm_bo_evict
   * @rule EVICT-011
   */
  *evict(object: TtmObject, context: TtmContext): KernelTask<number> {
    const { driver, moves, placing, ghosts } = this.device;
    object.resv.assertHeld('ttm_bo_evict');
    const places = driver.evictionPlaces(object);
    if (places.length === 0) {
      const error = yield* moves.waitIdle(object, context);
      return error === 0 ? yield* ghosts.gut(object) : error;
    }
    const resource = yield* placing.memSpace(object, places, context);
    if (typeof resource === 'number') return resource;
    return yield* moves.moveTo(object, resource, true, context);
  }
}
