import type { AccessOrder } from './access.ts';
import { KernelObject, type StateValue, noteOf } from './object.ts';
import type { BufferedWord } from './store-buffer.ts';
import type { World } from './world.ts';

/**
 * A field that is read and written without a step of its own: a lock protects it, or a phase of
 * the object's life. What kernel code reads of it is seen by the explorer. A store to it never
 * passes one before it, and lands at once where there is none.
 */
export class PlainWord<T extends StateValue> implements BufferedWord<T> {
  private word: T;
  readonly place: KernelObject;
  private readonly world: World;
  readonly field: string;
  private readonly order: AccessOrder;

  /** `order`: other than plain where the kernel marks its accesses, or a lock is not modelled. */
  constructor(place: KernelObject, field: string, word: T, order: AccessOrder = 'plain') {
    this.place = place;
    this.world = place.world;
    this.field = field;
    this.word = word;
    this.order = order;
  }

  /** For judges and state keys; never for kernel code. */
  get value(): T {
    this.world.looked(this.place, this.field);
    return this.word;
  }

  /** For gates, which are asked between steps. */
  get landed(): T {
    return this.word;
  }

  get(): T {
    const { world } = this;
    world.memory.reads(this.place, this.field, this.order);
    const word = this.seen();
    if (world.tracksObservations) world.current.observe(noteOf(word));
    return word;
  }

  /** What the word says to a question. The task sees the answer, and nothing else of the word. */
  ask<A extends StateValue>(question: (word: T) => A): A {
    const { world } = this;
    world.memory.reads(this.place, this.field, this.order);
    const answer = question(this.seen());
    if (world.tracksObservations) world.current.observe(noteOf(answer));
    return answer;
  }

  isNull(): boolean {
    const { world } = this;
    world.memory.reads(this.place, this.field, this.order);
    const isNull = this.seen() === null;
    world.current.observe(isNull ? 1 : 0);
    return isNull;
  }

  set(word: T): void {
    const buffer = this.world.ownBuffer;
    if (buffer === null || buffer.isEmpty || this.order === 'full') this.land(word);
    else buffer.store(this, word, this.order);
  }

  /** Makes one word out of the other; the task learns of neither. */
  change(into: (word: T) => T): void {
    this.world.memory.reads(this.place, this.field, this.order);
    this.set(into(this.seen()));
  }

  land(word: T): void {
    this.world.memory.writes(this.place, this.field, this.order);
    this.word = word;
  }

  private seen(): T {
    const buffer = this.world.ownBuffer;
    return buffer === null ? this.word : buffer.load(this, this.word);
  }
}

/** A table from numbers to words, accessed as a `PlainWord` is; all of it is one field. */
export class PlainTable<T extends StateValue> {
  /** In ascending order of the numbers. */
  private words: readonly (readonly [number, T])[] = [];
  private readonly place: KernelObject;
  private readonly world: World;
  private readonly field: string;
  private readonly order: AccessOrder;

  constructor(place: KernelObject, field: string, order: AccessOrder = 'plain') {
    this.place = place;
    this.world = place.world;
    this.field = field;
    this.order = order;
  }

  /** For judges and state keys; never for kernel code. In ascending order of the numbers. */
  get value(): readonly (readonly [number, T])[] {
    this.world.looked(this.place, this.field);
    return this.words;
  }

  /** Null where there is no word. */
  get(number: number): T | null {
    const { world } = this;
    world.memory.reads(this.place, this.field, this.order);
    const word = this.entry(number)?.[1] ?? null;
    if (world.tracksObservations) world.current.observe(noteOf(word));
    return word;
  }

  /** All words, in ascending order of their numbers. @kernel idr_for_each */
  entries(): readonly (readonly [number, T])[] {
    const { world } = this;
    world.memory.reads(this.place, this.field, this.order);
    if (world.tracksObservations) {
      for (const [number, word] of this.words) {
        world.current.observe(number);
        world.current.observe(noteOf(word));
      }
    }
    return this.words;
  }

  /** There is a word, whatever it says. */
  has(number: number): boolean {
    const { world } = this;
    world.memory.reads(this.place, this.field, this.order);
    const isThere = this.entry(number) !== null;
    world.current.observe(isThere ? 1 : 0);
    return isThere;
  }

  set(number: number, word: T): void {
    // It must not pass what was stored before it, and a table is not stored late.
    this.world.barrier();
    this.world.memory.writes(this.place, this.field, this.order);
    const at = this.placeOf(number);
    const isThere = this.words[at]?.[0] === number;
    this.words = this.words.toSpliced(at, isThere ? 1 : 0, [number, word]);
  }

  private entry(number: number): readonly [number, T] | null {
    const entry = this.words[this.placeOf(number)];
    return entry?.[0] === number ? entry : null;
  }

