import { Access, type Gate, type KernelTask } from './access.ts';
import type { HeldLock, LockClass } from './lockdep.ts';
import type { KernelObject } from './object.ts';
import type { Task } from './task.ts';
import type { World } from './world.ts';

/** The saved interrupt flag of `spin_lock_irqsave`: were interrupts on? */
export type IrqFlags = boolean;

/**
 * A spinlock. Waiting for it is a blocking access, not a loop. A release joins the step before
 * it: nobody can act on a held lock.
 *
 * @kernel spinlock_t
 */
export class SpinLock implements Gate, HeldLock {
  readonly world: World;
  readonly place: KernelObject;
  readonly field: string;
  readonly lockClass: LockClass;
  holder: Task | null = null;
  private readonly taken: Access;

  constructor(place: KernelObject, field: string, className: string) {
    this.world = place.world;
    this.place = place;
    this.field = field;
    this.lockClass = this.world.lockdep.classOf(className);
    this.taken = new Access('lock', 'acquire', place, field, 'spin_lock', this);
  }

  get label(): string {
    return `${this.place.label}.${this.field}`;
  }

  get blockedBy(): string {
    return `${this.label} is held by ${this.holder?.name ?? 'nobody'}`;
  }

  ready(): boolean {
    return this.holder === null;
  }

  /** @kernel spin_lock */
  *acquire(): KernelTask<void> {
    this.world.lockdep.attempt(this, false);
    yield this.taken;
    this.take();
  }

  /** @kernel spin_unlock */
  release(): void {
    this.drop();
  }

  /** @kernel spin_lock_irqsave */
  *acquireIrqsave(): KernelTask<IrqFlags> {
    this.world.lockdep.attempt(this, true);
    yield this.taken;
    const cpu = this.world.current.cpu;
    const flags = cpu.irqsEnabled;
    cpu.irqsEnabled = false;
    this.take();
    return flags;
  }

  /** @kernel spin_unlock_irqrestore */
  releaseIrqrestore(flags: IrqFlags): void {
    this.drop();
    if (flags) this.enableIrqs();
  }

  /** @kernel spin_lock_irq */
  *acquireIrq(): KernelTask<void> {
    this.world.lockdep.attempt(this, true);
    yield this.taken;
    this.world.current.cpu.irqsEnabled = false;
    this.take();
  }

  /** Turns interrupts on whatever they were before. @kernel spin_unlock_irq */
  releaseIrq(): void {
    this.drop();
    this.enableIrqs();
  }

  get isHeld(): boolean {
    return this.holder === this.world.current;
  }

  /** Plain code that needs the lock says so first. @kernel lockdep_assert_held */
  assertHeld(what: string): void {
    if (this.isHeld) return;
    this.world.complain('lock-misuse', `${what} without ${this.label}`, this.place);
  }

  private take(): void {
    const world = this.world;
    const task = world.current;
    world.memory.locks(this.place, this.field);
    this.holder = task;
    task.held.push(this);
    task.preemptCount += 1;
    if (task.context === 'process') task.cpu.pinned = task;
  }

  private drop(): void {
    const world = this.world;
    const task = world.current;
    world.memory.unlocks(this.place, this.field);
    if (this.holder !== task) {
      world.fault('lock-misuse', `${task.name} releases ${this.label}, which it does not hold`);
    }
    this.holder = null;
    // Locks are mostly released in reverse order.
    if (task.held.at(-1) === this) task.held.pop();
    else task.held.splice(task.held.lastIndexOf(this), 1);
    task.preemptCount -= 1;
    if (task.context === 'process' && task.preemptCount === 0) task.cpu.pinned = null;
  }

  private enableIrqs(): void {
    const task = this.world.current;
    task.cpu.irqsEnabled = true;
    if (task.held.length > 0) this.world.lockdep.irqsOn(task);
  }
}
