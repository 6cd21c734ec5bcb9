import { Access, type Gate, type KernelTask } from './access.ts';
import type { HeldLock, LockClass } from './lockdep.ts';
import type { KernelObject } from './object.ts';
import type { BufferedWord } from './store-buffer.ts';
import type { Task } from './task.ts';
import type { World } from './world.ts';

/** The saved interrupt flag of `spin_lock_irqsave`: were interrupts on? */
export type IrqFlags = boolean;

/**
 * A spinlock. Waiting for it is a blocking access, not a loop. A release joins the step before
 * it: nobody can act on a held lock. With store buffers a release never passes a store before it:
 * until it lands, the lock looks taken, but to its own processor.
 *
 * @kernel spinlock_t
 */
export class SpinLock implements Gate, HeldLock, BufferedWord<null> {
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
    this.taken = new Access('lock', 'acquire', place, field, 'spin_lock', this);
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

  ready(task: Task): boolean {
    return !this.looksTakenTo(task);
  }

  /** @kernel spin_lock */
  *acquire(): KernelTask<void> {
    this.world.lockdep.attempt(this, false);
    if (this.world.stops(this.taken)) yield this.taken;
    this.take();
  }

  /** @kernel spin_unlock */
  release(): void {
    this.drop();
  }

  /** @kernel spin_lock_irqsave */
  *acquireIrqsave(): KernelTask<IrqFlags> {
    this.world.lockdep.attempt(this, true);
    if (this.world.stops(this.taken)) yield this.taken;
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
    if (this.world.stops(this.taken)) yield this.taken;
    this.world.current.cpu.irqsEnabled = false;
    this.take();
  }

  /** Turns interrupts on whatever they were before. @kernel spin_unlock_irq */
  releaseIrq(): void {
    this.drop();
    this.enableIrqs();
  }

  get isHeld(): boolean {
    const { current } = this.world;
    return this.owner === current && this.looksTakenTo(current);
  }

  /** What the word says to the task that runs. @kernel spin_is_locked */
  get isLocked(): boolean {
    return this.looksTakenTo(this.world.current);
  }

  private looksTakenTo(task: Task): boolean {
    if (this.owner === null) return false;
    return !this.world.hasBuffers || task.cpu.buffer?.holds(this) !== true;
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
    this.owner = task;
    task.held.push(this);
    task.preemptCount += 1;
    if (task.context === 'process') task.cpu.pinned = task;
  }

  private drop(): void {
    const world = this.world;
    const task = world.current;
    const buffer = world.ownBuffer;
    if (!this.isHeld) {
      // Of freed memory that is the worse thing to say.
      world.memory.unlocks(this.place, this.field);
      world.fault('lock-misuse', `${task.name} releases ${this.label}, which it does not hold`);
    }
    if (buffer === null || buffer.isEmpty) this.land();
    else buffer.store(this, null, 'release');
    // Locks are mostly released in reverse order.
    if (task.held.at(-1) === this) task.held.pop();
    else task.held.splice(task.held.lastIndexOf(this), 1);
    task.preemptCount -= 1;
    if (task.context === 'process' && task.preemptCount === 0) task.cpu.pinned = null;
  }

  land(): void {
    this.world.memory.unlocks(this.place, this.field);
    this.owner = null;
  }

  private enableIrqs(): void {
    const task = this.world.current;
    task.cpu.irqsEnabled = true;
    // Until it ends, no other interrupt may come on top of it.
    this.world.lockdep.warnOn(task.context === 'hardirq', 'a hard interrupt enables interrupts');
    if (task.held.length > 0) this.world.lockdep.irqsOn(task);
  }
}
