import type { Gate } from '../../impl/kernel/access.ts';
import { Task } from '../../impl/kernel/task.ts';
import type { World } from '../../impl/kernel/world.ts';
import { WwMutex } from '../../impl/kernel/ww-mutex.ts';

/** A task that could not go on. Steps count from 1. */
export interface Wait {
  readonly lane: string;
  /** What keeps it: `f.lock is held by B`. */
  readonly why: string;
  /** Who has what it waits for, if anybody has. */
  readonly holder: string | null;
  readonly from: number;
  /** The step that let it go on, or that made it wait for another one; null: none did. */
  to: number | null;
  /** Its own first step behind that; null too when it waited on, for another one. */
  next: number | null;
}

/** A lock that somebody held. */
export interface Hold {
  readonly lane: string;
  readonly name: string;
  readonly from: number;
  /** The step that let go of it; null: none did. */
  to: number | null;
}

/** Looks after each step at who holds what, and who cannot go on. */
export class WaitWatch {
  readonly waits: Wait[] = [];
  readonly holds: Hold[] = [];
  /** Those that wait at this moment, and those that were let go and have not stepped yet. */
  private readonly waiting = new Map<Task, Wait>();
  private readonly released = new Map<Task, Wait>();
  private readonly held = new Map<Task, Hold[]>();

  /** `task` has made `step`. */
  stepped(task: Task, step: number): void {
    const { world } = task;
    const ended = this.released.get(task);
    if (ended !== undefined) {
      ended.next = step;
      this.released.delete(task);
    }
    this.noteLocks(task, step);
    for (const other of world.tasks) this.noteWait(other, step);
    for (const other of world.lanes) this.noteWait(other, step);
  }

  /** Locks that were taken before the first step. */
  begin(world: World): void {
    for (const task of world.tasks) this.noteLocks(task, 0);
  }

  /** Locks are released in any order, and one can be held twice for reading. */
  private noteLocks(task: Task, step: number): void {
    const before = this.held.get(task) ?? [];
    if (before.length === 0 && task.held.length === 0) return;
    const left = [...before];
    const now = task.held.map(({ label: name }): Hold => {
      const at = left.findIndex((hold) => hold.name === name);
      const [known] = at < 0 ? [] : left.splice(at, 1);
      if (known !== undefined) return known;
      const hold: Hold = { lane: task.name, name, from: step, to: null };
      this.holds.push(hold);
      return hold;
    });
    for (const hold of left) hold.to = step;
    this.held.set(task, now);
  }

  private noteWait(task: Task, step: number): void {
    const gate = task.pending?.gate ?? null;
    const isWaiting = gate !== null && !task.isIdle && !gate.ready(task);
    const found = isWaiting ? reasonOf(task, gate) : null;
    const known = this.waiting.get(task);
    if (known !== undefined) {
      // The same wait goes on only while the same one keeps it from going on.
      if (known.why === found?.why && known.holder === found.holder) return;
      known.to = step;
      this.waiting.delete(task);
      if (found === null) this.released.set(task, known);
    }
    if (found === null) return;
    const wait: Wait = { lane: task.name, ...found, from: step, to: null, next: null };
    this.waits.push(wait);
    this.waiting.set(task, wait);
  }
}

/** What keeps a task, and who has that. */
function reasonOf(task: Task, gate: Gate): Pick<Wait, 'why' | 'holder'> {
  const mutex = mutexAwaitedBy(task);
  const holder = mutex === null ? holderOf(gate) : mutex.holder;
  const why = mutex === null ? gate.blockedBy : heldText(mutex);
  return { why, holder: holder?.name ?? null };
}

function holderOf(gate: Gate): Task | null {
  const holder: unknown = 'holder' in gate ? gate.holder : null;
  return holder instanceof Task ? holder : null;
}

/** Who waits for such a mutex sleeps, and a sleeper does not say what for. */
function mutexAwaitedBy(task: Task): WwMutex | null {
  for (const object of task.world.memory.objects) {
    if (!(object instanceof WwMutex) || object.freedBy !== null) continue;
    if (object.waiters.value.some((waiter) => waiter.task === task)) return object;
  }
  return null;
}

function heldText({ label, holder }: WwMutex): string {
  return `${label} is held by ${holder?.name ?? 'nobody'}`;
}
