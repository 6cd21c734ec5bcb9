import { Access, type Gate, type KernelTask } from './access.ts';
import type { HeldLock, LockClass } from './lockdep.ts';
import type { KernelObject } from './object.ts';
import type { Task } from './task.ts';
import type { World } from './world.ts';

/** A sleeping lock. Taking it is illegal in atomic context. @kernel struct mutex */
export class Mutex implements Gate, HeldLock {
  readonly world: World;
  readonly place: KernelObject;
  readonly field: string;
  readonly lockClass: LockClass;
  private owner: Task | null = null;
  private readonly taken: Access;

  constructor(place: KernelObject, field: string, className: string) {
    this.world = place.world;
    this.place = place;
    this.field = field;
    this.lockClass = this.world.lockdep.classOf(className);
    this.taken = new Access('lock', 'acquire', place, field, 'mutex_lock', this);
  }

  /** For judges and state keys; never for kernel code. */
  get holder(): Task | null {
    this.world.looked(this.place, this.field);
    return this.owner;
  }

  get label(): string {
    return `${this.place.label}.${this.field}`;
  }

  get blockedBy(): string {
    return `${this.label} is held by ${this.owner?.name ?? 'nobody'}`;
  }

  ready(): boolean {
    return this.owner === null;
  }

  /** @kernel mutex_lock */
  *acquire(): KernelTask<void> {
    const world = this.world;
    world.memory.mightSleep('mutex_lock', this);
    world.lockdep.attempt(this, false);
    if (world.stops(this.taken)) yield this.taken;
    world.memory.locks(this.place, this.field);
    this.owner = world.current;
    world.current.held.push(this);
  }

  /** @kernel mutex_unlock */
  release(): void {
    const task = this.world.current;
    // The owner word is given back by an atomic operation.
    this.world.barrier();
    this.world.memory.unlocks(this.place, this.field);
    if (this.owner !== task) {
      this.world.fault(
        'lock-misuse',
        `${task.name} releases ${this.label}, which it does not hold`,
      );
    }
    this.owner = null;
    // Locks are mostly released in reverse order.
    if (task.held.at(-1) === this) task.held.pop();
    else task.held.splice(task.held.lastIndexOf(this), 1);
  }

  get isHeld(): boolean {
    return this.owner === this.world.current;
  }

  assertHeld(what: string): void {
    if (this.isHeld) return;
    this.world.complain('lock-misuse', `${what} without ${this.label}`, this.place);
  }
}
