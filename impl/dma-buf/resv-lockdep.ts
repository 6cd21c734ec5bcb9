import type { HeldLock, LockClass } from '../kernel/lockdep.ts';
import { PseudoLock } from '../kernel/pseudo-lock.ts';
import type { World } from '../kernel/world.ts';
import type { WwClass } from '../kernel/ww-class.ts';

/** Some lock of a class, for what is true of all of them. */
class AnyLock implements HeldLock {
  readonly lockClass: LockClass;

  constructor(lockClass: LockClass) {
    this.lockClass = lockClass;
  }

  get label(): string {
    return this.lockClass.name;
  }
}

/** What reservations nest with, from the outside in. */
export interface OuterLocks {
  readonly mmapLock: PseudoLock;
  /** Memory reclaim. */
  readonly reclaim: PseudoLock;
  /** Of a file's mappings: reclaim takes it, and gives it back before notifiers run. */
  readonly fileMappings: PseudoLock;
  readonly notifier: PseudoLock;
}

/**
 * How reservations nest with the locks of memory management. The kernel teaches that when it boots,
 * so that one wrong path on any device is enough for a report.
 *
 * @kernel dma_resv_lockdep
 * @rule RESV-065
 * @rule CONTRACT-025
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
      mmapLock: new PseudoLock(world, 'mmap_lock'),
      reclaim: world.memory.reclaim,
      fileMappings: new PseudoLock(world, 'i_mmap_rwsem'),
      notifier: world.memory.notifier,
    };
    return this.known;
  }

  /** Says once what may be taken under what, as if it had been done. `wait`: what waits take. */
  teach(reservations: WwClass, wait: HeldLock): void {
    const { lockdep, build } = this.world;
    if (!build.lockProving) return;
    const { mmapLock, reclaim, fileMappings, notifier } = this.locks;
    const context = new AnyLock(reservations.acquireClass);
    const lock = new AnyLock(reservations.mutexClass);
    lockdep.teach([mmapLock.shared, context, lock, reclaim, notifier, wait]);
    lockdep.teach([reclaim, fileMappings]);
  }
}
