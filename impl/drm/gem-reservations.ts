import type { DmaResv } from '../dma-buf/dma-resv.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EDEADLK } from '../kernel/errno.ts';
import { KernelObject } from '../kernel/object.ts';
import type { WwAcquireContext } from '../kernel/ww-context.ts';
import type { Stack } from '../stack.ts';

/** Locks the reservations of several buffers, as drivers do before they submit work. */
export class GemReservations extends KernelObject {
  constructor(stack: Stack) {
    super(stack.world, 'gemReservations');
    this.isStatic = true;
  }

  /**
   * Locks all, in any order; after an error nothing is locked and the context has ended.
   *
   * @kernel drm_gem_lock_reservations
   * @rule WW-044
   */
  *lock(resvs: readonly DmaResv[], context: WwAcquireContext): KernelTask<number> {
    yield* context.init();
    let contended = -1;
    // Each attempt ends with everything, or with nothing and an older one ahead.
    for (;;) {
      const slow = contended < 0 ? null : resvs[contended];
      const error = (yield* slow?.lockSlowInterruptible(context) ?? nothing()) ?? 0;
      if (error !== 0) return this.end(context, error);
      const failed = yield* this.lockOthers(resvs, contended, context);
      if (failed.error === 0) break;
      if (failed.error !== -EDEADLK) return this.end(context, failed.error);
      contended = failed.at;
    }
    context.done();
    return 0;
  }

  /** Gives back what it got when it fails, and says where that was. */
  protected *lockOthers(
    resvs: readonly DmaResv[],
    contended: number,
    context: WwAcquireContext,
  ): KernelTask<{ readonly at: number; readonly error: number }> {
    for (const [at, resv] of resvs.entries()) {
      if (at === contended) continue;
      const error = yield* resv.acquireInterruptible(context);
      if (error === 0) continue;
      for (const before of resvs.slice(0, at)) yield* before.release();
      if (contended >= at) yield* resvs[contended]?.release() ?? nothing();
      return { at, error };
    }
    return { at: -1, error: 0 };
  }

  protected end(context: WwAcquireContext, error: number): number {
    context.fini();
    return error;
  }

  /** @kernel drm_gem_unlock_reservations */
  *unlock(resvs: readonly DmaResv[], context: WwAcquireContext): KernelTask<void> {
    for (const resv of resvs) yield* resv.release();
    context.fini();
  }

  /**
   * Locks all, and makes room for a fence in each.
   *
   * @kernel virtio_gpu_array_lock_resv
   */
  *lockAndReserve(resvs: readonly DmaResv[], context: WwAcquireContext): KernelTask<number> {
    const error = yield* this.lock(resvs, context);
    if (error !== 0) return error;
    for (const resv of resvs) {
      const full = yield* resv.reserveFences(1);
      if (full !== 0) return yield* this.giveUp(resvs, context, full);
    }
    return 0;
  }

  protected *giveUp(
    resvs: readonly DmaResv[],
    context: WwAcquireContext,
    error: number,
  ): KernelTask<number> {
    yield* this.unlock(resvs, context);
    return error;
  }

  visitState(): void {}
}

function* nothing(): KernelTask<void> {}
