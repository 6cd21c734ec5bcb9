import type { AbstractState, EventOf } from '../../model/events.ts';
import type { DmaFence } from '../dma-buf/dma-fence.ts';
import type { ChainMemory } from '../dma-buf/fence-chains.ts';
import type { KernelTask } from '../kernel/access.ts';
import { Count } from '../kernel/count.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList } from '../kernel/plain.ts';
import { Pointer } from '../kernel/pointer.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import type { Stack } from '../stack.ts';
import type { SyncobjEventfd } from './syncobj-eventfd.ts';
import type { SyncobjWaitEntry } from './syncobj-wait-entry.ts';

/** What somebody waits for, as events tell it: 0 is the whole, 1 a point of a timeline. */
const pointKind = (point: bigint): 0 | 1 => (point === 0n ? 0 : 1);

/**
 * A slot for a fence that processes share: binary while it holds a plain fence, a timeline once
 * points were added.
 *
 * @kernel struct drm_syncobj
 */
export class Syncobj extends KernelObject {
  readonly stack: Stack;
  readonly references: Count;
  /** Inside of it fences' locks are taken; no interrupt ever takes it. */
  readonly lock: SpinLock;
  /** Written under `lock`, read without it. */
  readonly fence: Pointer<DmaFence>;
  /** Who waits for a fence to be submitted, in order of registration. Under `lock`. @kernel cb_list */
  readonly waiters: PlainList<SyncobjWaitEntry>;
  /** Under `lock`. @kernel ev_fd_list */
  readonly eventfds: PlainList<SyncobjEventfd>;
  /** Those that wait are being told of a new fence: for judges only, no field of the kernel's. */
  protected isTelling = false;

  constructor(stack: Stack) {
    super(stack.world, 'syncobj');
    this.stack = stack;
    this.references = new Count(this, 'references');
    this.lock = new SpinLock(this, 'lock', '&syncobj->lock');
    this.fence = new Pointer<DmaFence>(this, 'fence');
    this.waiters = new PlainList<SyncobjWaitEntry>(this, 'waiters');
    this.eventfds = new PlainList<SyncobjEventfd>(this, 'eventfds');
    stack.world.emit(this, 'create');
  }

  /** @kernel drm_syncobj_get */
  *get(): KernelTask<this> {
    yield* this.references.inc();
    this.world.emit(this, 'get');
    return this;
  }

  /** @kernel drm_syncobj_put */
  *put(): KernelTask<void> {
    const isLast = yield* this.references.decAndTest();
    this.world.emit(this, isLast ? 'put.last' : 'put');
    if (isLast) yield* this.free();
  }

  /** Registrations of event counters end with it: they hold no reference. @kernel drm_syncobj_free @rule SYNCOBJ-032 */
  protected *free(): KernelTask<void> {
    yield* this.replaceFence(null);
    for (let entry = this.eventfds.at(0); entry !== null; entry = this.eventfds.at(0)) {
      this.eventfds.remove(entry);
      this.commit('eventfd.drop', null, pointKind(entry.point));
      yield* entry.free();
    }
    this.commit('free');
    this.world.memory.free(this);
  }

  /**
   * The fence of this moment with a reference, or null. The pointer may change before the reference
   * is taken, so both happen as one.
   *
   * @kernel drm_syncobj_fence_get
   */
  *fenceGet(): KernelTask<DmaFence | null> {
    const { rcu } = this.world;
    rcu.readLock();
    const fence = yield* this.stack.fences.getRcuSafe(this.fence);
    rcu.readUnlock();
    return fence;
  }

  /**
   * Installs another fence, or none, with a reference of its own.
   *
   * @kernel drm_syncobj_replace_fence
   * @rule SYNCOBJ-010
   * @rule SYNCOBJ-012
   */
  *replaceFence(fence: DmaFence | null): KernelTask<void> {
    if (fence !== null) yield* fence.get();
    yield* this.lock.acquire();
    const before = this.fence.readStable();
    yield* this.fence.write(fence);
    if (fence === before) this.commit('replace.same');
    else yield* this.tellAll(this.eventOf(fence));
    this.lock.release();
    if (before !== null) yield* before.put();
  }

  protected eventOf(fence: DmaFence | null): 'replace.null' | 'replace.plain' | 'replace.timeline' {
    if (fence === null) return 'replace.null';
    return this.isTimeline(fence) ? 'replace.timeline' : 'replace.plain';
  }

  protected isTimeline(fence: DmaFence): boolean {
    return this.stack.chains.chainOf(fence) !== null;
  }

  /**
   * Puts a point on top of what is there, in memory for a chain node. What is done behind it goes.
   *
   * @kernel drm_syncobj_add_point
   * @rule SYNCOBJ-023
   * @rule SYNCOBJ-035
   */
  *addPoint(memory: ChainMemory, fence: DmaFence, point: bigint): KernelTask<void> {
    const { chains } = this.stack;
    yield* fence.get();
    yield* this.lock.acquire();
    const previous = yield* this.fenceGet();
    const node = yield* chains.init(memory, previous, fence, point);
    yield* this.fence.write(node.base);
    yield* this.tellAll('addPoint');
    this.lock.release();
    if (previous === null) return;
    yield* this.collect(previous);
    // The reference that the slot had.
    yield* previous.put();
  }

