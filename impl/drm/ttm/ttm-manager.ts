import type { AbstractState } from '../../../model/events.ts';
import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import { DMA_RESV_USAGE_KERNEL } from '../../dma-buf/resv-usage.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { EBUSY, ENOMEM, ENOSPC } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainList, PlainWord } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import type { TtmDevice } from './ttm-device.ts';
import type { TtmLruEntry } from './ttm-lru.ts';
import { FOREIGN_STAMP, TtmMemory } from './ttm-memory.ts';
import type { TtmObject } from './ttm-object.ts';
import type { TtmMemoryType, TtmPlace } from './ttm-place.ts';
import type { TtmResource } from './ttm-resource.ts';

/**
 * A place for objects: who has which range of it, in which order they were used, and the copy out
 * of it that came last.
 *
 * @kernel struct ttm_resource_manager
 */
export class TtmManager extends KernelObject {
  readonly device: TtmDevice;
  readonly memoryType: TtmMemoryType;
  /** Unit: pages; null: no bound, and no ranges. */
  readonly size: number | null;
  /** Memory of the device; null where objects bring pages of the system along. */
  readonly memory: TtmMemory | null;
  /** The oldest first. Under the device's LRU lock. */
  readonly lru: PlainList<TtmLruEntry>;
  /** Pages that are given out. Under the device's LRU lock. */
  readonly usage: PlainWord<number>;
  /** @kernel ttm_range_manager.lock */
  readonly lock: SpinLock;
  /** In the order of their addresses. Under `lock`. */
  readonly ranges: PlainList<TtmResource>;
  /** @kernel move_lock */
  readonly moveLock: SpinLock;
  /** Under `moveLock`. @kernel move */
  readonly move: PlainWord<DmaFence | null>;

  constructor(device: TtmDevice, memoryType: TtmMemoryType, size: number | null, isOwn: boolean) {
    super(device.world, 'ttmManager');
    this.device = device;
    this.memoryType = memoryType;
    this.size = size;
    this.memory = isOwn && size !== null ? new TtmMemory(device.world, size, FOREIGN_STAMP) : null;
    this.lru = new PlainList<TtmLruEntry>(this, 'lru');
    this.usage = new PlainWord<number>(this, 'usage', 0);
    this.lock = new SpinLock(this, 'lock', '&rman->lock');
    this.ranges = new PlainList<TtmResource>(this, 'ranges');
    this.moveLock = new SpinLock(this, 'moveLock', '&man->move_lock');
    this.move = new PlainWord<DmaFence | null>(this, 'move', null);
    this.world.emit(this, 'init');
  }

  /** Objects in it have pages of the system. @kernel use_tt */
  get usesPages(): boolean {
    return this.memory === null;
  }

