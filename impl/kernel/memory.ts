import { Access, type AccessOrder, type KernelTask, type Place } from './access.ts';
import { EVERY_FIELD, type TouchKind } from './footprint.ts';
import type { HeldLock } from './lockdep.ts';
import type { KernelObject, StateVisitor } from './object.ts';
import type { StateKey } from './state-key.ts';
import type { World } from './world.ts';

/** How an allocation may get its memory. */
export type Gfp = 'GFP_KERNEL' | 'GFP_ATOMIC';

/** What allocations have in common: how many of them nature may still fail. */
const MEMORY: Place = { label: 'memory' };

/** The step at which nature decides whether an allocation succeeds. */
class AllocationAccess extends Access {
  private readonly world: World;

  constructor(world: World) {
    super('choose', 'plain', MEMORY, '', 'allocate from');
    this.world = world;
  }

  override get alternatives(): number {
    return this.world.failuresLeft > 0 ? 2 : 1;
  }
}

/** The ledger of simulated kernel memory: what lives, who freed it. */
export class Memory {
  objects: KernelObject[] = [];
  private readonly world: World;
  private allocation: Access | null = null;
  private reclaiming: HeldLock | null = null;

  constructor(world: World) {
    this.world = world;
  }

  /** The pseudo lock of whoever frees memory to make room. @kernel __fs_reclaim_map */
  get reclaim(): HeldLock {
    const label = 'fs_reclaim';
    this.reclaiming ??= { label, lockClass: this.world.lockdep.classOf(label) };
    return this.reclaiming;
  }

  /** Called by the constructor of every object. */
  allocated(object: KernelObject): void {
    this.objects.push(object);
  }

  /**
   * Asks for memory. False when nature makes this allocation fail. It is a step only while
   * failures are possible, since without them nothing about it can be seen.
   *
   * @kernel kmalloc
   */
  *reserve(gfp: Gfp): KernelTask<boolean> {
    const world = this.world;
    if (gfp === 'GFP_KERNEL') this.mightReclaim();
    world.touch(MEMORY, 'failures', 'read', 'once');
    if (world.failuresLeft === 0) return true;
    this.allocation ??= new AllocationAccess(world);
    yield this.allocation;
    const isGranted = world.alternative === 0;
    world.current.observe(isGranted ? 1 : 0);
    world.touch(MEMORY, 'failures', isGranted ? 'read' : 'write', 'once');
    if (isGranted) return true;
    world.failuresLeft -= 1;
    return false;
  }

  /** Reclaim sleeps, and may wait for fences: no part of signalling one. @kernel might_alloc */
  private mightReclaim(): void {
    const { current } = this.world;
    this.mightSleep('GFP_KERNEL allocation');
    if (!this.world.build.lockProving) return;
    if (current.signallingDepth > 0) {
      this.world.complain('lockdep', `${current.name} may reclaim in a signalling section`);
    } else if (current.held.length > 0) {
      this.world.lockdep.attempt(this.reclaim, false);
    }
  }

  /** Complains when the current task may not sleep. @kernel might_sleep */
  mightSleep(what: string): void {
    const task = this.world.current;
    if (task.isAtomic || !task.cpu.irqsEnabled || task.rcuDepth > 0) {
      this.world.complain('sleep-in-atomic', `${what} in atomic context (${task.name})`);
    }
  }

  /** Gives memory back at once. @kernel kfree */
  free(object: KernelObject): void {
    const by = `${this.world.current.name} at step ${this.world.steps}`;
    if (object.freedBy !== null) {
      this.world.fault(
        'double-free',
        `${object.label} is freed twice: by ${object.freedBy}, then by ${by}`,
        object,
      );
    }
    const buffer = this.world.ownBuffer;
    // Nobody else can see it any more, so nobody can tell when its last stores land.
    if (buffer !== null && buffer.writesTo(object)) buffer.drain();
    object.freedBy = by;
    this.world.touch(object, EVERY_FIELD, 'write', 'full');
  }

  /** Every read of memory comes through here. */
  reads(object: KernelObject, field: string, order: AccessOrder = 'plain'): void {
    this.touch(object, field, 'read', order);
  }

  /** Every write, and every read that writes in the same step. */
  writes(object: KernelObject, field: string, order: AccessOrder = 'plain'): void {
    if (order === 'full') this.world.barrier();
    this.touch(object, field, 'write', order);
  }

  /** A store begins that will reach memory later. */
  assertAlive(object: KernelObject, field: string): void {
    if (object.freedBy !== null) this.wild(object, field);
  }

  /** A lock in this field is taken. */
  locks(object: KernelObject, field: string): void {
    this.world.barrier();
    this.touch(object, field, 'lock', 'acquire');
  }

  unlocks(object: KernelObject, field: string): void {
    this.touch(object, field, 'unlock', 'release');
  }

  private touch(object: KernelObject, field: string, kind: TouchKind, order: AccessOrder): void {
    if (object.freedBy !== null) this.wild(object, field);
    const { footprint, accesses } = this.world;
    if (footprint !== null) footprint.touched(object, field, kind, order);
    if (accesses !== null) accesses.touched(object, field, kind, order);
  }

  private wild(object: KernelObject, field: string): never {
    return this.world.fault(
      'use-after-free',
      `${object.label}.${field} is used by ${this.world.current.name} after it was freed by ` +
        `${object.freedBy ?? 'nobody'}`,
      object,
    );
  }

  /** What is allocated, field by field. Who was freed decides nothing any more. */
  visitState(key: StateKey): void {
    const add: StateVisitor = (_field, value) => key.add(value);
    for (const object of this.objects) {
      if (object.freedBy !== null) continue;
      key.part();
      key.add(object);
      object.visitState(add);
    }
  }

  /** Drops what was freed from the ledger: a run of millions of steps cannot keep it all. */
  forgetFreed(): void {
    this.objects = this.live();
  }

  /** What is still allocated, in the order of allocation. */
  live(): KernelObject[] {
    return this.objects.filter((object) => object.freedBy === null);
  }
}
