import { KERNEL_LOG } from '../kernel/footprint.ts';
import type { HeldLock } from '../kernel/lockdep.ts';
import { PseudoLock } from '../kernel/pseudo-lock.ts';
import type { World } from '../kernel/world.ts';

/**
 * The pseudo lock that lock proving sees in signalling sections and at waits: no lock may be held
 * at a wait if somebody needs it on the way to a signal.
 *
 * @kernel dma_fence_map
 */
export class SignallingMap extends PseudoLock {
  /** How a section takes it: what is held already does not have to come before it. */
  private readonly section: HeldLock;

  constructor(world: World) {
    super(world, 'dma_fence_map');
    this.section = this.sharedTried;
  }

  /**
   * From here on the task must reach its next signal. True when nothing was recorded.
   *
   * @kernel dma_fence_begin_signalling
   * @rule CONTRACT-021
   */
  begin(): boolean {
    const { world, section } = this;
    const task = world.current;
    task.signallingDepth += 1;
    const { lockdep } = world;
    if (!world.build.lockProving) return true;
    world.touch(KERNEL_LOG, 'violations', 'read', 'once');
    if (lockdep.isSilent) return true;
    if (task.isAtomic || this.isHeld) return true;
    lockdep.tried(section, !task.cpu.irqsEnabled);
    task.held.push(section);
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
    if (!cookie) this.world.lockdep.release(this.section, task);
  }

  /** The task holds the shared part of the map: its outermost section recorded something. */
  get isHeld(): boolean {
    return this.world.current.held.includes(this.section);
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
    const at = held.indexOf(this.section);
    if (at >= 0) held.splice(at, 1);
    this.pass();
    if (at >= 0) held.splice(at, 0, this.section);
  }
}
