import type { AccessOrder } from './access.ts';
import { type KernelObject, type StateValue, noteOf } from './object.ts';

/**
 * A field that is read and written without a step of its own: a lock protects it, or a phase of
 * the object's life. What kernel code reads of it is seen by the explorer.
 */
export class PlainWord<T extends StateValue> {
  private word: T;
  private readonly place: KernelObject;
  private readonly field: string;
  private readonly order: AccessOrder;

  /** `order`: other than plain where the kernel marks its accesses, or a lock is not modelled. */
  constructor(place: KernelObject, field: string, word: T, order: AccessOrder = 'plain') {
    this.place = place;
    this.field = field;
    this.word = word;
    this.order = order;
  }

  /** For judges and state keys; never for kernel code. */
  get value(): T {
    return this.word;
  }

  get(): T {
    const { world } = this.place;
    world.memory.reads(this.place, this.field, this.order);
    if (world.tracksObservations) world.current.observe(noteOf(this.word));
    return this.word;
  }

  /** What the word says to a question. The task sees the answer, and nothing else of the word. */
  ask<A extends StateValue>(question: (word: T) => A): A {
    const { world } = this.place;
    world.memory.reads(this.place, this.field, this.order);
    const answer = question(this.word);
    if (world.tracksObservations) world.current.observe(noteOf(answer));
    return answer;
  }

  isNull(order: AccessOrder = this.order): boolean {
    const { world } = this.place;
    world.memory.reads(this.place, this.field, order);
    const isNull = this.word === null;
    world.current.observe(isNull ? 1 : 0);
    return isNull;
  }

  set(word: T): void {
    this.place.world.memory.writes(this.place, this.field, this.order);
    this.word = word;
  }

  /** Makes one word out of the other; the task learns of neither. */
  change(into: (word: T) => T): void {
    this.place.world.memory.writes(this.place, this.field, this.order);
    this.word = into(this.word);
  }
}

/** A table from numbers to words, accessed as a `PlainWord` is; all of it is one field. */
export class PlainTable<T extends StateValue> {
  private readonly words = new Map<number, T>();
  private readonly place: KernelObject;
  private readonly field: string;
  private readonly order: AccessOrder;

  constructor(place: KernelObject, field: string, order: AccessOrder = 'plain') {
    this.place = place;
    this.field = field;
    this.order = order;
  }

  /** For judges and state keys; never for kernel code. In ascending order of the numbers. */
  get value(): readonly (readonly [number, T])[] {
    return [...this.words].toSorted(([first], [second]) => first - second);
  }

  /** Null where there is no word. */
  get(number: number): T | null {
    const { world } = this.place;
    world.memory.reads(this.place, this.field, this.order);
    const word = this.words.get(number) ?? null;
    if (world.tracksObservations) world.current.observe(noteOf(word));
    return word;
  }

  set(number: number, word: T): void {
    this.place.world.memory.writes(this.place, this.field, this.order);
    this.words.set(number, word);
  }
}

/** What can stand in a list: something with a number that is the same in every interleaving. */
export interface Noted {
  readonly key: number;
}

/** A list that a lock protects. Kernel code is told, and seen to be told, what it asks. */
export class PlainList<T extends Noted> {
  private items: T[] = [];
  private readonly place: KernelObject;
  private readonly field: string;
  private readonly order: AccessOrder;

  constructor(place: KernelObject, field: string, order: AccessOrder = 'plain') {
    this.place = place;
    this.field = field;
    this.order = order;
  }

  /** For judges and state keys; never for kernel code. */
  get value(): readonly T[] {
    return this.items;
  }

  /** @kernel list_empty */
  isEmpty(): boolean {
    this.reads();
    const isEmpty = this.items.length === 0;
    this.observe(isEmpty ? 1 : 0);
    return isEmpty;
  }

  get length(): number {
    this.reads();
    this.observe(this.items.length);
    return this.items.length;
  }

  /** Null where the list is shorter. */
  at(index: number): T | null {
    this.reads();
    const item = this.items.at(index) ?? null;
    this.observe(item === null ? -1 : item.key);
    return item;
  }

  includes(item: T): boolean {
    this.reads();
    const isThere = this.items.includes(item);
    this.observe(isThere ? 1 : 0);
    return isThere;
  }

  /** The items as they are now: what follows does not change the copy. */
  copy(): T[] {
    this.reads();
    return this.seen([...this.items]);
  }

  /** The items that are asked for; of the others the task sees nothing. */
  filter(isWanted: (item: T) => boolean): T[] {
    this.reads();
    return this.seen(this.items.filter(isWanted));
  }

  /** The first item that is asked for, or null. */
  find(isWanted: (item: T) => boolean): T | null {
    this.reads();
    const item = this.items.find(isWanted) ?? null;
    this.observe(item === null ? -1 : item.key);
    return item;
  }

  /** Empties the list and returns what was on it. @kernel list_splice_init */
  takeAll(): T[] {
    this.writes();
    return this.seen(this.items.splice(0));
  }

  /** @kernel list_add_tail */
  push(item: T): void {
    this.writes();
    this.items.push(item);
  }

  /** Puts items in front, the first one first. @kernel list_add */
  unshift(...items: readonly T[]): void {
    this.writes();
    this.items.unshift(...items);
  }

  /** Puts `item` before the first one that belongs behind it; the task does not learn where. */
  insert(item: T, isBehind: (other: T) => boolean): void {
    this.writes();
    const at = this.items.findIndex(isBehind);
    this.items.splice(at < 0 ? this.items.length : at, 0, item);
  }

  /** Takes `item` off, if it is there; the task does not learn whether. @kernel list_del */
  remove(item: T): void {
    this.writes();
    const at = this.items.indexOf(item);
    if (at >= 0) this.items.splice(at, 1);
  }

  private seen(items: T[]): T[] {
    const { world } = this.place;
    if (!world.tracksObservations) return items;
    this.observe(items.length);
    for (const item of items) this.observe(item.key);
    return items;
  }

  private observe(value: number): void {
    this.place.world.current.observe(value);
  }

  private reads(): void {
    this.place.world.memory.reads(this.place, this.field, this.order);
  }

  private writes(): void {
    this.place.world.memory.writes(this.place, this.field, this.order);
  }
}
