import type { AbstractState } from '../../model/events.ts';
import type { KernelTask } from '../kernel/access.ts';
import { Cell } from '../kernel/cell.ts';
import { Count } from '../kernel/count.ts';
import { ENOENT } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList, PlainWord } from '../kernel/plain.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import type { Stack } from '../stack.ts';
import type { SyncPoint } from './sync-point.ts';

/** Longest name of a timeline, without the final 0. Unit: bytes. */
const TIMELINE_NAME_MAX = 31;

/**
 * A software timeline, for tests: a counter that user space moves.
 *
 * @kernel struct sync_timeline
 */
export class SyncTimeline extends KernelObject {
  readonly stack: Stack;
  readonly name: string;
  readonly context: number;
  readonly references: Count;
  /** Changed under `lock`, read by polls without it. Unsigned 32-bit. */
  readonly value: Cell;
  readonly lock: SpinLock;
  /** Points that wait, ascending; under `lock`. @kernel pt_list */
  readonly list: PlainList<SyncPoint>;
  /** The same points as the search tree holds them; under `lock`. @kernel pt_tree */
  readonly tree: PlainList<SyncPoint>;
  /** For judges only: the kernel forgets that the file was closed. */
  readonly isOpen: PlainWord<boolean>;

  /** @kernel sync_timeline_create @rule SWSYNC-001 */
  constructor(stack: Stack, name: string, context: number) {
    super(stack.world, 'timeline');
    this.stack = stack;
    this.name = name.slice(0, TIMELINE_NAME_MAX);
    this.context = context;
    this.references = new Count(this, 'references');
    this.value = new Cell(this, 'value', 0);
    this.lock = new SpinLock(this, 'lock', '&obj->lock');
    this.list = new PlainList<SyncPoint>(this, 'list');
    this.tree = new PlainList<SyncPoint>(this, 'tree');
    this.isOpen = new PlainWord<boolean>(this, 'isOpen', true, 'full');
    stack.world.emit(this, 'open');
  }

  /** @kernel sync_timeline_get */
  *get(): KernelTask<void> {
    yield* this.references.inc();
  }

  /** @kernel sync_timeline_put @rule SWSYNC-014 */
  *put(): KernelTask<void> {
    if (yield* this.references.decAndTest()) yield* this.free();
  }

  /** @kernel sync_timeline_free */
  *free(): KernelTask<void> {
    yield* this.stack.swSync.forget(this);
    this.world.emit(this, 'free');
    this.world.memory.free(this);
  }

  /**
   * A point for `value`: a shared one when an equal one waits already; null without memory.
   *
   * @kernel sync_pt_create
   * @rule SWSYNC-004
   * @rule SWSYNC-006
   * @rule SWSYNC-007
   */
  *createPoint(value: number): KernelTask<SyncPoint | null> {
    const { world } = this;
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return null;
    yield* this.get();
    const point = new this.stack.types.SyncPoint(this, value >>> 0);
    yield* this.lock.acquireIrq();
    if (yield* point.base.isSignaledLocked()) {
      world.emit(this, 'create.signaled', null, value >>> 0, point.base);
      this.lock.releaseIrq();
      return point;
    }
    const twin = yield* this.findTwin(point);
    if (twin !== null) {
      world.emit(this, 'create.shared', null, value >>> 0, twin.base);
      yield* this.put();
      point.discard();
      this.lock.releaseIrq();
      return twin;
    }
    this.insert(point);
    world.emit(this, 'create.pending', null, value >>> 0, point.base);
    this.lock.releaseIrq();
    return point;
  }

  /** A live point with the same value, with a reference. A dying one does not count. */
  protected *findTwin(point: SyncPoint): KernelTask<SyncPoint | null> {
    for (const other of this.tree.filter(({ base }) => base.seqno === point.base.seqno)) {
      if (yield* other.base.getRcu()) return other;
    }
    return null;
  }

  /** Keeps list and tree ascending; a twin of a dying point goes before it. */
  protected insert(point: SyncPoint): void {
    this.lock.assertHeld('sync_pt_create');
    const isNotAfter = (other: SyncPoint): boolean => point.distance(other) <= 0;
    this.tree.insert(point, isNotAfter);
    this.list.insert(point, isNotAfter);
  }

  /**
   * Moves the counter once and signals what became due.
   *
   * @kernel sync_timeline_signal
   * @rule SWSYNC-008
   * @rule SWSYNC-010
   * @rule SWSYNC-022
   */
  *advance(increment: number): KernelTask<void> {
    const { world } = this;
    world.trace('sync_timeline', this);
    const due: SyncPoint[] = [];
    yield* this.lock.acquireIrq();
    yield* this.value.write((this.value.readStable() + increment) >>> 0);
    this.commit('advance', null, increment);
    for (const point of this.list.copy()) {
      if (!(yield* point.signaled())) break;
      // A point whose count is 0 belongs to its release, which waits for this lock. It must not
      // stay on the list either: far behind the value, it would look as if it were ahead.
      const isAlive = yield* point.base.getRcu();
      this.unlist(point);
      if (!isAlive) continue;
      due.push(point);
      world.emit(this, 'signalPoint', null, Number(point.base.seqno), point.base);
      yield* point.base.signalLocked();
    }
    this.lock.releaseIrq();
    for (const point of due) yield* point.base.put();
  }

  /** Takes a point off list and tree, under `lock`. */
  unlist(point: SyncPoint): void {
    this.lock.assertHeld('list_del of a point');
    this.world.bugOn(
      !this.list.includes(point),
      'list_del of a point that is not on the list',
      point,
    );
    this.world.bugOn(
      !this.tree.includes(point),
      'rb_erase of a point that is not in the tree',
      point,
    );
    this.list.remove(point);
    this.tree.remove(point);
    this.world.emit(this, 'unlist', null, Number(point.base.seqno), point.base);
  }

  /**
   * The file is closed: what waits fails with -ENOENT.
   *
   * @kernel sw_sync_debugfs_release
   * @rule SWSYNC-012
   * @rule SWSYNC-013
   */
  *close(): KernelTask<void> {
    const { world } = this;
    const failed: SyncPoint[] = [];
    yield* this.lock.acquireIrq();
    this.isOpen.set(false);
    world.emit(this, 'close');
    for (const point of this.list.copy()) {
      // Callbacks may drop the last other reference while the lock is still held.
      if (!(yield* point.base.getRcu())) continue;
      failed.push(point);
      world.emit(this, 'failPoint', null, Number(point.base.seqno), point.base);
      yield* point.base.setError(-ENOENT);
      yield* point.base.signalLocked();
    }
    this.lock.releaseIrq();
    for (const point of failed) yield* point.base.put();
    yield* this.put();
  }

  visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
    visit('value', this.value.value);
    visit('list', this.list.value);
    visit('tree', this.tree.value);
    visit('isOpen', this.isOpen.value);
    visit('lock', this.lock.holder?.name ?? 'free');
  }

  override abstract(): AbstractState {
    return {
      state: this.isOpen.value ? 'open' : 'closed',
      context: { value: this.value.value, listed: this.list.value.length },
    };
  }
}
