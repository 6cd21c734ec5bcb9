import { type KernelObject, type StateValue, noteOf } from './object.ts';

/**
 * A field that is read and written without any order of its own: a lock protects it, or a phase of
 * the object's life. It is no step, but what kernel code reads of it is seen by the explorer.
 */
export class PlainWord<T extends StateValue> {
  private word: T;
  private readonly place: KernelObject;
  private readonly field: string;

  constructor(place: KernelObject, field: string, word: T) {
    this.place = place;
    this.field = field;
    this.word = word;
  }

  /** For judges and state keys; never for kernel code. */
  get value(): T {
    return this.word;
  }

  get(): T {
    const { world } = this.place;
    world.memory.reads(this.place, this.field);
    world.current.observe(noteOf(this.word));
    return this.word;
  }

  set(word: T): void {
    this.place.world.memory.writes(this.place, this.field);
    this.word = word;
  }
}

/** A list of objects that a lock protects. Kernel code is told, and seen to be told, what it asks. */
export class PlainList<T extends KernelObject> {
  private items: T[] = [];
  private readonly place: KernelObject;
  private readonly field: string;

  constructor(place: KernelObject, field: string) {
    this.place = place;
    this.field = field;
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
    this.observe(noteOf(item));
    return item;
  }

  includes(item: T): boolean {
    return this.indexOf(item) >= 0;
  }

  indexOf(item: T): number {
    this.reads();
    const index = this.items.indexOf(item);
    this.observe(index);
    return index;
  }

  /** The items as they are now: what follows does not change the copy. */
  copy(): T[] {
    this.reads();
    return this.seen([...this.items]);
  }

  /** Empties the list and returns what was on it. @kernel list_splice_init */
  takeAll(): T[] {
    this.writes();
    return this.seen(this.items.splice(0));
  }

  /** Takes the first item off; null when the list is empty. */
  shift(): T | null {
    this.writes();
    const item = this.items.shift() ?? null;
    this.observe(noteOf(item));
    return item;
  }

  /** @kernel list_add_tail */
  push(item: T): void {
    this.writes();
    this.items.push(item);
  }

  /** @kernel list_add */
  unshift(item: T): void {
    this.writes();
    this.items.unshift(item);
  }

  insert(index: number, item: T): void {
    this.writes();
    this.items.splice(index, 0, item);
  }

  /** True when it was on the list. @kernel list_del */
  remove(item: T): boolean {
    this.writes();
    const at = this.items.indexOf(item);
    if (at >= 0) this.items.splice(at, 1);
    this.observe(at >= 0 ? 1 : 0);
    return at >= 0;
  }

  /** Where the first item stands for which `is` holds; -1 without one. It tells each item. */
  findIndex(is: (item: T) => boolean): number {
    this.reads();
    return this.seen(this.items).findIndex(is);
  }

  private seen<Items extends readonly T[]>(items: Items): Items {
    const { world } = this.place;
    if (!world.tracksObservations) return items;
    this.observe(items.length);
    for (const item of items) this.observe(noteOf(item));
    return items;
  }

  private observe(value: number): void {
    this.place.world.current.observe(value);
  }

  private reads(): void {
    this.place.world.memory.reads(this.place, this.field);
  }

  private writes(): void {
    this.place.world.memory.writes(this.place, this.field);
  }
}