  /** Walks once, so that points that are done go. @kernel dma_fence_chain_for_each */
  protected *collect(head: DmaFence): KernelTask<void> {
    let element: DmaFence | null = yield* head.get();
    while (element !== null) element = yield* this.stack.chains.walk(element);
  }

  /** Those that wait hear of the new fence, in order of registration. Under the lock. */
  protected *tellAll(
    event: 'replace.null' | 'replace.plain' | 'replace.timeline' | 'addPoint',
  ): KernelTask<void> {
    this.tells(true, event);
    for (const entry of this.waiters.copy()) yield* this.tellWaiter(entry);
    for (const entry of this.eventfds.copy()) yield* this.tellEventfd(entry);
    this.told();
  }

  /** The list begins or ends to be walked, at the moment at which the stores before reach memory. */
  protected tells(isTelling: boolean, name: EventOf<'syncobj'>, detail = 0): void {
    const { world } = this;
    const buffer = world.ownBuffer;
    const tell = (): void => {
      this.isTelling = isTelling;
      world.emit(this, name, null, detail);
    };
    if (buffer === null) tell();
    else buffer.after([this, name, detail, isTelling], tell);
  }

  protected told(): void {
    this.tells(false, 'told');
  }

  /** @kernel syncobj_wait_syncobj_func @rule SYNCOBJ-018 */
  protected *tellWaiter(entry: SyncobjWaitEntry): KernelTask<void> {
    const fence = yield* this.provide(entry.point);
    if (fence === null) return;
    yield* entry.fence.write(fence);
    yield* entry.sleeper.wakeUp();
    this.waiters.remove(entry);
    this.commit('wait.told', null, pointKind(entry.point));
  }

  /** @kernel syncobj_eventfd_entry_func @rule SYNCOBJ-031 */
  protected *tellEventfd(entry: SyncobjEventfd): KernelTask<void> {
    const fence = yield* this.provide(entry.point);
    if (fence === null) return;
    this.eventfds.remove(entry);
    this.commit('eventfd.told', null, pointKind(entry.point));
    yield* entry.capture(fence);
  }

  /** What stands for a point, with a reference, or null when there is nothing yet. Under the lock. */
  protected *provide(point: bigint): KernelTask<DmaFence | null> {
    const fence = this.fence.readStable();
    if (fence === null) return null;
    const found = yield* this.stack.syncobjs.findPoint(yield* fence.get(), point);
    return typeof found === 'number' ? null : found;
  }

  /**
   * Waits for a fence to come, unless there is one by now: it may have come since the first look.
   *
   * @kernel drm_syncobj_fence_add_wait
   * @rule SYNCOBJ-019
   */
  *addWait(entry: SyncobjWaitEntry): KernelTask<void> {
    // Nobody else knows of the entry yet.
    if (entry.fence.readStable() !== null) return;
    yield* this.lock.acquire();
    const fence = yield* this.provide(entry.point);
    if (fence === null) {
      entry.hasJoined = true;
      this.waiters.push(entry);
      this.commit('wait.join', null, pointKind(entry.point));
    } else {
      entry.fence.writeStable(fence);
    }
    this.lock.release();
  }

  /** @kernel drm_syncobj_remove_wait */
  *removeWait(entry: SyncobjWaitEntry): KernelTask<void> {
    if (!entry.hasJoined) return;
    yield* this.lock.acquire();
    const isListed = this.waiters.includes(entry);
    if (isListed) this.waiters.remove(entry);
    if (isListed) this.commit('wait.leave', null, pointKind(entry.point));
    else this.commit('wait.left');
    this.lock.release();
  }

  /** @kernel drm_syncobj_add_eventfd */
  *addEventfd(entry: SyncobjEventfd): KernelTask<void> {
    yield* this.lock.acquire();
    this.eventfds.push(entry);
    this.tells(true, 'eventfd.join', pointKind(entry.point));
    yield* this.tellEventfd(entry);
    this.told();
    this.lock.release();
  }

  visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('fence', this.fence.value);
    visit('waiters', this.waiters.value);
    visit('eventfds', this.eventfds.value);
    visit('isTelling', this.isTelling);
  }

  override abstract(): AbstractState {
    const fence = this.fence.value;
    const kind = fence === null ? 'empty' : this.isTimeline(fence) ? 'timeline' : 'plain';
    return {
      state: this.isTelling ? `${kind}.telling` : kind,
      context: {
        references: this.references.value,
        waiters: this.waiters.value.length,
        eventfds: this.eventfds.value.length,
      },
    };
  }
}
