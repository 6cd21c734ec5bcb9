import type { AccessOrder } from '../../impl/kernel/access.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { World } from '../../impl/kernel/world.ts';
import type { Clock } from './race-clocks.ts';
import { areRacing } from './race-rule.ts';

/** A field is accessed in one of four ways; each is a number. Locks are written, marked. */
export const READ = 0;
export const WRITE = 2;
const PLAIN = 1;
const WAYS = 4;

export function wayOf(direction: typeof READ | typeof WRITE, order: AccessOrder): number {
  return order === 'plain' ? direction + PLAIN : direction;
}

/** By way: the ways of accesses that race with it when nothing orders them. */
const RIVALS: readonly (readonly number[])[] = [...Array(WAYS).keys()].map((way) =>
  [...Array(WAYS).keys()].filter((other) => areRivals(way, other)),
);

function areRivals(one: number, other: number): boolean {
  return areRacing(one >= WRITE, orderOf(one), other >= WRITE, orderOf(other));
}

/** Of a marked access only that it is marked decides anything. */
function orderOf(way: number): AccessOrder {
  return way % 2 === PLAIN ? 'plain' : 'once';
}

/** A number for each order, to be noted beside a step. */
const ORDERS: readonly AccessOrder[] = ['plain', 'once', 'acquire', 'release', 'full'];

function codeOf(order: AccessOrder): number {
  if (order === 'once') return 1;
  if (order === 'full') return 4;
  if (order === 'plain') return 0;
  return order === 'acquire' ? 2 : 3;
}

/** What is noted of an access, as numbers beside each other: see `FieldMarks.noted`. */
const TIME = 0;
const STEP = 1;
const TASK = 2;
const WIDTH = 3;
const SLOT_WIDTH: number = WAYS * WIDTH;

/** What is known of one field. It is written at every access of a run, so it is mostly numbers. */
export class FieldMarks {
  readonly field: string;
  /**
   * By slot, then by way, of the last such access, since those before it happened before that one:
   * when it was by the clock of its task, 0 for never; its step and order; the number of its task.
   */
  private readonly noted: number[] = [];
  /** Somebody has accessed it plainly: without that there is no race. */
  private isPlain = false;
  /** What those know who acquire the field, or the lock that it is; null until it is released. */
  private released: number[] | null = null;
  /** One finding about a field is enough. */
  isReported = false;

  constructor(field: string) {
    this.field = field;
  }

  acquire(clock: Clock): void {
    if (this.released !== null) clock.acquire(this.released);
  }

  see(clock: Clock): void {
    if (this.released !== null) clock.see(this.released);
  }

  release(clock: Clock): void {
    this.released ??= [];
    clock.release(this.released);
  }

  /**
   * Notes an access, and returns where an access is noted that it races with; -1 when that is
   * nowhere, or the same has been looked at since others could last have learned of the task.
   */
  note(way: number, order: AccessOrder, clock: Clock, task: Task): number {
    const { noted } = this;
    const at = clock.slot * SLOT_WIDTH + way * WIDTH;
    if (noted[at] === clock.now) return -1;
    while (noted.length <= at + TASK) noted.push(0);
    noted[at] = clock.now;
    noted[at + STEP] = task.world.steps * ORDERS.length + codeOf(order);
    noted[at + TASK] = task.index;
    if (order === 'plain') this.isPlain = true;
    if (!this.isPlain || this.isReported) return -1;
    return this.rivalOf(RIVALS[way] ?? [], clock);
  }

  /** Where an access of whatever way is noted that nothing orders with a free now, or -1. */
  unordered(clock: Clock): number {
    const { noted } = this;
    for (let at = 0; at < noted.length; at += WIDTH) {
      const time = noted[at + TIME] ?? 0;
      if (time > 0 && !clock.hasSeen(Math.floor(at / SLOT_WIDTH), time)) return at;
    }
    return -1;
  }

  private rivalOf(rivals: readonly number[], clock: Clock): number {
    const { noted } = this;
    for (let base = 0, slot = 0; base < noted.length; base += SLOT_WIDTH, slot += 1) {
      if (slot === clock.slot) continue;
      for (let nth = 0; nth < rivals.length; nth += 1) {
        const at = base + (rivals[nth] ?? 0) * WIDTH;
        const time = noted[at + TIME] ?? 0;
        if (time > 0 && !clock.knows(slot, time)) return at;
      }
    }
    return -1;
  }

  /** The access that is noted there, for people. */
  describe(at: number, { tasks, lanes }: World): string {
    const way = (at % SLOT_WIDTH) / WIDTH;
    const index = this.noted[at + TASK];
    const task = [...tasks, ...lanes].find((candidate) => candidate.index === index);
    const noted = this.noted[at + STEP] ?? 0;
    const order = ORDERS[noted % ORDERS.length] ?? 'plain';
    const step = Math.floor(noted / ORDERS.length);
    return describe(task?.name ?? 'nobody', way, order, this.field, step);
  }
}

/** An access for people: who, what, where in the run. */
export function describe(
  name: string,
  way: number,
  order: AccessOrder,
  field: string,
  step: number,
): string {
  // A word is all that there is of some places.
  const what = field === '' ? '' : ` of ${field}`;
  return `${name}: ${order} ${way < WRITE ? 'read' : 'write'}${what} at step ${step}`;
}

/** What is known of a place: an object in memory, or something of the machine. */
export class PlaceMarks {
  /** Few enough to be searched. */
  readonly fields: FieldMarks[] = [];
  /**
   * Of the machine's own places, such as the clock, task states and variables of the program, only
   * the order counts that they make: nobody accesses them plainly, and nobody frees them.
   */
  readonly isMemory: boolean;

  constructor(isMemory: boolean) {
    this.isMemory = isMemory;
  }

  of(field: string): FieldMarks {
    for (let nth = 0; nth < this.fields.length; nth += 1) {
      const marks = this.fields[nth];
      if (marks !== undefined && marks.field === field) return marks;
    }
    const marks = new FieldMarks(field);
    this.fields.push(marks);
    return marks;
  }
}
