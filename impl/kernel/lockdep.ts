import {
  baseOf,
  type HeldLock,
  LockClass,
  type LockEdge,
  type LockPlace,
} from './lockdep-class.ts';
import { LockGraph } from './lockdep-graph.ts';
import {
  badOrderText,
  type BadOrder,
  circularText,
  inconsistentText,
  inversionText,
  nestText,
  recursiveText,
} from './lockdep-text.ts';
import {
  bitOf,
  conflict,
  isUsedInside,
  USAGE_BITS,
  usageInside,
  usageOpen,
} from './lockdep-usage.ts';
import type { KernelObject } from './object.ts';
import type { StateKey } from './state-key.ts';
import type { Task } from './task.ts';
import type { World } from './world.ts';

export type { HeldLock, LockClass } from './lockdep-class.ts';

/**
 * Lock proving: a graph of lock classes that is checked at every acquisition, so that an
 * inversion is found without the deadlock happening. It falls silent after its first report.
 */
export class Lockdep {
  private readonly world: World;
  /** Few enough to be searched: a world is made for every run. */
  private readonly classes: LockClass[] = [];
  private readonly graph = new LockGraph();
  private silent = false;
  private lesson: (() => void) | null = null;
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
    for (const lockClass of this.classes) lockClass.visitState(key);
  }

  classOf(name: string): LockClass {
    for (const known of this.classes) if (known.name === name) return known;
    const lockClass = new LockClass(name);
    this.classes.push(lockClass);
    return lockClass;
  }

  /**
   * The task is about to take `lock`. `irqsOff`: with interrupts disabled on its CPU. Who holds
   * `nest` may take several locks of one class. What was only tried for comes to `tried` instead.
   *
   * @kernel lock_acquire
   */
  attempt(lock: HeldLock, irqsOff: boolean, nest: HeldLock | null = null): void {
    if (this.silent) return;
    const task = this.world.current;
    this.use(lock, task, irqsOff);
    if (task.held.length === 0 && nest === null) return;
    if (nest !== null && !task.held.includes(nest)) {
      this.report(nestText(task, lock, nest));
    } else if (lock.how?.isTried !== true && this.mayNest(task, lock, nest)) {
      this.follow(task, lock);
    }
  }

  /**
   * The task has got a lock without waiting. That cannot close a cycle, and locks that are taken
   * while it is held come behind it all the same. @kernel lock_acquire with trylock
   */
  tried(lock: HeldLock, irqsOff: boolean): void {
    if (!this.silent) this.use(lock, this.world.current, irqsOff);
  }

  /**
   * What the kernel tells the validator when it boots. It is told with the first dependency that is
   * looked at: most worlds are too small to need it.
   */
  teachAtBoot(lesson: () => void): void {
    this.lesson = lesson;
  }

  /** Each of these may be taken under the one in front of it, as if that had been seen. */
  teach(chain: readonly HeldLock[]): void {
    for (const [at, next] of chain.entries()) {
      const outer = chain[at - 1];
      if (outer !== undefined) this.graph.add(outer, next, null);
    }
  }

  /**
   * A task that holds a lock of this class waits for itself, unless both are shared and nobody
   * waits in between, or the nest lock that was taken before keeps others out. Then the order is
   * known from the first lock of the class. False: there is nothing more to learn.
   *
   * @kernel check_deadlock
   */
  private mayNest(task: Task, lock: HeldLock, nest: HeldLock | null): boolean {
    let isNested = false;
    for (const held of task.held) {
      if (held === nest) isNested = true;
      if (held.lockClass !== lock.lockClass) continue;
      if (lock.how?.isRecursive === true && held.how?.isShared === true) continue;
      if (!isNested) this.report(recursiveText(task, lock, held));
      return false;
    }
    return true;
  }

  /**
   * The lock comes behind what was taken last; what was taken before leads there already, but for
   * locks that were only tried for. @kernel check_prevs_add
   */
  private follow(task: Task, lock: HeldLock): void {
    const { held } = task;
    for (let at = held.length - 1; at >= 0; at -= 1) {
      const outer = held[at];
      if (outer === undefined) return;
      if (!this.graph.knows(outer, lock)) this.addEdge(task, outer, lock);
      if (this.silent || outer.how?.isTried !== true) return;
    }
  }

  /** Gives a lock back. Who does not hold it is reported. @kernel lock_release */
  release(lock: HeldLock, task: Task): void {
    const { held } = task;
    // Locks are mostly released in reverse order.
    if (held.at(-1) === lock) {
      held.pop();
      return;
    }
    const base = baseOf(lock);
    const at = held.findLastIndex((entry) => entry === lock || baseOf(entry) === base);
    if (at >= 0) held.splice(at, 1);
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
    for (const lock of task.held) this.note(lock, task, usageOpen(lock, task));
  }

  /** A task ends: its processor must be as it got it. */
  checkLeft(task: Task): void {
    const left = task.leftBehind;
    if (left !== null) this.world.complain('lock-misuse', `${task.name} ended ${left}`);
  }

  /** A call comes back. Who is about to sleep then does so on the way out, and nobody wakes it. */
  checkReturned(task: Task): void {
    if (!task.isAboutToSleep) return;
    this.world.complain('lock-misuse', `${task.name} comes back in the state of a sleeper`);
  }

  private use(lock: HeldLock, task: Task, irqsOff: boolean): void {
    const open = !irqsOff && task.cpu.irqsEnabled ? usageOpen(lock, task) : 0;
    const inside = task.context === 'process' ? 0 : usageInside(lock, task);
    if (((open | inside) & ~lock.lockClass.usage) !== 0) this.note(lock, task, open | inside);
  }

  /** Notes that the class is used in these ways, and looks at what is new about that. */
  private note(lock: HeldLock, task: Task, usage: number): void {
    const { lockClass } = lock;
    const isNew = usage & ~lockClass.usage;
    if (isNew === 0) return;
    lockClass.usage |= usage;
    const place = this.place(task, lock, null);
    const { usedAt } = lockClass;
    lockClass.usedAt = USAGE_BITS.map((bit) => (((isNew >> bit) & 1) === 0 ? usedAt[bit] : place));
    if (isUsedInside(isNew)) this.isUsedInInterrupts = true;
    if (this.isUsedInInterrupts) this.checkUse(lock, task, isNew);
  }

  /** @kernel mark_lock_irq */
  private checkUse(lock: HeldLock, task: Task, isNew: number): void {
    const { lockClass } = lock;
    const { usage } = lockClass;
    const kind = conflict(usage, usage);
    if (kind === null) {
      const order = this.badOrder(lockClass, lockClass);
      if (order !== null) this.report(inversionText(task, lock, order));
      return;
    }
    const inside = bitOf(usage, kind, 'inside');
    const open = bitOf(usage, kind, 'open');
    const isInsideNew = ((isNew >> inside) & 1) !== 0;
    this.report(inconsistentText(lockClass, kind, isInsideNew ? [open, inside] : [inside, open]));
  }

  private addEdge(task: Task, outer: HeldLock, next: HeldLock): void {
    if (this.lesson !== null) {
      this.learn();
      if (this.graph.knows(outer, next)) return;
    }
    const way = this.graph.cycle(next, outer);
    if (way !== null) {
      this.report(circularText(task, next, outer, way));
      return;
    }
    this.graph.add(outer, next, this.place(task, next, outer));
    if (!this.isUsedInInterrupts) return;
    const order = this.badOrder(outer.lockClass, next.lockClass);
    if (order !== null) this.report(badOrderText(task, next, outer, order));
  }

  private learn(): void {
    const { lesson } = this;
    this.lesson = null;
    lesson?.();
  }

  /**
   * An interrupt-safe class that leads to `first`, and one that an interrupt may find taken behind
   * `last`. @kernel check_irq_usage
   */
  private badOrder(first: LockClass, last: LockClass): BadOrder | null {
    if (this.lesson !== null) this.learn();
    const safeUsage = this.graph.usageFrom(first, 'before');
    if (conflict(safeUsage, this.graph.usageFrom(last, 'after')) === null) return null;
    for (const safe of this.classes) {
      if (!isUsedInside(safe.usage)) continue;
      for (const unsafe of this.classes) {
        const kind = conflict(safe.usage, unsafe.usage);
        if (kind === null || safe === unsafe) continue;
        const way = this.graph.path(safe, unsafe);
        if (way !== null) return this.orderOf(safe, unsafe, kind, way);
      }
    }
    return null;
  }

  private orderOf(
    safe: LockClass,
    unsafe: LockClass,
    kind: 'hard' | 'soft',
    way: readonly LockEdge[],
  ): BadOrder {
    const safeBit = bitOf(safe.usage, kind, 'inside');
    return { safe, safeBit, unsafe, unsafeBit: bitOf(unsafe.usage, kind, 'open'), way };
  }

  private place(task: Task, lock: HeldLock, under: HeldLock | null): LockPlace {
    return { task, call: task.call, lock, under };
  }

  private report(message: string): void {
    if (this.silent) return;
    this.silent = true;
    this.world.complain('lockdep', message);
  }
}
