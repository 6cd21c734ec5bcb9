import type { HeldLock } from './lockdep.ts';
import { PseudoLock } from './pseudo-lock.ts';
import type { Task, TaskContext } from './task.ts';
import { World } from './world.ts';

/** A world for tests of lock proving: tasks that take locks, one call after the other. */
export class LockScene {
  readonly world: World = new World();
  private readonly tasks = new Map<string, Task>();
  private readonly locks = new Map<string, PseudoLock>();

  /** The lock of this name; each is of a class of its own. */
  lock(name: string): PseudoLock {
    const known = this.locks.get(name) ?? new PseudoLock(this.world, name);
    this.locks.set(name, known);
    return known;
  }

  /** Lets a task of the world run one call: interrupts run with interrupts off. */
  as(name: string, body: () => void, context: TaskContext = 'process'): void {
    const { world, tasks } = this;
    const task = tasks.get(name) ?? world.addTask(name, undefined, context);
    tasks.set(name, task);
    world.current = task;
    task.beginCall();
    task.cpu.irqsEnabled = context !== 'hardirq';
    body();
    task.cpu.irqsEnabled = true;
  }

  /** Takes these in turn, and gives them back. */
  take(...ways: readonly HeldLock[]): void {
    for (const way of ways) this.lockOf(way).enter(way);
    for (const way of ways.toReversed()) this.lockOf(way).leave(way);
  }

  withIrqsOff(body: () => void): void {
    const { cpu } = this.world.current;
    cpu.irqsEnabled = false;
    body();
    cpu.irqsEnabled = true;
  }

  /** What was reported, clause by clause: one report is all that there is. */
  get report(): readonly string[] {
    const { violations } = this.world;
    if (violations.length > 1) throw new Error('lock proving did not fall silent');
    return violations.flatMap(({ message }) => message.split('; '));
  }

  private lockOf(way: HeldLock): PseudoLock {
    const found = [...this.locks.values()].find((one) => one === way || one === way.base);
    if (found === undefined) throw new Error(`no lock for ${way.label}`);
    return found;
  }
}
