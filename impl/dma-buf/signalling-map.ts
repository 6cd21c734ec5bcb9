import type { HeldLock, LockClass } from '../kernel/lockdep.ts';
import type { World } from '../kernel/world.ts';

/**
 * The pseudo lock that lock proving sees in signalling sections and at waits: no lock may be held
 * at a wait if somebody needs it on the way to a signal.
 *
 * @kernel dma_fence_map
 */
export class SignallingMap implements HeldLock {
  readonly label = 'dma_fence_map';
  readonly lockClass: LockClass;
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
    this.lockClass = world.lockdep.classOf('dma_fence_map');
  }

  /**
   * From here on the task must reach its next signal. True when nothing was recorded.
   *
   * @kernel dma_fence_begin_signalling
   * @rule CONTRACT-021
   */
  begin(): boolean {
    const { world } = this;
    const task = world.current;
    task.signallingDepth += 1;
    if (!world.build.lockProving || world.lockdep.isSilent) return true;
    if (task.signallingDepth > 1 || task.isAtomic) return true;
    // It is taken as a trylock is: what is held already does not have to come before it.
    task.held.push(this);
    return false;
  }

  /**
   * Takes what `begin` returned.
   *
   * @kernel dma_fence_end_signalling
   * @rule CONTRACT-022
   */
  end(cookie: boolean): void {
    const task = this.world.current;
    task.signallingDepth -= 1;
    if (!cookie) task.held.splice(task.held.lastIndexOf(this), 1);
  }

  /** The task holds the shared part of the map: its outermost section recorded something. */
  get isHeld(): boolean {
    return this.world.current.held.includes(this);
  }

  /**
   * A wait for a fence: whatever is held now must not be needed by any signaller. The waiter's
   * own section is set aside.
   *
   * @kernel __dma_fence_might_wait
   * @rule CONTRACT-023
   */
  mightWait(): void {
    const { world } = this;
    if (!world.build.lockProving) return;
    const { held } = world.current;
    const at = held.indexOf(this);
    if (at >= 0) held.splice(at, 1);
    world.lockdep.attempt(this, true);
    if (at >= 0) held.splice(at, 0, this);
  }
}
