import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainList, PlainWord } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import type { DrmGpuScheduler } from './gpu-scheduler.ts';
import type { DrmSchedEntity } from './sched-entity.ts';

/** "An entity is ready, and its job does not fit": nothing else may run instead. @kernel ERR_PTR(-ENOSPC) */
export const NO_SPACE = 'noSpace';

/** The entities of one priority that have jobs. @kernel struct drm_sched_rq */
export class DrmSchedRq extends KernelObject {
  readonly sched: DrmGpuScheduler;
  /** Taken inside of an entity's own lock. */
  readonly lock: SpinLock;
  /** In the order of joining. Under `lock`. */
  readonly entities: PlainList<DrmSchedEntity>;
  /** By the time of their oldest jobs. Under `lock`. @kernel rb_tree_root */
  protected readonly oldestFirst: PlainList<DrmSchedEntity>;
  /** Whose turn it was last. Under `lock`. */
  protected readonly current: PlainWord<DrmSchedEntity | null>;

  constructor(sched: DrmGpuScheduler) {
    super(sched.world, 'schedRq');
    this.sched = sched;
    this.lock = new SpinLock(this, 'lock', '&rq->lock');
    this.entities = new PlainList<DrmSchedEntity>(this, 'entities');
    this.oldestFirst = new PlainList<DrmSchedEntity>(this, 'oldestFirst');
    this.current = new PlainWord<DrmSchedEntity | null>(this, 'current', null);
  }

  /** @kernel drm_sched_rq_add_entity */
  *addEntity(entity: DrmSchedEntity): KernelTask<void> {
    entity.lock.assertHeld('drm_sched_rq_add_entity');
    if (entity.isListed.get()) return;
    yield* this.lock.acquire();
    yield* this.sched.score.add(1);
    this.entities.push(entity);
    entity.isListed.set(true);
    entity.commit('add');
    this.lock.release();
  }

  /** @kernel drm_sched_rq_remove_entity */
  *removeEntity(entity: DrmSchedEntity): KernelTask<void> {
    entity.lock.assertHeld('drm_sched_rq_remove_entity');
    if (!entity.isListed.get()) return;
    yield* this.lock.acquire();
    yield* this.sched.score.add(-1);
    this.entities.remove(entity);
    entity.isListed.set(false);
    if (this.current.ask((current) => current === entity)) this.current.set(null);
    this.oldestFirst.remove(entity);
    entity.commit('remove');
    this.lock.release();
  }

  /** Its oldest job is of this time now. @kernel drm_sched_rq_update_fifo_locked @rule SCHED-012 */
  *updateFifo(entity: DrmSchedEntity, ts: number): KernelTask<void> {
    entity.lock.assertHeld('drm_sched_rq_update_fifo_locked');
    yield* this.lock.acquire();
    this.oldestFirst.remove(entity);
    entity.oldestTs.set(ts);
    this.oldestFirst.insert(entity, (other) => other.oldestTs.ask((oldest) => oldest > ts));
    this.lock.release();
  }

  /**
   * The entity that comes next: the one with the oldest job among those that are ready. If that
   * job does not fit, nothing runs.
   *
   * @kernel drm_sched_rq_select_entity_fifo
   * @rule SCHED-012
   * @rule SCHED-014
   */
  *selectFifo(): KernelTask<DrmSchedEntity | typeof NO_SPACE | null> {
    yield* this.lock.acquire();
    const found = yield* this.firstReady(this.oldestFirst.copy());
    this.lock.release();
    return found;
  }

  /** The next one behind the last, round and round. @kernel drm_sched_rq_select_entity_rr @rule SCHED-012 */
  *selectRoundRobin(): KernelTask<DrmSchedEntity | typeof NO_SPACE | null> {
    yield* this.lock.acquire();
    const entities = this.entities.copy();
    const current = this.current.get();
    const behind = current === null ? 0 : entities.indexOf(current) + 1;
    const inTurn = [...entities.slice(behind), ...entities.slice(0, behind)];
    const found = yield* this.firstReady(inTurn);
    this.lock.release();
    return found;
  }

  protected *firstReady(
    entities: readonly DrmSchedEntity[],
  ): KernelTask<DrmSchedEntity | typeof NO_SPACE | null> {
    for (const entity of entities) {
      if (!(yield* entity.isReady())) continue;
      if (!(yield* this.sched.canQueue(entity))) return NO_SPACE;
      this.current.set(entity);
      entity.idle.reinit();
      entity.commit('select');
      return entity;
    }
    return null;
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('entities', this.entities.value);
    visit('oldestFirst', this.oldestFirst.value);
    visit('current', this.current.value);
  }
}
