import type { AbstractState, EventOf } from '../../../model/events.ts';
import type { DmaBuf } from '../../dma-buf/dma-buf.ts';
import type { DmaResv } from '../../dma-buf/dma-resv.ts';
import { DMA_RESV_USAGE_BOOKKEEP } from '../../dma-buf/resv-usage.ts';
import { Access, type KernelTask } from '../../kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../kernel/clock.ts';
import { Count } from '../../kernel/count.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { TtmBulkMove } from './ttm-bulk-move.ts';
import type { TtmDevice } from './ttm-device.ts';
import type { TtmImport } from './ttm-imports.ts';
import type { TtmLocation, TtmMemory } from './ttm-memory.ts';
import type { TtmResource } from './ttm-resource.ts';
import type { TtmTt } from './ttm-tt.ts';

/** How long the end of an object may wait for others when there is no memory. Unit: jiffies. */
const RELEASE_TIMEOUT = 30_000;

/** What a new object is like. */
export interface TtmObjectOptions {
  /** Unit: pages. */
  readonly pages: number;
  /** Null: it has a reservation of its own. */
  readonly resv: DmaResv | null;
  /** What it has of its exporter; null: it is none that was imported. */
  readonly imported: TtmImport | null;
  /** Whose former storage it has; null: it is none that a move leaves behind. */
  readonly origin: TtmObject | null;
}

/**
 * A buffer of a device, in one of its places or in none.
 *
 * @kernel struct ttm_buffer_object
 */
export class TtmObject extends KernelObject {
  readonly device: TtmDevice;
  /** Unit: pages. */
  readonly pages: number;
  readonly imported: TtmImport | null;
  readonly origin: TtmObject | null;
  readonly references: Count;
  /** Its own, used or not. @kernel base._resv */
  readonly ownResv: DmaResv;
  /** The one that is used. Changed under the LRU lock, when nobody has a reference. @kernel base.resv */
  readonly resvWord: PlainWord<DmaResv>;
  /** Under its reservation. */
  readonly resource: PlainWord<TtmResource | null>;
  /** Under its reservation. @kernel ttm */
  readonly tt: PlainWord<TtmTt | null>;
  /** Under its reservation, and the LRU lock while it becomes or ceases to be 0. */
  readonly pinCount: PlainWord<number>;
  /** Its end is delayed; under the LRU lock, once nobody has a reference. */
  readonly deleted: PlainWord<boolean>;
  /** Under its reservation and the LRU lock. @kernel bulk_move */
  readonly bulk: PlainWord<TtmBulkMove | null>;
  /** What processes have mapped of it; null: their next access faults. A page table, with its lock. */
  readonly view: PlainWord<TtmMemory | null>;
  /** Where in that it begins. */
  readonly viewStart: PlainWord<number>;
  /** The buffer that was made of it. Under its reservation. */
  readonly exported: PlainWord<DmaBuf | null>;
  readonly viewAccess: Access;

  constructor(device: TtmDevice, options: TtmObjectOptions) {
    super(device.world, 'ttmObject');
    const { stack } = device;
    this.device = device;
    this.pages = options.pages;
    this.imported = options.imported;
    this.origin = options.origin;
    this.references = new Count(this, 'references');
    this.ownResv = new stack.types.DmaResv(stack);
    this.resvWord = new PlainWord<DmaResv>(this, 'resv', options.resv ?? this.ownResv);
    this.resource = new PlainWord<TtmResource | null>(this, 'resource', null);
    this.tt = new PlainWord<TtmTt | null>(this, 'ttm', null);
    this.pinCount = new PlainWord<number>(this, 'pin_count', 0);
    this.deleted = new PlainWord<boolean>(this, 'deleted', false);
    this.bulk = new PlainWord<TtmBulkMove | null>(this, 'bulk_move', null);
    this.view = new PlainWord<TtmMemory | null>(this, 'page table', null, 'full');
    this.viewStart = new PlainWord<number>(this, 'page table', 0, 'full');
    this.exported = new PlainWord<DmaBuf | null>(this, 'dma_buf', null);
    this.viewAccess = new Access('update', 'once', this, 'page table', 'access');
    this.tell(options.origin === null ? 'init' : 'init.ghost');
  }

  get resv(): DmaResv {
    return this.resvWord.get();
  }

  get isGhost(): boolean {
    return this.origin !== null;
  }

