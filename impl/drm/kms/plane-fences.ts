import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import {
  DMA_RESV_USAGE_KERNEL,
  DMA_RESV_USAGE_WRITE,
  type ResvUsage,
} from '../../dma-buf/resv-usage.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { ENOMEM } from '../../kernel/errno.ts';
import type { Stack } from '../../stack.ts';
import type { GemObject } from '../gem-object.ts';
import type { Framebuffer } from './framebuffer.ts';
import type { PlaneState } from './plane.ts';

/** Getting framebuffers ready to be shown: in place, and with everything that they must wait for. */
export class PlaneFences {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel drm_gem_plane_helper_prepare_fb */
  *prepare(state: PlaneState): KernelTask<number> {
    const fb = state.fb.get();
    if (fb === null) return 0;
    const error = yield* this.pin(fb);
    if (error !== 0) return error;
    const missing = yield* this.collect(state, fb);
    if (missing !== 0) yield* this.unpin(fb);
    return missing;
  }

  /** @kernel drm_gem_plane_helper_cleanup_fb */
  *cleanUp(state: PlaneState): KernelTask<void> {
    const fb = state.fb.get();
    if (fb !== null) yield* this.unpin(fb);
  }

  /** Keeps all its objects where they are. @kernel drm_gem_fb_vmap */
  *pin(fb: Framebuffer): KernelTask<number> {
    const pinned: GemObject[] = [];
    for (const object of fb.objects) {
      const error = yield* object.pinPages();
      if (error !== 0) {
        for (const before of pinned.toReversed()) yield* before.unpinPages();
        return error;
      }
      pinned.push(object);
    }
    return 0;
  }

  /** @kernel drm_gem_fb_vunmap */
  *unpin(fb: Framebuffer): KernelTask<void> {
    for (const object of fb.objects.toReversed()) yield* object.unpinPages();
  }

  /**
   * One fence for everything that is pending now. Who names a fence does not wait for writers
   * besides, only for the kernel's own moves; nobody waits for readers.
   *
   * @rule KMS-006
   * @rule KMS-007
   * @rule KMS-008
   */
  protected *collect(state: PlaneState, fb: Framebuffer): KernelTask<number> {
    const given = state.fence.get();
    const usage = this.usageFor(given);
    for (const object of fb.objects) {
      const found = yield* this.stack.resvQueries.getSingleton(object.resv, usage);
      if (typeof found === 'number') return found;
      if (found === null) continue;
      const error = yield* this.add(state, found);
      if (error !== 0) return error;
    }
    return 0;
  }

  protected usageFor(given: DmaFence | null): ResvUsage {
    return given === null ? DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_KERNEL;
  }

  /** The state waits for both from now on. */
  protected *add(state: PlaneState, found: DmaFence): KernelTask<number> {
    const before = state.fence.get();
    if (before === null) {
      state.fence.set(found);
      return 0;
    }
    const memory = yield* this.stack.chains.alloc();
    if (memory === null) {
      yield* found.put();
      return -ENOMEM;
    }
    state.fence.set((yield* this.stack.chains.init(memory, before, found, 1n)).base);
    return 0;
  }
}
