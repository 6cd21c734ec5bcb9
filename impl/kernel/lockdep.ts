import type { KernelObject } from './object.ts';
import type { StateKey } from './state-key.ts';
import type { Task } from './task.ts';
import type { World } from './world.ts';

/** A lock as the validator sees it. */
export interface HeldLock {
  readonly lockClass: LockClass;
  readonly label: string;
}

/** All locks that are initialised at one place of the code share one class. */
export class LockClass {
  readonly name: string;
  /** Classes that were taken while this one was held. */
  readonly after: LockClass[] = [];
  usedInHardirq = false;
  usedInSoftirq = false;
  /** Held at some time with hard interrupts enabled: an interrupt may find it taken. */
  heldWithIrqs = false;
  /** Held at some time by a task with interrupts enabled: a soft one may find it taken. */
  heldWithSoftirqs = false;

  constructor(name: string) {
    this.name = name;
  }
}

/** An interrupt takes the first lock, and one of the same kind may find the second one taken. */
function isInconsistent(safe: LockClass, unsafe: LockClass): boolean {
  if (safe.usedInHardirq && unsafe.heldWithIrqs) return true;
  return safe.usedInSoftirq && unsafe.heldWithSoftirqs;
}

/**
 * Lock proving: a graph of lock classes that is checked at every acquisition, so that an
 * inversion is found without the deadlock happening. It falls silent after its first report.
 */
export class Lockdep {
  private readonly world: World;
  /** Few enough to be searched: a world is made for every run. */
  private readonly classes: LockClass[] = [];
  private silent = false;
  /** Some interrupt has taken some lock; without that no lock is unsafe. */
  private isUsedInInterrupts = false;

  /** It has reported something, and looks no further. @kernel debug_locks */
  get isSilent(): boolean {
    return this.silent;
  }

  constructor(world: World) {
    this.world = world;
  }

  /** What it has seen so far: a later acquisition may complete a cycle. */
  visitState(key: StateKey): void {
    key.part();
    key.add(this.silent);
    for (const lockClass of this.classes) {
      key.part();
      key.add(lockClass.name);
      key.add(lockClass.usedInHardirq);
      key.add(lockClass.usedInSoftirq);
      key.add(lockClass.heldWithIrqs);
      key.add(lockClass.heldWithSoftirqs);
      for (const next of lockClass.after) {
        key.part();
        key.add(lockClass.name);
        key.add(next.name);
      }
    }
  }

  classOf(name: string): LockClass {
    for (const known of this.classes) if (known.name === name) return known;
    const lockClass = new LockClass(name);
    this.classes.push(lockClass);
    return lockClass;
  }

  /**
   * The task is about to take `lock`. `irqsOff`: with interrupts disabled on its CPU. Who holds
   * `nest` may take several locks of one class. What is only tried for cannot close a cycle: it
   * does not come here, and locks that are taken while it is held come behind it all the same.
   */
  attempt(lock: HeldLock, irqsOff: boolean, nest: HeldLock | null = null): void {
    if (this.silent) return;
    const task = this.world.current;
    const next = lock.lockClass;
    if (nest !== null && !task.held.includes(nest)) {
      this.report(`nested lock not held: ${task.name} takes ${lock.label} under ${nest.label}`);
      return;
    }
    const nesting = this.nesting(task, lock, nest);
    if (nesting === 'recursive') return;
    // Who nests holds a lock of this class already: the order is known from the first one.
    if (nesting === 'first') {
      for (const { lockClass } of task.held) {
        if (!lockClass.after.includes(next)) this.addEdge(lockClass, next);
      }
    }
    this.use(next, task, irqsOff);
  }

  /** Each of these classes may be taken under those in front of it, as if that had been seen. */
  teach(chain: readonly LockClass[]): void {
    for (const [at, next] of chain.entries()) {
      for (const outer of chain.slice(0, at)) {
        if (!outer.after.includes(next)) this.addEdge(outer, next);
      }
    }
  }

  /** `nested`: the task holds a lock of this class, and before that it took the nest lock. */
  private nesting(
    task: Task,
    lock: HeldLock,
    nest: HeldLock | null,
  ): 'first' | 'nested' | 'recursive' {
    let isNested = false;
    for (const held of task.held) {
      if (held === nest) isNested = true;
      if (held.lockClass !== lock.lockClass) continue;
      if (isNested) return 'nested';
      this.report(
        `possible recursive locking: ${task.name} holds ${held.label} and takes ${lock.label}`,
      );
      return 'recursive';
    }
    return 'first';
  }

