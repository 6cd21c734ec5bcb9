import type { AbstractState, EventName } from '../../model/events.ts';
import type { Place } from './access.ts';
import type { World } from './world.ts';

/**
 * Calls of a task, and allocations of a call, are fewer: names stay apart as one number, also those
 * that lanes of hardware give, whose own numbers have 15 bits.
 */
const CALLS_MAX: number = 2 ** 18;
const ALLOCATIONS_MAX: number = 2 ** 20;

/** Calls with these numbers are made by nobody: things that hardware consists of are named so. */
const FIXED_CALLS: number = 2 ** 17;

/**
 * The name of something that was there before all calls, and is looked at when it is first needed:
 * a page, a line. Such things are no memory of the kernel.
 */
export interface FixedName {
  readonly group: number;
  /** Within the group. */
  readonly number: number;
}

/** Receives every shared field of an object: for state keys and for "what changed". */
export type StateVisitor = (field: string, value: StateValue) => void;

/** A field's value as a state key sees it: objects appear by identity. */
export type StateValue =
  number | bigint | string | boolean | null | KernelObject | readonly StateValue[];

/**
 * What a task has seen of a value, as one number. Words become numbers too: two different ones may
 * become the same, which is as unlikely as two equal fingerprints.
 */
export function noteOf(value: StateValue): number {
  if (typeof value === 'number') return value;
  if (value === null) return -1;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return noteOfText(String(value));
  if (typeof value === 'string') return noteOfText(value);
  return value instanceof KernelObject ? value.key : noteOfList(value);
}

function noteOfText(text: string): number {
  let note = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    note = Math.imul(note ^ text.charCodeAt(index), 0x01000193);
  }
  return note;
}

/** Of names all bits count: their low halves alone are the same for one call of every task. */
function noteOfList(values: readonly StateValue[]): number {
  let low = values.length;
  let high = ~values.length;
  for (const value of values) {
    const note = noteOf(value);
    const upper = Math.floor(note / HALF);
    low = Math.imul(Math.imul(low, 0x01000193) ^ note, 0x85ebca6b) ^ upper;
    high = Math.imul(Math.imul(high, 0x01000193) ^ upper, 0xc2b2ae35 | 0) ^ note;
    high ^= high >>> 15;
  }
  return (high & HIGH_BITS) * HALF + (low >>> 0);
}

const HALF: number = 2 ** 32;
/** As many as a number has besides 32. */
const HIGH_BITS: number = 2 ** 20 - 1;

/**
 * Anything that lives in simulated kernel memory. Its name is (task, call, n-th allocation in
 * it), never a global counter, so that equal states have equal names in every interleaving.
 */
export abstract class KernelObject implements Place {
  readonly world: World;
  /** The kind of its machine, or the C structure's name when it has none. */
  readonly kind: string;
  readonly idTask: number;
  readonly idCall: number;
  readonly idNth: number;
  /** A name given by the program, for people (`f1`). */
  alias: string | null = null;
  /** Lives as long as the machine does, so it is no leak. */
  isStatic = false;
  /** Set when the memory went back to the allocator; every later access is a use after free. */
  freedBy: string | null = null;

  constructor(world: World, kind: string, fixed: FixedName | null = null) {
    this.world = world;
    this.kind = kind;
    if (fixed !== null) {
      this.idTask = 0;
      this.idCall = FIXED_CALLS + fixed.group;
      this.idNth = fixed.number;
      this.isStatic = true;
      return;
    }
    const task = world.current;
    this.idTask = task.index;
    this.idCall = task.call;
    this.idNth = task.allocations;
    task.allocations += 1;
    world.memory.allocated(this);
  }

  /** One number per object, the same in every interleaving. */
  get key(): number {
    return (this.idTask * CALLS_MAX + this.idCall) * ALLOCATIONS_MAX + this.idNth;
  }

  get label(): string {
    return this.alias ?? `${this.kind}:${this.idTask}.${this.idCall}.${this.idNth}`;
  }

  /** Tells of an event that plain stores commit: it happens when they reach memory. */
  commit(
    name: EventName,
    result: number | null = null,
    detail = 0,
    subject: KernelObject | null = null,
  ): void {
    const { world } = this;
    const buffer = world.ownBuffer;
    if (buffer === null) {
      world.emit(this, name, result, detail, subject);
    } else {
      const note = [this, name, result, detail, subject];
      buffer.after(note, () => world.emit(this, name, result, detail, subject));
    }
  }

  /** Shows every field that tasks share. What is not visited does not exist for the explorer. */
  abstract visitState(visit: StateVisitor): void;

  /** The object's own view of its lifecycle, for judges. Null when it has no machine. */
  abstract(): AbstractState | null {
    return null;
  }
}
