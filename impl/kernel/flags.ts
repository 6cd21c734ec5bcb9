import { Access, type KernelTask } from './access.ts';
import type { KernelObject } from './object.ts';
import type { BufferedWord } from './store-buffer.ts';
import type { Task } from './task.ts';
import type { World } from './world.ts';

/** A word of bits that is read and changed without a lock. Bits are masks. */
export class Flags implements BufferedWord<number> {
  private word = 0;
  readonly place: KernelObject;
  private readonly world: World;
  readonly field: string;
  private readonly look: Access;
  private readonly change: Access;

  constructor(place: KernelObject, field: string) {
    this.place = place;
    this.world = place.world;
    this.field = field;
    this.look = new Access('read', 'once', place, field, 'test');
    this.change = new Access('update', 'full', place, field, 'set');
  }

  /** What the word holds, for judges and state keys; never for kernel code. */
  get bits(): number {
    this.world.looked(this.place, this.field);
    return this.word;
  }

  /** @kernel test_bit */
  *test(bit: number): KernelTask<boolean> {
    if (this.world.stops(this.look)) yield this.look;
    const world = this.world;
    world.memory.reads(this.place, this.field, 'once');
    const isSet = (this.seenBy(world.current) & bit) !== 0;
    world.current.observe(isSet ? 1 : 0);
    return isSet;
  }

  /** @kernel test_and_set_bit */
  *testAndSet(bit: number): KernelTask<boolean> {
    if (this.world.stops(this.change)) yield this.change;
    const world = this.world;
    world.memory.writes(this.place, this.field, 'full');
    const wasSet = (this.word & bit) !== 0;
    this.word |= bit;
    world.current.observe(wasSet ? 1 : 0);
    return wasSet;
  }

  /** @kernel set_bit */
  *set(bit: number): KernelTask<void> {
    if (this.world.stops(this.change)) yield this.change;
    this.world.memory.writes(this.place, this.field, 'full');
    this.word |= bit;
  }

  /**
   * Tests without a step: for bits that only the holder of one lock, or the last owner, can still
   * reach.
   */
  testOwned(bit: number): boolean {
    const world = this.world;
    world.memory.reads(this.place, this.field, 'once');
    const isSet = (this.seenBy(world.current) & bit) !== 0;
    world.current.observe(isSet ? 1 : 0);
    return isSet;
  }

  /** Sets without a step a bit that only the holder of one lock can reach. @kernel __set_bit */
  setOwned(bit: number): void {
    this.storeOwned(this.seenBy(this.world.current) | bit);
  }

  /** @kernel __clear_bit */
  clearOwned(bit: number): void {
    this.storeOwned(this.seenBy(this.world.current) & ~bit);
  }

  /**
   * The whole word is stored: what others do to it meanwhile is lost. So it reads plainly, and only
   * others who change the word race with it: that is what the kernel's own checker makes of it.
   */
  private storeOwned(word: number): void {
    this.world.memory.reads(this.place, this.field);
    const buffer = this.world.ownBuffer;
    if (buffer === null) this.land(word);
    else buffer.store(this, word, 'once');
  }

  land(word: number): void {
    this.world.memory.writes(this.place, this.field, 'once');
    this.word = word;
  }

  private seenBy(task: Task): number {
    if (!this.world.hasBuffers) return this.word;
    return task.cpu.buffer?.load(this, this.word) ?? this.word;
  }

  /** Waits until a bit is set, as `cpu_relax` loops do. */
  *waitFor(wait: FlagWait): KernelTask<void> {
    if (this.world.stops(wait.access)) yield wait.access;
    this.world.memory.reads(this.place, this.field, 'acquire');
  }

  /** Builds the blocking access for `waitFor`, once per cell. */
  waiterFor(bit: number, verb: string): FlagWait {
    const gate = {
      ready: (task: Task): boolean => (this.seenBy(task) & bit) !== 0,
      blockedBy: `${this.place.label}.${this.field} lacks a bit`,
    };
    return { access: new Access('wait', 'acquire', this.place, this.field, verb, gate) };
  }

  /** Initial value; only while nobody else can reach the object. */
  initialize(word: number): void {
    this.world.touch(this.place, this.field, 'write', 'plain');
    this.word = word;
  }
}

export interface FlagWait {
  readonly access: Access;
}