  /** Where the content is that goes with a range; null: pages come when they are needed. */
  locate(resource: TtmResource | null): TtmLocation | null {
    if (resource === null) return null;
    const { memory } = resource.manager;
    if (memory !== null) return { memory, first: resource.start.get(), pages: this.pages };
    const pages = this.tt.get()?.memory.get() ?? null;
    return pages === null ? null : { memory: pages, first: 0, pages: this.pages };
  }

  /** @kernel ttm_bo_get */
  *get(): KernelTask<this> {
    yield* this.references.inc();
    this.tell('get');
    return this;
  }

  /** For those who found it in a list. @kernel ttm_bo_get_unless_zero */
  *getUnlessZero(): KernelTask<boolean> {
    const isTaken = yield* this.references.incUnlessZero();
    if (isTaken) this.tell('get');
    return isTaken;
  }

  /** @kernel ttm_bo_put */
  *put(): KernelTask<void> {
    const isLast = yield* this.references.decAndTest();
    this.tell(isLast ? 'put.last' : 'put');
    if (isLast) yield* this.release();
  }

  /**
   * Nobody has a reference: the storage goes, now or when nobody uses it any more.
   *
   * @kernel ttm_bo_release
   * @rule EVICT-008
   * @rule EVICT-009
   */
  protected *release(): KernelTask<void> {
    const { world } = this;
    if (!this.deleted.get()) {
      world.warnOn(
        this.pinCount.ask((pins) => pins > 0),
        'a pinned object is released',
        this,
      );
      world.warnOn(!this.bulk.isNull(), 'an object is released that moves with others', this);
      if ((yield* this.individualize()) !== 0) yield* this.waitForOthers();
      this.view.set(null);
      if (!(yield* this.canGoAtOnce())) {
        yield* this.delay();
        return;
      }
      yield* this.cleanup();
      yield* this.resv.release();
    }
    yield* this.destroy();
  }

  /** @kernel ttm_bo_individualize_resv @rule EVICT-008 @rule EVICT-009 */
  protected *individualize(): KernelTask<number> {
    const { device, world, ownResv, resv } = this;
    if (resv === ownResv) return 0;
    world.bugOn(!(yield* ownResv.tryAcquire()), 'somebody holds a reservation of nobody', this);
    const error = yield* device.stack.resvQueries.copyFences(ownResv, resv);
    yield* ownResv.release();
    if (error !== 0) {
      this.tell('individualize.failed');
      return error;
    }
    // The pages of an importing object are the exporter's: they stay under that reservation.
    if (this.keepsSharedResv) return 0;
    yield* device.lruLock.acquire();
    this.resvWord.set(ownResv);
    device.lruLock.release();
    this.tell('individualize');
    return 0;
  }

  protected get keepsSharedResv(): boolean {
    return this.imported !== null;
  }

  /** There is no memory to remember the fences: they are waited for here. @rule EVICT-009 */
  protected *waitForOthers(): KernelTask<void> {
    yield* this.resv.waitTimeout(DMA_RESV_USAGE_BOOKKEEP, false, RELEASE_TIMEOUT);
  }

  /** If so, with the reservation locked. @rule EVICT-008 */
  protected *canGoAtOnce(): KernelTask<boolean> {
    if (!(yield* this.isIdle())) return false;
    if (this.mustClear || this.detachesAtEnd) return false;
    return yield* this.resv.tryAcquire();
  }

  protected *isIdle(): KernelTask<boolean> {
    return yield* this.ownResv.testSignaled(DMA_RESV_USAGE_BOOKKEEP);
  }

  protected get mustClear(): boolean {
    return this.device.options.clearsOnFree && !this.tt.isNull();
  }

  /** That takes the exporter's reservation, for which nobody may be made to wait here. */
  protected get detachesAtEnd(): boolean {
    return this.imported !== null;
  }

  /** It comes back to life, for a worker. */
  protected *delay(): KernelTask<void> {
    const { device } = this;
    yield* device.lruLock.acquire();
    this.deleted.set(true);
    this.references.initialize(1);
    this.tell('delay');
    device.lruLock.release();
    const label = `delete ${this.label}`;
    device.queue.queue({ label, run: () => this.delayedDelete() });
  }

