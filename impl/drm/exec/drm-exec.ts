import type { AbstractState } from '../../../model/events.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { EALREADY, EDEADLK, ENOMEM } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainList, PlainWord } from '../../kernel/plain.ts';
import type { WwAcquireContext } from '../../kernel/ww-context.ts';
import type { Stack } from '../../stack.ts';
import { PAGE_SIZE } from '../../uapi/pages.ts';
import { DRM_EXEC_IGNORE_DUPLICATES, DRM_EXEC_INTERRUPTIBLE_WAIT } from './exec-flags.ts';
import type { ExecObject } from './exec-object.ts';

/** The list of objects grows by a page of pointers. Unit: objects. */
const ROOM_STEP: number = PAGE_SIZE / 8;

type Phase = 'ready' | 'open' | 'closed' | 'ended';

/**
 * One transaction that locks objects in any order. Its user names them in a loop, which begins again
 * whenever somebody older is in the way; the object that was in the way then comes first.
 *
 * @kernel struct drm_exec
 */
export class DrmExec extends KernelObject {
  readonly stack: Stack;
  readonly flags: number;
  readonly ticket: WwAcquireContext;
  /** Those that are locked and were named, in order. One for each reservation. */
  readonly objects: PlainList<ExecObject>;
  /** What it has to wait for before it takes anything else, with a reference. */
  readonly contended: PlainWord<ExecObject | null>;
  /** Locked because it was contended, and not named since, with a reference. */
  readonly prelocked: PlainWord<ExecObject | null>;
  private readonly phase: PlainWord<Phase>;
  /** How many objects the list has memory for. @kernel max_objects */
  private readonly room: PlainWord<number>;

  constructor(stack: Stack, flags: number, room: number) {
    super(stack.world, 'exec');
    this.stack = stack;
    this.flags = flags;
    this.ticket = new stack.types.WwAcquireContext(stack.reservationClass);
    this.objects = new PlainList<ExecObject>(this, 'objects');
    this.contended = new PlainWord<ExecObject | null>(this, 'contended', null);
    this.prelocked = new PlainWord<ExecObject | null>(this, 'prelocked', null);
    this.phase = new PlainWord<Phase>(this, 'phase', 'ready');
    this.room = new PlainWord<number>(this, 'max_objects', room);
    this.commit('init', null, flags);
  }

  /**
   * The head of the loop. True: the objects have to be named, once more. False: all are locked.
   *
   * @kernel drm_exec_cleanup
   * @rule EXEC-001
   * @rule EXEC-003
   * @rule EXEC-010
   */
  *cleanup(): KernelTask<boolean> {
    if (this.phase.ask((phase) => phase === 'ready')) {
      yield* this.open();
      return true;
    }
    if (this.contended.isNull()) {
      yield* this.dropPrelocked();
      this.close();
      return false;
    }
    yield* this.unlockAll();
    this.commit('again', null, this.ticket.stamp);
    return true;
  }

  /** The ticket is as old as the first pass, whatever comes. */
  protected *open(): KernelTask<void> {
    yield* this.ticket.init();
    this.phase.set('open');
    this.commit('open', null, this.ticket.stamp);
  }

  protected close(): void {
    this.ticket.done();
    this.phase.set('closed');
    this.commit('close');
  }

  /**
   * Locks an object and keeps it.
   *
   * @kernel drm_exec_lock_obj
   * @rule EXEC-002
   * @rule EXEC-004
   * @returns 0, -EDEADLK when the loop must begin again, -EALREADY, -EINTR or -ENOMEM
   */
  *lockObj(object: ExecObject): KernelTask<number> {
    const error = yield* this.lockContended();
    if (error !== 0) return error;
    if (this.isPrelocked(object)) return yield* this.claim(object);
    const { resv } = object;
    const refused = yield* this.isInterruptible
      ? resv.acquireInterruptible(this.ticket)
      : resv.acquire(this.ticket);
    if (refused === -EDEADLK) return yield* this.contend(object);
    if (refused === -EALREADY) return this.already();
    if (refused !== 0) {
      this.commit('lock.interrupted', refused);
      return refused;
    }
    if (yield* this.track(object)) {
      this.commit('lock', 0);
      return 0;
    }
    yield* resv.release();
    this.commit('lock.failed', -ENOMEM);
    return -ENOMEM;
  }

  private get isInterruptible(): boolean {
    return (this.flags & DRM_EXEC_INTERRUPTIBLE_WAIT) !== 0;
  }

  /** Somebody older is in the way. @rule EXEC-002 */
  protected *contend(object: ExecObject): KernelTask<number> {
    yield* object.get();
    this.contended.set(object);
    this.commit('lock.contended', -EDEADLK);
    return -EDEADLK;
  }

  /** @rule EXEC-004 */
  protected already(): number {
    const error = (this.flags & DRM_EXEC_IGNORE_DUPLICATES) !== 0 ? 0 : -EALREADY;
    this.commit('lock.already', error);
    return error;
  }

