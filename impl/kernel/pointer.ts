import { Access, type KernelTask } from './access.ts';
import type { KernelObject } from './object.ts';
import type { Noted } from './plain.ts';
import type { BufferedWord, StoreBuffer } from './store-buffer.ts';
import type { World } from './world.ts';

/** A slot that holds a pointer and is read without a lock (`__rcu`). */
export class Pointer<T extends Noted> implements BufferedWord<T | null> {
  private target: T | null;
  readonly place: KernelObject;
  private readonly world: World;
  readonly field: string;
  private readonly look: Access;
  private readonly store: Access;
  private readonly swap: Access;

  constructor(place: KernelObject, field: string, target: T | null = null) {
    this.place = place;
    this.world = place.world;
    this.field = field;
    this.target = target;
    this.look = new Access('read', 'acquire', place, field, 'read');
    this.store = new Access('write', 'release', place, field, 'publish');
    this.swap = new Access('update', 'full', place, field, 'update');
  }

  /** For judges and state keys; never for kernel code. */
  get value(): T | null {
    this.world.looked(this.place, this.field);
    return this.target;
  }

  /** @kernel rcu_dereference */
  *read(): KernelTask<T | null> {
    if (this.world.stops(this.look)) yield this.look;
    const world = this.world;
    world.memory.reads(this.place, this.field, 'acquire');
    const target = this.seen();
    if (world.tracksObservations) world.current.observe(target === null ? -1 : target.key);
    return target;
  }

  /** Reads without a step, for the holder of the lock that writers take. @kernel rcu_dereference_protected */
  readStable(): T | null {
    const world = this.world;
    world.memory.reads(this.place, this.field);
    const target = this.seen();
    if (world.tracksObservations) world.current.observe(target === null ? -1 : target.key);
    return target;
  }

  /** The same, marked: for who has the slot to himself, but is not ordered behind those who had it before. */
  readOwned(): T | null {
    const world = this.world;
    world.memory.reads(this.place, this.field, 'once');
    const target = this.seen();
    if (world.tracksObservations) world.current.observe(target === null ? -1 : target.key);
    return target;
  }

  /** Asks without a step whether it is `target`: where only the caller could have stored that. */
  isStable(target: T): boolean {
    const world = this.world;
    world.memory.reads(this.place, this.field, 'once');
    const isIt = this.seen() === target;
    world.current.observe(isIt ? 1 : 0);
    return isIt;
  }

  /** Spins until somebody has stored a pointer. @kernel cpu_relax */
  *waitUntilSet(): KernelTask<void> {
    // Whoever asks is at work elsewhere: the stores of another processor are not yet seen here.
    const buffer = this.world.ownBuffer;
    const gate = {
      ready: (): boolean => this.seenFrom(buffer) !== null,
      blockedBy: `${this.place.label}.${this.field} is NULL`,
    };
    yield new Access('wait', 'acquire', this.place, this.field, 'wait for', gate);
    this.world.memory.reads(this.place, this.field, 'acquire');
  }

  /** @kernel rcu_assign_pointer */
  *write(target: T | null): KernelTask<void> {
    if (this.world.stops(this.store)) yield this.store;
    const buffer = this.world.ownBuffer;
    if (buffer === null) this.land(target);
    else buffer.store(this, target, 'release');
  }

  /** Stores without a step, where nobody can reach the slot any more, or yet. @kernel RCU_INIT_POINTER */
  writeStable(target: T | null): void {
    // It is marked: who has just left may have read the slot, and nothing orders the two.
    this.world.memory.writes(this.place, this.field, 'once');
    this.target = target;
  }

  land(target: T | null): void {
    this.world.memory.writes(this.place, this.field, 'release');
    this.target = target;
  }

  private seen(): T | null {
    return this.seenFrom(this.world.ownBuffer);
  }

  private seenFrom(buffer: StoreBuffer | null): T | null {
    return buffer === null ? this.target : buffer.load(this, this.target);
  }

  /** Stores a pointer and returns what was there before. @kernel xchg */
  *exchange(target: T | null): KernelTask<T | null> {
    if (this.world.stops(this.swap)) yield this.swap;
    const world = this.world;
    world.memory.writes(this.place, this.field, 'full');
    const before = this.target;
    this.target = target;
    if (world.tracksObservations) world.current.observe(before === null ? -1 : before.key);
    return before;
  }

  /** @kernel cmpxchg */
  *compareExchange(from: T | null, to: T | null): KernelTask<boolean> {
    if (this.world.stops(this.swap)) yield this.swap;
    const world = this.world;
    world.memory.writes(this.place, this.field, 'full');
    const isSwapped = this.target === from;
    if (isSwapped) this.target = to;
    world.current.observe(isSwapped ? 1 : 0);
    return isSwapped;
  }
}