  /** @kernel ttm_bo_delayed_delete @rule EVICT-008 */
  protected *delayedDelete(): KernelTask<void> {
    yield* this.ownResv.waitTimeout(DMA_RESV_USAGE_BOOKKEEP, false, MAX_SCHEDULE_TIMEOUT);
    yield* this.resv.acquire();
    yield* this.cleanup();
    yield* this.resv.release();
    yield* this.put();
  }

  /** Its storage goes. With its reservation. @kernel ttm_bo_cleanup_memtype_use */
  *cleanup(): KernelTask<void> {
    this.resv.assertHeld('ttm_bo_cleanup_memtype_use');
    this.destroyTt();
    const resource = this.leave();
    if (resource !== null) yield* resource.manager.free(resource);
  }

  /** Its range is no longer its own. With its reservation. */
  leave(): TtmResource | null {
    const resource = this.resource.get();
    if (resource === null) return null;
    this.resource.set(null);
    this.tell('leave');
    return resource;
  }

  /** @kernel ttm_bo_tt_destroy */
  destroyTt(): void {
    const tt = this.tt.get();
    this.tt.set(null);
    tt?.destroy();
  }

  /** @kernel destroy */
  protected *destroy(): KernelTask<void> {
    const { imported, origin, device } = this;
    if (imported !== null) yield* device.imports.destroy(imported);
    yield* this.ownResv.fini();
    this.tell('free');
    this.world.memory.free(this);
    if (origin !== null) yield* origin.put();
  }

  /** It stays where it is. With its reservation. @kernel ttm_bo_pin @rule EVICT-007 */
  *pin(): KernelTask<void> {
    const { device } = this;
    this.resv.assertHeld('ttm_bo_pin');
    yield* device.lruLock.acquire();
    const resource = this.resource.get();
    const isFirst = this.pinCount.ask((pins) => pins === 0);
    if (resource !== null && isFirst) device.lru.removeFromBulk(resource);
    this.pinCount.change((pins) => pins + 1);
    if (resource !== null && isFirst) device.lru.moveToTail(resource);
    this.tell('pin');
    device.lruLock.release();
  }

  /** @kernel ttm_bo_unpin */
  *unpin(): KernelTask<void> {
    const { device, world } = this;
    this.resv.assertHeld('ttm_bo_unpin');
    const isWrong = this.pinCount.ask((pins) => pins === 0);
    if (world.warnOn(isWrong, 'ttm_bo_unpin of what is not pinned', this)) return;
    yield* device.lruLock.acquire();
    const resource = this.resource.get();
    this.pinCount.change((pins) => pins - 1);
    const isLast = this.pinCount.ask((pins) => pins === 0);
    if (resource !== null && isLast) {
      device.lru.addToBulk(resource);
      device.lru.moveToTail(resource);
    }
    this.tell('unpin');
    device.lruLock.release();
  }

  /** It moves with others in the order of use, or alone. @kernel ttm_bo_set_bulk_move */
  *setBulkMove(bulk: TtmBulkMove | null): KernelTask<void> {
    const { device } = this;
    this.resv.assertHeld('ttm_bo_set_bulk_move');
    yield* device.lruLock.acquire();
    const resource = this.resource.get();
    if (resource !== null) device.lru.removeFromBulk(resource);
    this.bulk.set(bulk);
    if (resource !== null) device.lru.addToBulk(resource);
    device.lruLock.release();
  }

  /** It was used just now. @kernel ttm_bo_move_to_lru_tail_unlocked */
  *touch(): KernelTask<void> {
    const { device } = this;
    yield* device.lruLock.acquire();
    const resource = this.resource.get();
    if (resource !== null) device.lru.moveToTail(resource);
    device.lruLock.release();
  }

  tell(name: EventOf<'ttmObject'>, result: number | null = null): void {
    this.commit(name, result);
  }

  override abstract(): AbstractState {
    const place = this.resource.value === null ? 'nowhere' : 'placed';
    const life = this.deleted.value ? 'deleted' : 'kept';
    return {
      state: `${life} ${place}`,
      context: { references: this.references.value, pins: this.pinCount.value },
    };
  }

  visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
    visit('resv', this.resvWord.value);
    visit('resource', this.resource.value);
    visit('tt', this.tt.value);
    visit('pinCount', this.pinCount.value);
    visit('deleted', this.deleted.value);
    visit('bulk', this.bulk.value);
    visit('view', this.view.value);
    visit('viewStart', this.viewStart.value);
    visit('exported', this.exported.value);
  }
}