  /**
   * What was in the way before is waited for first, without anything else in hand.
   *
   * @kernel drm_exec_lock_contended
   * @rule EXEC-002
   * @rule EXEC-007
   */
  protected *lockContended(): KernelTask<number> {
    const object = this.contended.get();
    if (object === null) return 0;
    // If the wait fails, the user has to leave the loop.
    this.contended.set(null);
    const error = yield* this.lockSlow(object);
    if (error !== 0) {
      this.commit('prelock.interrupted', error);
      yield* object.put();
      return error;
    }
    this.prelocked.set(object);
    this.commit('prelock', 0);
    return 0;
  }

  protected *lockSlow({ resv }: ExecObject): KernelTask<number> {
    if (this.isInterruptible) {
      return yield* resv.lockSlowInterruptible(this.ticket);
    }
    yield* resv.lockSlow(this.ticket);
    return 0;
  }

  /** Linux 6.12 looks for the object itself, and not for its reservation. @rule EXEC-012 */
  protected isPrelocked(object: ExecObject): boolean {
    const isByName = this.world.build.execClaimsByName;
    return this.prelocked.ask(
      (prelocked) =>
        prelocked === object || (!isByName && prelocked !== null && prelocked.resv === object.resv),
    );
  }

  /** What is prelocked was named: it is one of the locked ones now. */
  protected *claim(object: ExecObject): KernelTask<number> {
    const isTracked = yield* this.track(object);
    const prelocked = this.prelocked.get();
    this.prelocked.set(null);
    if (!isTracked) yield* object.resv.release();
    const error = isTracked ? 0 : -ENOMEM;
    this.commit(isTracked ? 'claim' : 'claim.failed', error);
    yield* prelocked?.put() ?? nothing();
    return error;
  }

  /** Nobody has named it: it was of an older list. @kernel drm_exec_drop_prelocked @rule EXEC-003 */
  protected *dropPrelocked(): KernelTask<void> {
    const object = this.prelocked.get();
    if (object === null) return;
    this.prelocked.set(null);
    yield* object.resv.release();
    this.commit('drop');
    yield* object.put();
  }

  /** False without memory for a longer list. @kernel drm_exec_obj_locked */
  protected *track(object: ExecObject): KernelTask<boolean> {
    if (this.objects.length === this.room.get()) {
      if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return false;
      this.room.change((room) => room + ROOM_STEP);
    }
    yield* object.get();
    this.objects.push(object);
    return true;
  }

  /** Gives one back that was named. @kernel drm_exec_unlock_obj @rule EXEC-006 */
  *unlockObj(object: ExecObject): KernelTask<void> {
    const at = this.objects.copy().lastIndexOf(object);
    if (at < 0) return;
    this.objects.remove(object);
    yield* object.resv.release();
    this.commit('remove', null, at);
    yield* object.put();
  }

  /**
   * Locks an object and makes room for `count` fences in its reservation.
   *
   * @kernel drm_exec_prepare_obj
   * @rule EXEC-005
   * @rule EXEC-006
   */
  *prepareObj(object: ExecObject, count: number): KernelTask<number> {
    const error = yield* this.lockObj(object);
    if (error !== 0) return error;
    const full = yield* object.resv.reserveFences(count);
    if (full !== 0) yield* this.unlockObj(object);
    return full;
  }

  /**
   * The same for several. Also without any the one that was in the way is waited for.
   *
   * @kernel drm_exec_prepare_array
   * @rule EXEC-008
   */
  *prepareArray(objects: readonly ExecObject[], count: number): KernelTask<number> {
    const waited = yield* this.lockContended();
    if (waited !== 0) return waited;
    for (const object of objects) {
      const error = yield* this.prepareObj(object, count);
      if (error !== 0) return error;
    }
    return 0;
  }

  /** The last one first. @kernel drm_exec_unlock_all @rule EXEC-001 */
  protected *unlockAll(): KernelTask<void> {
    for (const object of this.objects.copy().toReversed()) {
      this.objects.remove(object);
      yield* object.resv.release();
      this.commit('unlock', null, this.objects.length);
      yield* object.put();
    }
    yield* this.dropPrelocked();
  }

  /** @kernel drm_exec_fini @rule EXEC-010 */
  *fini(): KernelTask<void> {
    const { ticket, world } = this;
    yield* this.unlockAll();
    const contended = this.contended.get();
    this.contended.set(null);
    yield* contended?.put() ?? nothing();
    const isOpened = this.phase.ask((phase) => phase !== 'ready');
    this.phase.set('ended');
    this.commit('fini');
    if (isOpened) ticket.fini();
    else world.memory.free(ticket);
    world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('ticket', this.ticket);
    visit('objects', this.objects.value);
    visit('contended', this.contended.value);
    visit('prelocked', this.prelocked.value);
    visit('phase', this.phase.value);
    visit('room', this.room.value);
  }

  override abstract(): AbstractState {
    return {
      state: this.phase.value,
      context: {
        locked: this.objects.value.length,
        contended: this.contended.value !== null,
        prelocked: this.prelocked.value !== null,
      },
    };
  }
}

function* nothing(): KernelTask<void> {}
