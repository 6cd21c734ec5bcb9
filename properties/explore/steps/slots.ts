import type { Task } from '../../../impl/kernel/task.ts';
import type { World } from '../../../impl/kernel/world.ts';

/** Sets of tasks are bits of one number. */
export const SLOTS_MAX = 31;

/** A search that tells commuting steps apart has no numbers left for another task. */
export class TooManyTasks extends Error {
  constructor() {
    super(
      `this search has room for ${SLOTS_MAX} tasks and lanes of interrupts; ` +
        'all, bounded and the random ones have no such limit',
    );
  }
}

/** Small numbers for tasks and lanes, the same in every run of a search. */
export class Slots {
  private readonly slots = new Map<number, number>();
  private readonly hosts = new Set<number>();
  private lanes = 0;
  /** Two of them share a processor: they take turns there. */
  isShared = false;

  /** Numbers the tasks of a world that has just started. */
  begin(world: World): void {
    this.lanes = 0;
    for (const task of world.tasks) if (task !== world.boot) this.of(task);
    this.look(world);
  }

  /** Numbers the lanes that have come up since then. */
  look(world: World): void {
    if (world.lanes.length === this.lanes) return;
    this.lanes = world.lanes.length;
    for (const lane of world.lanes) this.of(lane);
  }

  /** Tasks that wait for something: whether their processor lets them run cannot be told. */
  waiting(world: World): number {
    let waiting = 0;
    for (const task of world.tasks) waiting |= this.waitingBit(task);
    for (const lane of world.lanes) waiting |= this.waitingBit(lane);
    return waiting;
  }

  private waitingBit(task: Task): number {
    const gate = task.pending?.gate ?? null;
    return gate === null || gate.ready(task) ? 0 : 1 << this.of(task);
  }

  of(task: Task): number {
    let slot = this.slots.get(task.index);
    if (slot === undefined) {
      slot = this.slots.size;
      if (slot >= SLOTS_MAX) throw new TooManyTasks();
      this.slots.set(task.index, slot);
      if (this.hosts.has(task.cpu.index)) this.isShared = true;
      this.hosts.add(task.cpu.index);
    }
    return slot;
  }
}
