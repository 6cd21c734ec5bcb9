import { Access, type KernelTask } from './access.ts';
import type { HeldLock, LockClass } from './lockdep.ts';
import { KernelObject } from './object.ts';
import { Pointer } from './pointer.ts';
import type { Task } from './task.ts';
import type { WwClass } from './ww-class.ts';
import type { WwAcquireContext } from './ww-context.ts';

/** Somebody waits: unlocking must look at the list. */
export const WAITERS = 1;
/** The first waiter was passed over: unlocking must hand the mutex on. */
export const HANDOFF = 2;
/** The mutex was handed to its owner, who has not come for it yet. */
export const PICKUP = 4;

/** What the mutex is part of: it hears when the mutex changes hands, at that very step. */
export interface WwContainer {
  readonly label: string;
  lockTaken(): void;
  /** The last thing that the holder does with what the mutex protects. */
  lockReleasing(): void;
  lockReleased(): void;
}

/** Where a mutex is, and as what. */
export interface WwField {
  readonly of: WwContainer;
  readonly name: string;
}

/** The owner word of a mutex: a task and three flags, which change at once. */
export abstract class WwOwner extends KernelObject implements HeldLock {
  readonly wwClass: WwClass;
  readonly lockClass: LockClass;
  /** Written by its owner only, read by waiters, who hold the wait lock. */
  readonly context: Pointer<WwAcquireContext>;
  private readonly at: WwField | null;
  protected owner: Task | null = null;
  protected flags = 0;
  private readonly attempt: Access;
  private readonly change: Access;
  private readonly look: Access;

  constructor(wwClass: WwClass, at: WwField | null) {
    super(wwClass.world, 'wwMutex');
    this.wwClass = wwClass;
    this.lockClass = wwClass.mutexClass;
    this.at = at;
    this.context = new Pointer<WwAcquireContext>(this, 'context');
    this.attempt = new Access('update', 'full', this, 'owner', 'try');
    this.change = new Access('update', 'full', this, 'owner', 'update');
    this.look = new Access('read', 'once', this, 'owner', 'read');
  }

  override get label(): string {
    return this.at === null ? super.label : `${this.at.of.label}.${this.at.name}`;
  }

  /** For judges and state keys; never for kernel code. Null until it was picked up. */
  get holder(): Task | null {
    this.world.looked(this, 'owner');
    return (this.flags & PICKUP) === 0 ? this.owner : null;
  }

  /** For judges and state keys; never for kernel code. Who owns it, and its flags. */
  get word(): readonly [owner: Task | null, flags: number] {
    this.world.looked(this, 'owner');
    return [this.owner, this.flags];
  }

  get isHeld(): boolean {
    return this.owner === this.world.current && (this.flags & PICKUP) === 0;
  }

  assertHeld(what: string): void {
    if (this.isHeld) return;
    this.world.complain('lock-misuse', `${what} without ${this.label}`, this);
  }

  /** @kernel ww_mutex_is_locked @rule WW-055 */
  *isLocked(): KernelTask<boolean> {
    if (this.world.stops(this.look)) yield this.look;
    this.world.memory.reads(this, 'owner', 'once');
    const isLocked = this.owner !== null;
    this.world.current.observe(isLocked ? 1 : 0);
    return isLocked;
  }

  /**
   * Takes the mutex if it is free, or was handed to the caller. One who `wantsHandOff` asks for it
   * where that fails.
   *
   * @kernel __mutex_trylock_common
   * @rule WW-005
   * @rule WW-042
   */
  protected *tryTake(context: WwAcquireContext | null, wantsHandOff = false): KernelTask<boolean> {
    if (this.world.stops(this.attempt)) yield this.attempt;
    const { world } = this;
    const { current: task, memory } = world;
    let isTaken = false;
    if (this.owner === null) {
      memory.writes(this, 'owner', 'full');
      this.owner = task;
      isTaken = true;
      if (context === null) world.emit(this, 'take.plain');
      else world.emit(this, 'take', null, context.stamp);
    } else if ((this.flags & PICKUP) !== 0) {
      if (this.owner === task) {
        memory.writes(this, 'owner', 'full');
        this.flags &= ~PICKUP;
        isTaken = true;
        world.emit(this, 'pickUp');
      }
    } else if (wantsHandOff && (this.flags & HANDOFF) === 0) {
      memory.writes(this, 'owner', 'full');
      this.flags |= HANDOFF;
      world.emit(this, 'askHandOff');
    }
    if (isTaken) this.at?.of.lockTaken();
    else memory.reads(this, 'owner', 'full');
    task.observe(isTaken ? 1 : 0);
    return isTaken;
  }

