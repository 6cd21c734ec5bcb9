import { Access, type AccessOrder, type KernelTask } from './access.ts';
import type { KernelObject } from './object.ts';
import type { BufferedWord } from './store-buffer.ts';
import type { World } from './world.ts';

/** One word that is read and written without a lock: a number. */
export class Cell implements BufferedWord<number> {
  private word: number;
  readonly place: KernelObject;
  private readonly world: World;
  readonly field: string;
  private readonly look: Access;
  private readonly store: Access;
  private readonly swap: Access;

  constructor(place: KernelObject, field: string, word: number, order: AccessOrder = 'once') {
    this.place = place;
    this.world = place.world;
    this.field = field;
    this.word = word;
    this.look = new Access('read', order === 'full' ? 'acquire' : order, place, field, 'read');
    this.store = new Access('write', order === 'full' ? 'release' : order, place, field, 'write');
    this.swap = new Access('update', 'full', place, field, 'update');
  }

  /** For judges and state keys; never for kernel code. */
  get value(): number {
    this.world.looked(this.place, this.field);
    return this.word;
  }

  /** Initial value; only while nobody else can reach the object. */
  initialize(word: number): void {
    this.world.touch(this.place, this.field, 'write', 'plain');
    this.word = word;
  }

  /** @kernel READ_ONCE */
  *read(): KernelTask<number> {
    if (this.world.stops(this.look)) yield this.look;
    const world = this.world;
    world.memory.reads(this.place, this.field, this.look.order);
    const word = this.seen();
    world.current.observe(word);
    return word;
  }

  /**
   * Reads without a step: for words that nobody can change any more, or, while the caller holds
   * their lock, nobody else.
   */
  readStable(): number {
    const world = this.world;
    world.memory.reads(this.place, this.field);
    const word = this.seen();
    world.current.observe(word);
    return word;
  }

  /** @kernel WRITE_ONCE smp_store_release */
  *write(word: number): KernelTask<void> {
    if (this.world.stops(this.store)) yield this.store;
    const buffer = this.world.ownBuffer;
    if (buffer === null) this.land(word);
    else buffer.store(this, word, this.store.order);
  }

  /** A store with a full barrier behind it. @kernel smp_store_mb */
  *writeFull(word: number): KernelTask<void> {
    if (this.world.stops(this.store)) yield this.store;
    this.world.memory.writes(this.place, this.field, 'full');
    this.word = word;
  }

  land(word: number): void {
    this.world.memory.writes(this.place, this.field, this.store.order);
    this.word = word;
  }

  private seen(): number {
    const buffer = this.world.ownBuffer;
    return buffer === null ? this.word : buffer.load(this, this.word);
  }

  /** True when the word was `from` and now is `to`. @kernel cmpxchg */
  *compareExchange(from: number, to: number): KernelTask<boolean> {
    if (this.world.stops(this.swap)) yield this.swap;
    const world = this.world;
    world.memory.writes(this.place, this.field, 'full');
    const isSwapped = this.word === from;
    if (isSwapped) this.word = to;
    world.current.observe(isSwapped ? 1 : 0);
    return isSwapped;
  }

  /** True when the word reached exactly 0. @kernel atomic_dec_and_test */
  *decAndTest(): KernelTask<boolean> {
    if (this.world.stops(this.swap)) yield this.swap;
    const world = this.world;
    world.memory.writes(this.place, this.field, 'full');
    this.word -= 1;
    const isZero = this.word === 0;
    world.current.observe(isZero ? 1 : 0);
    return isZero;
  }

  /** Adds, and learns nothing. @kernel atomic_add */
  *add(amount: number): KernelTask<void> {
    if (this.world.stops(this.swap)) yield this.swap;
    this.world.memory.writes(this.place, this.field, 'full');
    this.word += amount;
  }

  /** What the word says to a question; the task sees the answer, and nothing else of the word. */
  *ask(question: (word: number) => boolean): KernelTask<boolean> {
    if (this.world.stops(this.look)) yield this.look;
    const { world } = this;
    world.memory.reads(this.place, this.field, this.look.order);
    const answer = question(this.seen());
    world.current.observe(answer ? 1 : 0);
    return answer;
  }

  /** Adds and returns what was there before. @kernel atomic64_fetch_add */
  *fetchAdd(amount: number): KernelTask<number> {
    if (this.world.stops(this.swap)) yield this.swap;
    const world = this.world;
    world.memory.writes(this.place, this.field, 'full');
    const before = this.word;
    this.word += amount;
    world.current.observe(before);
    return before;
  }
}
