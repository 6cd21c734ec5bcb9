import { Access, type Gate, type KernelTask } from '../../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import type { World } from '../../../impl/kernel/world.ts';

/** Nobody owns the lock. */
const FREE = 0;

/** A task's claim on one lock: whether it still waits depends on what the task holds. */
class Claim implements Gate {
  readonly take: Access;
  private readonly lock: TaggedLock;
  private readonly age: number;
  private readonly backsOff: boolean;

  constructor(lock: TaggedLock, age: number, backsOff: boolean) {
    this.lock = lock;
    this.age = age;
    this.backsOff = backsOff;
    const verb = backsOff ? 'take or back off from' : 'take';
    this.take = new Access('lock', 'acquire', lock, 'owner', verb, this);
  }

  ready(): boolean {
    return this.lock.owner === FREE || (this.backsOff && this.lock.owner < this.age);
  }

  get blockedBy(): string {
    return `${this.lock.label} is held by task ${this.lock.owner - 1}`;
  }
}

/**
 * A lock that knows its owner's age, so that who wants it can tell whether to wait. Ages start at
 * 1; a smaller one is older.
 */
export class TaggedLock extends KernelObject {
  /** Age of who holds it. For judges and state keys; never for kernel code. */
  owner: number = FREE;
  private readonly patient: readonly Claim[];
  private readonly modest: readonly Claim[];
  private readonly gives: Access;

  constructor(world: World, name: string, ages: number) {
    super(world, 'lock');
    this.alias = name;
    const all = Array.from({ length: ages }, (_, index) => index + 1);
    this.patient = all.map((age) => new Claim(this, age, false));
    this.modest = all.map((age) => new Claim(this, age, true));
    this.gives = new Access('write', 'release', this, 'owner', 'release');
  }

  /**
   * Waits until the lock is free and takes it; with `backsOff`, false as soon as somebody older has
   * it.
   */
  *take(age: number, backsOff: boolean): KernelTask<boolean> {
    const claim = (backsOff ? this.modest : this.patient)[age - 1];
    if (claim === undefined) throw new RangeError(`no task has the age ${age}`);
    yield claim.take;
    const { world } = this;
    const isFree = this.owner === FREE;
    if (isFree) {
      world.memory.locks(this, 'owner');
      this.owner = age;
    } else world.memory.reads(this, 'owner', 'acquire');
    world.current.observe(isFree ? 1 : 0);
    return isFree;
  }

  /** Gives the lock back as part of the step before. */
  drop(): void {
    this.world.memory.unlocks(this, 'owner');
    this.owner = FREE;
  }

  /** Gives the lock back in a step of its own. */
  *release(): KernelTask<void> {
    yield this.gives;
    this.drop();
  }

  visitState(visit: StateVisitor): void {
    visit('owner', this.owner);
  }
}
