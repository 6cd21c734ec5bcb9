import type { Place } from './access.ts';
import type { KernelObject } from './object.ts';
import type { StateKey } from './state-key.ts';
import type { Task } from './task.ts';
import type { World } from './world.ts';

interface Deferred {
  readonly object: KernelObject;
  /** Readers that were inside a read section when the free was asked for. */
  readonly readers: Task[];
}

/**
 * Read-copy-update: frees wait until every reader of that moment has left. Memory goes back at
 * the first moment at which it may, since that is the hardest on its users.
 */
export class Rcu {
  private readonly world: World;
  private readonly readers: Task[] = [];
  private deferred: Deferred[] = [];
  private readonly place: Place = { label: 'rcu' };

  constructor(world: World) {
    this.world = world;
  }

  /** @kernel rcu_read_lock */
  readLock(): void {
    const task = this.world.current;
    this.world.touch(this.place, 'readers', 'read', 'once');
    task.rcuDepth += 1;
    // Its last section may not have come to its end for everybody: it still counts.
    if (!this.readers.includes(task)) this.readers.push(task);
  }

  /** @kernel rcu_read_unlock */
  readUnlock(): void {
    const task = this.world.current;
    task.rcuDepth -= 1;
    if (task.rcuDepth > 0) return;
    if (task.rcuDepth < 0) this.world.fault('lock-misuse', 'rcu_read_unlock without a lock');
    const buffer = this.world.ownBuffer;
    // A grace period waits for what its readers have stored, too.
    if (buffer === null) this.leave(task);
    else buffer.after('rcu_read_unlock', () => this.leave(task));
  }

  get isReading(): boolean {
    return this.world.current.rcuDepth > 0;
  }

  /** Objects whose free waits for a grace period. */
  get waiting(): readonly KernelObject[] {
    return this.deferred.map((entry) => entry.object);
  }

  /** Frees `object` after a grace period. @kernel kfree_rcu */
  free(object: KernelObject): void {
    if (this.deferred.some((entry) => entry.object === object)) {
      this.world.fault('double-free', `${object.label} is freed twice in a grace period`, object);
    }
    const buffer = this.world.ownBuffer;
    // Readers that begin before the stores until now have landed can still find it.
    if (buffer === null) this.beginGracePeriod(object);
    else buffer.after(object, () => this.beginGracePeriod(object));
  }

  private beginGracePeriod(object: KernelObject): void {
    // It comes behind every section that has ended by now.
    this.world.touch(this.place, 'readers', 'write', 'full');
    if (this.readers.length === 0) this.world.memory.free(object);
    else this.deferred.push({ object, readers: [...this.readers] });
  }

  visitState(key: StateKey): void {
    for (const { object, readers } of this.deferred) {
      key.part();
      key.add('grace period');
      key.add(object);
      for (const task of this.world.tasks) if (readers.includes(task)) key.add(task.index);
      for (const lane of this.world.lanes) if (readers.includes(lane)) key.add(lane.index);
    }
  }

  private leave(task: Task): void {
    if (task.rcuDepth > 0) return;
    remove(this.readers, task);
    const isQuiet = this.deferred.length === 0;
    if (isQuiet) {
      // Nobody waits for it; a grace period that begins later comes behind it all the same.
      this.world.touch(this.place, 'readers', 'read', 'release');
      return;
    }
    this.world.touch(this.place, 'readers', 'write', 'full');
    const waiting: Deferred[] = [];
    for (const entry of this.deferred) {
      remove(entry.readers, task);
      if (entry.readers.length === 0) this.world.memory.free(entry.object);
      else waiting.push(entry);
    }
    this.deferred = waiting;
  }
}

function remove(readers: Task[], task: Task): void {
  const at = readers.indexOf(task);
  if (at >= 0) readers.splice(at, 1);
}
