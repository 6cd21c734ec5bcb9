import { Access, type AccessOrder, type KernelTask, type Place } from './access.ts';
import { EVERY_FIELD, type TouchKind } from './footprint.ts';
import { flagsOf, type Gfp, PF_MEMALLOC, PF_MEMALLOC_NOFS, PF_MEMALLOC_NOIO } from './gfp.ts';
import type { KernelObject, StateVisitor } from './object.ts';
import { PseudoLock } from './pseudo-lock.ts';
import type { StateKey } from './state-key.ts';
import type { World } from './world.ts';

export type { Gfp } from './gfp.ts';

/** So many objects that were freed the ledger may hold, in runs that go on and on. */
const FREED_MAX = 256;

/** What allocations have in common: how many of them nature may still fail. */
const MEMORY: Place = { label: 'memory' };

/** The step at which nature decides whether an allocation succeeds. */
export class AllocationAccess extends Access {
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
  /** How many of them were freed. */
  private freed = 0;
  private readonly world: World;
  private allocation: Access | null = null;
  private reclaiming: PseudoLock | null = null;
  private notifying: PseudoLock | null = null;

  constructor(world: World) {
    this.world = world;
  }

  /** The pseudo lock of whoever frees memory to make room. @kernel __fs_reclaim_map */
  get reclaim(): PseudoLock {
    this.reclaiming ??= new PseudoLock(this.world, 'fs_reclaim');
    return this.reclaiming;
  }

  /**
   * The pseudo lock of notifiers that take memory away from devices.
   *
   * @kernel __mmu_notifier_invalidate_range_start_map
   */
  get notifier(): PseudoLock {
    this.notifying ??= new PseudoLock(this.world, 'mmu_notifier_invalidate_range_start');
    return this.notifying;
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
    if (gfp !== 'GFP_ATOMIC') this.mightAllocate(gfp);
    world.touch(MEMORY, 'failures', 'read', 'once');
    if (world.failuresLeft === 0) return true;
    this.allocation ??= new AllocationAccess(world);
    if (world.stops(this.allocation)) yield this.allocation;
    const isGranted = world.alternative === 0;
    world.current.observe(isGranted ? 1 : 0);
    world.touch(MEMORY, 'failures', isGranted ? 'read' : 'write', 'once');
    if (isGranted) return true;
    world.failuresLeft -= 1;
    return false;
  }

  /**
   * Says what an allocation might do, whether or not this one does: sleep, and reclaim memory.
   *
   * @kernel might_alloc
   */
  mightAllocate(gfp: Gfp): void {
    if (!flagsOf(gfp).reclaims) return;
    this.mightReclaim(gfp);
    this.mightSleep(`${gfp} allocation`);
  }

  /**
   * Reclaim may call into filesystems, if it is let, and notifiers always; both may wait for
   * fences. What counts are the flags and what the task has said of all its allocations.
   *
   * @kernel fs_reclaim_acquire
   * @rule CONTRACT-026
   */
  protected mightReclaim(gfp: Gfp): void {
    const { current, build } = this.world;
    // Who holds nothing has nothing to come before reclaim; how that nests is known from the boot.
    if (current.held.length === 0 || !build.lockProving) return;
    const { fs, isUnproven } = flagsOf(gfp);
    const { allocationScope } = current;
    if (isUnproven || (allocationScope & PF_MEMALLOC) !== 0) return;
    const mayUseFs = fs && (allocationScope & (PF_MEMALLOC_NOFS | PF_MEMALLOC_NOIO)) === 0;
    if (mayUseFs) this.reclaim.enter();
    this.notifier.pass();
    if (mayUseFs) this.reclaim.leave();
  }

  /**
   * The task says something about all allocations that it makes from now on. What it had said before
   * comes back: it is to be given to `endScope`.
   *
   * @kernel memalloc_nofs_save, memalloc_noio_save, memalloc_noreclaim_save
   */
  beginScope(flag: number): number {
    const { current } = this.world;
    const before = current.allocationScope;
    current.allocationScope |= flag;
    return before;
  }

  /** @kernel memalloc_flags_restore */
  endScope(before: number): void {
    this.world.current.allocationScope = before;
  }

  /**
   * Complains when the current task may not sleep, or is about to sleep already: it would wake from
   * the wrong sleep. `what` it does, and on what: a name is made only for a complaint.
   *
   * @kernel might_sleep
   */
  mightSleep(what: string, on: Place | null = null): void {
    this.mustNotBeAtomic(what, on);
    const { name, isAboutToSleep } = this.world.current;
    if (isAboutToSleep) {
      const text = nameOf(what, on);
      this.world.complain('sleep-in-atomic', `${text} in the state of a sleeper (${name})`);
    }
  }

  /** Complains where no task may sleep. @kernel schedule_debug */
  mustNotBeAtomic(what: string, on: Place | null = null): void {
    const task = this.world.current;
    if (task.isAtomic || !task.cpu.irqsEnabled || task.rcuDepth > 0) {
      const text = nameOf(what, on);
      this.world.complain('sleep-in-atomic', `${text} in atomic context (${task.name})`);
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
    this.freed += 1;
    // Each time at least half of them go: that costs no more than they did.
    if (this.freed > FREED_MAX && this.freed > this.objects.length / 2) this.forgetFreed();
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
    this.freed = 0;
  }

  /** What is still allocated, in the order of allocation. */
  live(): KernelObject[] {
    return this.objects.filter((object) => object.freedBy === null);
  }
}

function nameOf(what: string, on: Place | null): string {
  return on === null ? what : `${what} ${on.label}`;
}