  /**
   * Gives the mutex up, unless it must be handed on.
   *
   * @kernel __mutex_unlock_slowpath
   * @rule WW-040
   * @returns what there is left to do
   */
  protected *giveUp(): KernelTask<'nothing' | 'wake' | 'hand on'> {
    if (this.world.stops(this.change)) yield this.change;
    const { world } = this;
    const { current: task } = world;
    world.barrier();
    this.checkOwner(task);
    const { flags } = this;
    task.observe(flags & (HANDOFF | WAITERS));
    if ((flags & HANDOFF) !== 0) {
      world.memory.reads(this, 'owner', 'full');
      world.emit(this, 'handOn');
      return 'hand on';
    }
    this.disown();
    return (flags & WAITERS) === 0 ? 'nothing' : 'wake';
  }

  /** @rule WW-038 */
  protected checkOwner(task: Task): void {
    const { lockdep } = this.world;
    const isMine = this.owner === task && (this.flags & PICKUP) === 0;
    lockdep.warnOn(!isMine, `${task.name} unlocks ${this.label}, which it does not own`, this);
  }

  protected disown(): void {
    // What the lock protects is put in order before the word says that it is free.
    this.at?.of.lockReleasing();
    this.world.memory.writes(this, 'owner', 'full');
    this.owner = null;
    this.world.emit(this, 'release');
    this.at?.of.lockReleased();
  }

  /** @kernel __mutex_handoff */
  protected *handTo(task: Task | null): KernelTask<void> {
    if (this.world.stops(this.change)) yield this.change;
    this.world.barrier();
    this.flags &= WAITERS;
    if (task === null) {
      this.disown();
      return;
    }
    this.at?.of.lockReleasing();
    this.world.memory.writes(this, 'owner', 'full');
    this.owner = task;
    this.flags |= PICKUP;
    this.world.emit(this, 'handOff', null, task.index);
    this.at?.of.lockReleased();
  }

  /** @kernel __mutex_set_flag */
  protected *setWaiters(): KernelTask<void> {
    if (this.world.stops(this.change)) yield this.change;
    this.world.memory.writes(this, 'owner', 'full');
    this.flags |= WAITERS;
  }

  /** @kernel __mutex_clear_flag */
  protected *clearFlags(): KernelTask<void> {
    if (this.world.stops(this.change)) yield this.change;
    this.world.memory.writes(this, 'owner', 'full');
    this.flags = 0;
    this.world.emit(this, 'unflag');
  }

  /** What the caller has stored is seen by whoever comes to wait. @kernel smp_mb @rule WW-020 */
  protected orderPublication(): void {
    this.world.barrier();
  }

  protected *hasWaiters(): KernelTask<boolean> {
    if (this.world.stops(this.look)) yield this.look;
    this.orderPublication();
    this.world.memory.reads(this, 'owner', 'once');
    const hasWaiters = (this.flags & WAITERS) !== 0;
    this.world.current.observe(hasWaiters ? 1 : 0);
    return hasWaiters;
  }

  /** @kernel __mutex_owner */
  protected *readOwner(): KernelTask<Task | null> {
    if (this.world.stops(this.look)) yield this.look;
    this.world.memory.reads(this, 'owner', 'once');
    this.world.current.observe(this.owner?.index ?? -1);
    return this.owner;
  }
}
