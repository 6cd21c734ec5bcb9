import { Access, type KernelTask } from './access.ts';
import type { KernelObject } from './object.ts';
import type { World } from './world.ts';

/** A field of its own: it changes only when a count becomes 0, or ceases to be. */
const ZERO_FIELD = 'zero';

/** A reference count that complains when it is misused. @kernel refcount_t struct kref */
export class Count {
  private count: number;
  private readonly place: KernelObject;
  private readonly world: World;
  private readonly field: string;
  private readonly up: Access;
  private readonly down: Access;
  private readonly tryUp: Access;
  private readonly look: Access;

  constructor(place: KernelObject, field: string, count = 1) {
    this.place = place;
    this.world = place.world;
    this.field = field;
    this.count = count;
    this.up = new Access('update', 'once', place, field, 'inc');
    this.down = new Access('update', 'full', place, field, 'dec');
    this.tryUp = new Access('update', 'full', place, field, 'inc unless zero');
    this.look = new Access('read', 'once', place, field, 'read');
  }

  /** For judges and state keys; never for kernel code. */
  get value(): number {
    this.world.looked(this.place, this.field);
    return this.count;
  }

  /** Nobody has a reference. Unlike its value, that changes once or twice in a life. */
  get isZero(): boolean {
    this.world.looked(this.place, ZERO_FIELD);
    return this.count === 0;
  }

  /** First value of an object, also of one in recycled memory. @kernel kref_init */
  initialize(count: number): void {
    this.world.touch(this.place, this.field, 'write', 'once');
    this.world.touch(this.place, ZERO_FIELD, 'write', 'once');
    this.count = count;
  }

  /** @kernel kref_get */
  *inc(): KernelTask<void> {
    if (this.world.stops(this.up)) yield this.up;
    const world = this.world;
    // It promises no order, but no machine with store buffers performs it behind its stores.
    world.barrier();
    world.memory.writes(this.place, this.field, 'once');
    if (this.count <= 0) {
      world.touch(this.place, ZERO_FIELD, 'write', 'once');
      world.complain('refcount', `${this.place.label}.${this.field} is raised from 0`, this.place);
    }
    this.count += 1;
  }

  /** Joins the step of the caller, who holds a lock that keeps others from the last reference. */
  raise(): void {
    const { world } = this;
    world.memory.writes(this.place, this.field, 'once');
    if (this.count <= 0)
      world.complain('refcount', `${this.place.label}.${this.field} is raised from 0`, this.place);
    this.count += 1;
  }

  /** True when this was the last reference. @kernel kref_put */
  *decAndTest(): KernelTask<boolean> {
    if (this.world.stops(this.down)) yield this.down;
    const world = this.world;
    world.memory.writes(this.place, this.field, 'full');
    if (this.count <= 0) {
      world.fault('refcount', `${this.place.label}.${this.field} drops below 0`, this.place);
    }
    this.count -= 1;
    const isLast = this.count === 0;
    if (isLast) world.touch(this.place, ZERO_FIELD, 'write', 'once');
    world.current.observe(isLast ? 1 : 0);
    return isLast;
  }

  /** @kernel kref_get_unless_zero */
  *incUnlessZero(): KernelTask<boolean> {
    if (this.world.stops(this.tryUp)) yield this.tryUp;
    const world = this.world;
    world.memory.writes(this.place, this.field, 'full');
    const isTaken = this.count > 0;
    if (isTaken) this.count += 1;
    world.current.observe(isTaken ? 1 : 0);
    return isTaken;
  }

  /** @kernel kref_read */
  *read(): KernelTask<number> {
    if (this.world.stops(this.look)) yield this.look;
    const world = this.world;
    world.memory.reads(this.place, this.field, 'once');
    world.current.observe(this.count);
    return this.count;
  }
}
