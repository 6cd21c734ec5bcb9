import type { Task } from './task.ts';

/**
 * What an access does to its place. `choose` asks nature, `local` touches nothing shared; with a
 * `drain` a store that somebody made before reaches memory.
 */
export type AccessKind =
  'read' | 'write' | 'update' | 'drain' | 'lock' | 'wait' | 'choose' | 'local';

/** Memory order of an access, as the kernel's accessor promises it. */
export type AccessOrder = 'plain' | 'once' | 'acquire' | 'release' | 'full';

/** Something with a name that accesses can point at. */
export interface Place {
  readonly label: string;
}

/** What a blocking access waits for. */
export interface Gate {
  ready(task: Task): boolean;
  /** Says why the task cannot go on, for deadlock reports. */
  readonly blockedBy: string;
}

/**
 * One access to shared state, and so one preemption point. A task yields it *before* it acts;
 * being resumed is what performs it. Where nobody is to choose, `World.stops` says so, and the task
 * goes on at once. Built once per cell: a step allocates nothing.
 */
export class Access {
  readonly kind: AccessKind;
  readonly order: AccessOrder;
  readonly place: Place;
  readonly field: string;
  readonly verb: string;
  readonly gate: Gate | null;

  constructor(
    kind: AccessKind,
    order: AccessOrder,
    place: Place,
    field: string,
    verb: string,
    gate: Gate | null = null,
  ) {
    this.kind = kind;
    this.order = order;
    this.place = place;
    this.field = field;
    this.verb = verb;
    this.gate = gate;
  }

  /** How many outcomes nature has for this access: 1, but for `choose`. */
  get alternatives(): number {
    return 1;
  }

  /** For people and for traces: `test f1.flags`. */
  get label(): string {
    const where = this.place.label;
    if (where === '') return this.field === '' ? this.verb : `${this.verb} ${this.field}`;
    return this.field === '' ? `${this.verb} ${where}` : `${this.verb} ${where}.${this.field}`;
  }
}

/** Kernel code that can be preempted. Run it with `yield*`; a dropped one is a lint error. */
export interface KernelTask<T> extends Generator<Access, T, void> {
  /** Phantom, never present at run time: shows a forgotten `yield*` to the promise lint rules. */
  readonly then?: (onDone: (value: T) => void, onError: (error: unknown) => void) => void;
}