  /**
   * A range for the object, or -ENOSPC, or -ENOMEM.
   *
   * @kernel ttm_resource_alloc
   */
  *alloc(object: TtmObject, place: TtmPlace): KernelTask<TtmResource | number> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) {
      this.world.emit(this, 'alloc.failed', -ENOMEM);
      return -ENOMEM;
    }
    const { lruLock, lru } = this.device;
    const resource = new this.device.stack.types.TtmResource(this, object);
    yield* lruLock.acquire();
    lru.add(resource);
    this.usage.change((pages) => pages + resource.pages);
    lruLock.release();
    if (!(yield* this.findRoom(resource, place))) {
      yield* this.fini(resource);
      this.world.emit(this, 'alloc.full', -ENOSPC);
      return -ENOSPC;
    }
    yield* lruLock.acquire();
    lru.addToBulk(resource);
    lruLock.release();
    this.world.emit(this, 'alloc', 0);
    return resource;
  }

  /** The first gap that is large enough. @kernel ttm_range_man_alloc */
  protected *findRoom(resource: TtmResource, place: TtmPlace): KernelTask<boolean> {
    if (this.size === null) return true;
    const end = Math.min(place.end ?? this.size, this.size);
    yield* this.lock.acquire();
    let start = place.first;
    for (const range of this.ranges.copy()) {
      const from = range.start.get();
      if (from + range.pages <= start) continue;
      if (from >= start + resource.pages) break;
      start = from + range.pages;
    }
    const isFound = start + resource.pages <= end;
    if (isFound) {
      resource.start.set(start);
      this.ranges.insert(resource, (other) => other.start.get() > start);
    }
    this.lock.release();
    return isFound;
  }

  /** @kernel ttm_resource_free */
  *free(resource: TtmResource): KernelTask<void> {
    const { lruLock, lru } = this.device;
    yield* lruLock.acquire();
    lru.removeFromBulk(resource);
    lruLock.release();
    if (this.size !== null) {
      yield* this.lock.acquire();
      this.ranges.remove(resource);
      this.lock.release();
    }
    yield* this.fini(resource);
    this.world.emit(this, 'free');
  }

  /** @kernel ttm_resource_fini */
  protected *fini(resource: TtmResource): KernelTask<void> {
    const { lruLock, lru } = this.device;
    yield* lruLock.acquire();
    lru.remove(resource);
    this.usage.change((pages) => pages - resource.pages);
    lruLock.release();
    this.world.memory.free(resource);
  }

  /**
   * A copy out of the place goes on after its range was given back: only the last one is kept.
   *
   * @kernel ttm_bo_move_pipeline_evict
   * @rule EVICT-005
   */
  *recordMove(fence: DmaFence): KernelTask<void> {
    yield* this.moveLock.acquire();
    const old = this.move.get();
    const isNewer = old === null || this.device.stack.fences.isLater(fence, old);
    if (isNewer) {
      this.move.set(yield* fence.get());
    }
    this.world.emit(this, isNewer ? 'record' : 'record.older');
    this.moveLock.release();
    if (isNewer && old !== null) yield* old.put();
  }

  /**
   * Who gets a range of the place must let the last copy out of it finish. The object has a slot
   * for that.
   *
   * @kernel ttm_bo_add_move_fence
   * @rule EVICT-005
   */
  *passMoveOn(object: TtmObject, isImpatient: boolean): KernelTask<number> {
    yield* this.moveLock.acquire();
    const fence = this.move.get();
    if (fence !== null) yield* fence.get();
    if (fence === null) this.world.emit(this, 'pass.none', 0);
    this.moveLock.release();
    if (fence === null) return 0;
    if (isImpatient) return yield* this.refuseToWait(fence);
    yield* this.giveTo(object, fence);
    this.world.emit(this, 'pass', 0);
    yield* fence.put();
    return 0;
  }

  protected *giveTo(object: TtmObject, fence: DmaFence): KernelTask<void> {
    yield* object.resv.addFence(fence, DMA_RESV_USAGE_KERNEL);
  }

  protected *refuseToWait(fence: DmaFence): KernelTask<number> {
    const isDone = yield* fence.isSignaled();
    this.world.emit(this, isDone ? 'pass.done' : 'pass.busy', isDone ? 0 : -EBUSY);
    yield* fence.put();
    return isDone ? 0 : -EBUSY;
  }

  /** @kernel ttm_resource_manager_cleanup */
  *cleanup(): KernelTask<void> {
    const isUsed = this.usage.ask((pages) => pages > 0);
    this.world.warnOn(isUsed, `${this.label} goes with ranges in use`, this);
    yield* this.moveLock.acquire();
    const fence = this.move.get();
    this.move.set(null);
    this.world.emit(this, 'fini');
    this.moveLock.release();
    if (fence !== null) yield* fence.put();
    if (this.memory !== null) this.world.memory.free(this.memory);
    this.world.memory.free(this);
  }

  override abstract(): AbstractState {
    const hasMove = this.move.value !== null;
    return { state: hasMove ? 'moving' : 'settled', context: {} };
  }

  visitState(visit: StateVisitor): void {
    visit(
      'lru',
      this.lru.value.map((entry) => entry),
    );
    visit('usage', this.usage.value);
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('ranges', this.ranges.value);
    visit('moveLock', this.moveLock.holder?.name ?? 'free');
    visit('move', this.move.value);
  }
}
