import type { Trace, TraceStep } from '../trace.ts';

/** One step happened before another one of another task, and something made it so. */
export interface Order {
  /** Steps count from 1. */
  readonly from: number;
  readonly to: number;
  readonly by: 'wake-up' | 'lock' | 'word';
}

/** Locks are taken in these words. */
const TAKES = /^(?:spin_lock|mutex_lock) (.+)$/;
/** Who does one of these knows what those knew who did one before, to the same word. */
const FULL = /^(?:set|update|dec|inc unless zero|change|try|queue|cancel|begin) (.+)$/;
const PUBLISHES = /^publish (.+)$/;
const READS = /^read (.+)$/;
const WRITES = /^write (.+)$/;
const WAKES = /^wake (.+)\.state$/;
const FREE = 'free';

/**
 * What orders the steps of different tasks, as far as a trace names it: locks that go from one to
 * the next, wake-ups, atomic operations on one word, and pointers that are published and read. That
 * is less than the judge of data races knows, so what looks unordered here may be ordered.
 */
export function ordersOf(trace: Trace): readonly Order[] {
  const orders = new Orders(trace.steps);
  for (const [index, step] of trace.steps.entries()) orders.take(index + 1, step);
  return orders.found;
}

class Orders {
  readonly found: Order[] = [];
  private readonly steps: readonly TraceStep[];
  /** By lock: the step behind which it was free again. */
  private readonly releases = new Map<string, number>();
  /** By word: the last step that said all that its task knew. */
  private readonly words = new Map<string, number>();
  private readonly published = new Map<string, number>();
  /** By task: the last step that woke it, until it goes on. */
  private readonly wakes = new Map<string, number>();
  /** By task: the locks that it holds under the name that it took them by, with their fields. */
  private readonly held = new Map<string, Map<string, readonly string[]>>();

  constructor(steps: readonly TraceStep[]) {
    this.steps = steps;
  }

  take(number: number, step: TraceStep): void {
    this.lock(number, step);
    this.word(number, step);
    const woken = WAKES.exec(step.access)?.[1];
    if (woken !== undefined) this.wakes.set(woken, number);
    if (step.access === `schedule ${step.task}`) {
      this.order(this.wakes.get(step.task), number, 'wake-up');
      this.wakes.delete(step.task);
    }
  }

  private lock(number: number, { task, access, changes }: TraceStep): void {
    const held = this.held.get(task) ?? new Map<string, readonly string[]>();
    this.held.set(task, held);
    const lock = TAKES.exec(access)?.[1];
    if (lock !== undefined) {
      const fields = changes.filter(({ from }) => from === FREE).map(({ field }) => field);
      for (const one of [lock, ...fields]) this.order(this.releases.get(one), number, 'lock');
      held.set(lock, fields);
    }
    const freed = new Set(changes.filter(({ to }) => to === FREE).map(({ field }) => field));
    for (const one of freed) this.releases.set(one, number);
    for (const [name, fields] of held) {
      // A lock that is released in the step that takes it shows no change at all.
      if (fields.length > 0 && !fields.some((field) => freed.has(field))) continue;
      this.releases.set(name, number);
      held.delete(name);
    }
  }

  private word(number: number, { access }: TraceStep): void {
    const word = FULL.exec(access)?.[1];
    if (word !== undefined) {
      this.order(this.words.get(word), number, 'word');
      this.words.set(word, number);
    }
    const written = WRITES.exec(access)?.[1];
    // Whoever reads this store learns nothing of what was known before it.
    if (written !== undefined) this.words.delete(written);
    const read = READS.exec(access)?.[1];
    if (read !== undefined) this.order(this.published.get(read), number, 'word');
    const published = PUBLISHES.exec(access)?.[1];
    if (published !== undefined) this.published.set(published, number);
  }

  private order(from: number | undefined, to: number, by: Order['by']): void {
    if (from === undefined) return;
    const before = this.steps[from - 1];
    if (before?.task !== this.steps[to - 1]?.task) this.found.push({ from, to, by });
  }
}
