import type { Acquisition, HeldLock, LockClass } from './lockdep-class.ts';
import type { World } from './world.ts';

const SHARED: Acquisition = { isShared: true, isRecursive: false, isTried: false };
const RECURSIVE: Acquisition = { isShared: true, isRecursive: true, isTried: false };
const TRIED: Acquisition = { isShared: false, isRecursive: false, isTried: true };
const SHARED_TRIED: Acquisition = { isShared: true, isRecursive: false, isTried: true };

/** One way of several to take a lock: shared, as a try, as one of a subclass. */
export class LockView implements HeldLock {
  readonly base: HeldLock;
  readonly lockClass: LockClass;
  readonly how: Acquisition;

  constructor(base: HeldLock, how: Acquisition, lockClass: LockClass = base.lockClass) {
    this.base = base;
    this.how = how;
    this.lockClass = lockClass;
  }

  get label(): string {
    return this.base.label;
  }
}

/** A lock that was got by a try. @kernel lock_acquire with trylock */
export function triedView(lock: HeldLock): LockView {
  return new LockView(lock, TRIED);
}

/**
 * A lock that only the validator sees: it stands for a rule about order, or for a lock of a part of
 * the kernel that is not simulated. Nobody ever waits for it.
 *
 * @kernel struct lockdep_map
 */
export class PseudoLock implements HeldLock {
  readonly label: string;
  readonly lockClass: LockClass;
  protected readonly world: World;
  /** Ways to take it, made when they are first used. */
  private readonly ways = new Map<Acquisition, HeldLock>();

  constructor(world: World, name: string) {
    this.world = world;
    this.label = name;
    this.lockClass = world.lockdep.classOf(name);
  }

  /** Together with others. @kernel lock_acquire_shared */
  get shared(): HeldLock {
    return this.way(SHARED);
  }

  /** The same, whoever waits. @kernel lock_acquire_shared_recursive */
  get recursive(): HeldLock {
    return this.way(RECURSIVE);
  }

  get tried(): HeldLock {
    return this.way(TRIED);
  }

  get sharedTried(): HeldLock {
    return this.way(SHARED_TRIED);
  }

  private way(how: Acquisition): HeldLock {
    const known = this.ways.get(how);
    if (known !== undefined) return known;
    const made = new LockView(this, how);
    this.ways.set(how, made);
    return made;
  }

  /** As one of the `subclass`th kind: taken under another lock of the class on purpose. */
  nested(subclass: number): HeldLock {
    const lockClass = this.world.lockdep.classOf(`${this.label}/${subclass}`);
    return new LockView(this, { ...TRIED, isTried: false }, lockClass);
  }

  /** @kernel lock_map_acquire */
  enter(way: HeldLock = this): void {
    const { lockdep, current } = this.world;
    lockdep.attempt(way, !current.cpu.irqsEnabled);
    current.held.push(way);
  }

  /** @kernel lock_map_release */
  leave(way: HeldLock = this): void {
    this.world.lockdep.release(way, this.world.current);
  }

  /** Takes it, and gives it back at once: only the order matters. */
  pass(): void {
    const { lockdep, current } = this.world;
    lockdep.attempt(this, !current.cpu.irqsEnabled);
  }
}