  /** Where this number stands, or would. */
  private placeOf(number: number): number {
    let [from, to] = [0, this.words.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.words[middle]?.[0] ?? 0) < number) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** What can stand in a list: something with a number that is the same in every interleaving. */
export interface Noted {
  readonly key: number;
}

/** A list that a lock protects. Kernel code is told, and seen to be told, what it asks. */
export class PlainList<T extends Noted> implements BufferedWord<T[]> {
  private items: T[] = [];
  readonly place: KernelObject;
  private readonly world: World;
  readonly field: string;
  private readonly order: AccessOrder;

  constructor(place: KernelObject, field: string, order: AccessOrder = 'plain') {
    this.place = place;
    this.world = place.world;
    this.field = field;
    this.order = order;
  }

  /** For judges and state keys; never for kernel code. */
  get value(): readonly T[] {
    this.world.looked(this.place, this.field);
    return this.items;
  }

  /** @kernel list_empty */
  isEmpty(): boolean {
    // It looks at one link, marked, and so may look without the lock.
    const isEmpty = this.reads(this.marked).length === 0;
    this.observe(isEmpty ? 1 : 0);
    return isEmpty;
  }

  get length(): number {
    const { length } = this.reads();
    this.observe(length);
    return length;
  }

  /** Null where the list is shorter. */
  at(index: number): T | null {
    const item = this.reads().at(index) ?? null;
    if (this.world.tracksObservations) this.observe(item === null ? -1 : item.key);
    return item;
  }

  /** @kernel list_is_first */
  isFirst(item: T): boolean {
    const isFirst = this.reads()[0] === item;
    this.observe(isFirst ? 1 : 0);
    return isFirst;
  }

  /** Whether an item that is asked for stands before this one. */
  hasBefore(item: T, isWanted: (other: T) => boolean): boolean {
    const list = this.reads();
    const has = list.slice(0, list.indexOf(item)).some(isWanted);
    this.observe(has ? 1 : 0);
    return has;
  }

  includes(item: T): boolean {
    const isThere = this.reads().includes(item);
    this.observe(isThere ? 1 : 0);
    return isThere;
  }

  /** The items as they are now: what follows does not change the copy. */
  copy(): T[] {
    return this.seen([...this.reads()]);
  }

  /** The items that are asked for; of the others the task sees nothing. */
  filter(isWanted: (item: T) => boolean): T[] {
    return this.seen(this.reads().filter(isWanted));
  }

  /** The first item that is asked for, or null. */
  find(isWanted: (item: T) => boolean): T | null {
    const item = this.reads().find(isWanted) ?? null;
    if (this.world.tracksObservations) this.observe(item === null ? -1 : item.key);
    return item;
  }

  /** Empties the list and returns what was on it. @kernel list_splice_init */
  takeAll(): T[] {
    return this.seen(this.writes().splice(0));
  }

  /** @kernel list_add_tail */
  push(item: T): void {
    this.writes().push(item);
  }

  /** Puts items in front, the first one first. @kernel list_add */
  unshift(...items: readonly T[]): void {
    this.writes().unshift(...items);
  }

  /** Puts `item` before the first one that belongs behind it; the task does not learn where. */
  insert(item: T, isBehind: (other: T) => boolean): void {
    const list = this.writes();
    const at = list.findIndex(isBehind);
    list.splice(at < 0 ? list.length : at, 0, item);
  }

  /** Takes `item` off, if it is there; the task does not learn whether. @kernel list_del */
  remove(item: T): void {
    const list = this.writes();
    const at = list.indexOf(item);
    if (at < 0) return;
    // The links are in the item itself.
    if (item instanceof KernelObject) this.world.memory.assertAlive(item, this.field);
    list.splice(at, 1);
  }

  private seen(items: T[]): T[] {
    const { world } = this;
    if (!world.tracksObservations) return items;
    this.observe(items.length);
    for (const item of items) this.observe(item.key);
    return items;
  }

  private observe(value: number): void {
    this.world.current.observe(value);
  }

  /** @kernel READ_ONCE WRITE_ONCE */
  private get marked(): AccessOrder {
    return this.order === 'plain' ? 'once' : this.order;
  }

  land(items: T[]): void {
    this.world.memory.writes(this.place, this.field, this.marked);
    this.items = items;
  }

  /** The list as the current processor sees it. */
  private reads(order: AccessOrder = this.order): readonly T[] {
    const { memory, ownBuffer } = this.world;
    memory.reads(this.place, this.field, order);
    return ownBuffer === null ? this.items : ownBuffer.load<T[]>(this, this.items);
  }

  /**
   * The list to change: one that lands later, when stores before it have not landed yet. Links are
   * read before they are changed, plainly; the link that `isEmpty` looks at is written marked.
   */
  private writes(): T[] {
    const { memory, ownBuffer: buffer } = this.world;
    memory.reads(this.place, this.field, this.order);
    if (buffer === null || buffer.isEmpty || this.order === 'full') {
      memory.writes(this.place, this.field, this.marked);
      return this.items;
    }
    const items = [...buffer.load<T[]>(this, this.items)];
    buffer.store<T[]>(this, items, this.marked);
    return items;
  }
}