  /** Gives a lock back. Who does not hold it is reported. @kernel lock_release */
  release(lock: HeldLock, task: Task): void {
    const { held } = task;
    // Locks are mostly released in reverse order.
    if (held.at(-1) === lock) held.pop();
    else if (held.includes(lock)) held.splice(held.lastIndexOf(lock), 1);
    else this.warnOn(true, `bad unlock balance: ${task.name} does not hold ${lock.label}`);
  }

  /**
   * A check of kernels that debug their locks. It is the last thing that they say about locks: one
   * mistake makes others. @kernel DEBUG_LOCKS_WARN_ON
   */
  warnOn(condition: boolean, message: string, object: KernelObject | null = null): void {
    if (!condition || this.silent || !this.world.build.lockProving) return;
    this.silent = true;
    this.world.complain('lock-misuse', message, object);
  }

  /** Interrupts are enabled on the task's CPU: everything it holds is now open to them. */
  irqsOn(task: Task): void {
    if (this.silent) return;
    for (const { lockClass } of task.held) {
      if (this.open(lockClass, task)) this.checkUse(lockClass);
    }
  }

  /** Notes that interrupts may find the lock taken; true when that is new. */
  private open(lockClass: LockClass, task: Task): boolean {
    const isTask = task.context === 'process';
    if (lockClass.heldWithIrqs && (lockClass.heldWithSoftirqs || !isTask)) return false;
    lockClass.heldWithIrqs = true;
    if (isTask) lockClass.heldWithSoftirqs = true;
    return true;
  }

  /** A task ends, or returns to user space: its processor must be as it got it. */
  checkLeft(task: Task): void {
    const left = task.leftBehind;
    if (left !== null) this.world.complain('lock-misuse', `${task.name} ended ${left}`);
  }

  private use(lockClass: LockClass, task: Task, irqsOff: boolean): void {
    let changed = false;
    if (task.context === 'hardirq' && !lockClass.usedInHardirq) {
      lockClass.usedInHardirq = true;
      this.isUsedInInterrupts = true;
      changed = true;
    }
    if (task.context === 'softirq' && !lockClass.usedInSoftirq) {
      lockClass.usedInSoftirq = true;
      this.isUsedInInterrupts = true;
      changed = true;
    }
    if (!irqsOff && task.cpu.irqsEnabled && this.open(lockClass, task)) changed = true;
    if (changed) this.checkUse(lockClass);
  }

  private checkUse(lockClass: LockClass): void {
    if (isInconsistent(lockClass, lockClass)) {
      const kind = lockClass.usedInHardirq && lockClass.heldWithIrqs ? 'hard' : 'soft';
      this.report(
        `inconsistent lock state: ${lockClass.name} is taken in ${kind} interrupts, ` +
          'and also with interrupts enabled',
      );
      return;
    }
    this.checkInterruptSafety();
  }

  private addEdge(previous: LockClass, next: LockClass): void {
    previous.after.push(next);
    const chain = this.path(next, previous);
    if (chain !== null) {
      const names = [previous, ...chain].map((lockClass) => lockClass.name);
      this.report(`possible circular locking dependency: ${names.join(' -> ')}`);
      return;
    }
    this.checkInterruptSafety();
  }

  /** An interrupt-safe lock must not lead to one that an interrupt may find taken. */
  private checkInterruptSafety(): void {
    if (!this.isUsedInInterrupts) return;
    for (const safe of this.classes) {
      if (!safe.usedInHardirq && !safe.usedInSoftirq) continue;
      for (const unsafe of this.classes) {
        if (unsafe === safe || !isInconsistent(safe, unsafe)) continue;
        if (this.path(safe, unsafe) === null) continue;
        const kind = safe.usedInHardirq && unsafe.heldWithIrqs ? 'hardirq' : 'softirq';
        this.report(`${kind}-safe ${safe.name} leads to ${kind}-unsafe ${unsafe.name}`);
        return;
      }
    }
  }

  /** A path of classes from `from` to `to`, both ends included; null when there is none. */
  private path(from: LockClass, to: LockClass): LockClass[] | null {
    const trail: LockClass[] = [];
    const seen = new Set<LockClass>();
    const visit = (at: LockClass): boolean => {
      trail.push(at);
      if (at === to) return true;
      seen.add(at);
      for (const next of at.after) if (!seen.has(next) && visit(next)) return true;
      trail.pop();
      return false;
    };
    return visit(from) ? trail : null;
  }

  private report(message: string): void {
    if (this.silent) return;
    this.silent = true;
    this.world.complain('lockdep', message);
  }
}
