import type { HeldLock, LockClass } from '../kernel/lockdep.ts';
import type { World } from '../kernel/world.ts';
import type { WwClass } from '../kernel/ww-class.ts';

/** A lock of the rest of the kernel, as far as lock proving sees it. */
class ForeignLock implements HeldLock {
  readonly label: string;
  readonly lockClass: LockClass;

  constructor(world: World, name: string) {
    this.label = name;
    this.lockClass = world.lockdep.classOf(name);
  }
}

/** What reservations nest with, from the outside in. */
export interface OuterLocks {
  readonly mmapLock: HeldLock;
  /** Memory reclaim. */
  readonly reclaim: HeldLock;
  /** Of a file's mappings: reclaim takes it, and gives it back before notifiers run. */
  readonly fileMappings: HeldLock;
  readonly notifier: HeldLock;
}

/**
 * How reservations nest with the locks of memory management. The kernel teaches that when it boots,
 * so that any device shows a violation; here it is taught with the first reservation object.
 *
 * @kernel dma_resv_lockdep
 * @rule RESV-065
 */
export class ResvLockdep {
  private readonly world: World;
  private known: OuterLocks | null = null;

  constructor(world: World) {
    this.world = world;
  }

  get locks(): OuterLocks {
    const { world } = this;
    this.known ??= {
      mmapLock: new ForeignLock(world, 'mmap_lock'),
      reclaim: world.memory.reclaim,
      fileMappings: new ForeignLock(world, 'i_mmap_rwsem'),
      notifier: new ForeignLock(world, 'mmu_notifier_invalidate_range_start'),
    };
    return this.known;
  }

  /** Says once what may be taken under what, as if it had been done. @rule RESV-065 */
  teach(reservations: WwClass): void {
    const { lockdep, build } = this.world;
    if (this.known !== null || !build.lockProving) return;
    const { mmapLock, reclaim, fileMappings, notifier } = this.locks;
    const outside = [
      mmapLock.lockClass,
      reservations.acquireClass,
      reservations.mutexClass,
      reclaim.lockClass,
    ];
    lockdep.teach([...outside, notifier.lockClass, lockdep.classOf('dma_fence_map')]);
    lockdep.teach([...outside, fileMappings.lockClass]);
  }
}
