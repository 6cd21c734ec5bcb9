import type { DmaFence } from '../dma-buf/dma-fence.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, ENOENT, ENOMEM } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import type { DrmFile } from './drm-file.ts';
import type { Syncobj } from './syncobj.ts';
import {
  DRM_SYNCOBJ_CREATE_SIGNALED,
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT,
} from './syncobj-uapi.ts';

/** Which fence of an object a call is about. */
export interface PointRequest {
  readonly handle: number;
  readonly point: bigint;
  readonly flags: number;
}

/** Making synchronisation objects, and finding what is in them. */
export class Syncobjs {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** A new object, or a negative error. @kernel drm_syncobj_create @rule SYNCOBJ-002 */
  *create(flags: number, fence: DmaFence | null = null): KernelTask<Syncobj | number> {
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const syncobj = new this.stack.types.Syncobj(this.stack);
    if ((flags & DRM_SYNCOBJ_CREATE_SIGNALED) !== 0) {
      const error = yield* this.signal(syncobj);
      if (error !== 0) {
        yield* syncobj.put();
        return error;
      }
    }
    if (fence !== null) yield* syncobj.replaceFence(fence);
    return syncobj;
  }

  /** Installs a stub of its own, whatever was there. @kernel drm_syncobj_assign_null_handle @rule SYNCOBJ-012 */
  *signal(syncobj: Syncobj): KernelTask<number> {
    const { clock } = this.stack.world;
    const stub = yield* this.stack.stubs.allocatePrivateStub(clock.nanoseconds);
    if (stub === null) return -ENOMEM;
    yield* syncobj.replaceFence(stub);
    yield* stub.put();
    return 0;
  }

  /**
   * Trades a reference on an object's fence for one on what stands for a point of it; a point that
   * is done has a stub. Or a negative error, and the reference is gone all the same.
   *
   * @rule SYNCOBJ-024
   */
  *findPoint(fence: DmaFence, point: bigint): KernelTask<DmaFence | number> {
    const { chains, stubs } = this.stack;
    const found = yield* chains.findSeqno(fence, point);
    if (found.result === 0) return found.fence ?? (yield* stubs.getStub());
    yield* fence.put();
    return found.result;
  }

  /**
   * The fence of a point, with a reference, or a negative error. It may wait for somebody to submit
   * one, but never for the fence itself.
   *
   * @kernel drm_syncobj_find_fence
   * @rule SYNCOBJ-029
   */
  *findFence(file: DrmFile, { handle, point, flags }: PointRequest): KernelTask<DmaFence | number> {
    const syncobj = yield* file.syncobjs.find(handle);
    if (syncobj === null) return -ENOENT;
    let result: DmaFence | number = -EINVAL;
    if ((flags & ~DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT) === 0) {
      result = yield* this.findFenceIn(syncobj, point, flags !== 0);
    }
    yield* syncobj.put();
    return result;
  }

  protected *findFenceIn(
    syncobj: Syncobj,
    point: bigint,
    waitsForSubmit: boolean,
  ): KernelTask<DmaFence | number> {
    const { syncobjWaits } = this.stack;
    if (waitsForSubmit) syncobjWaits.mightWaitForUser('drm_syncobj_find_fence');
    const fence = yield* syncobj.fenceGet();
    const found = fence === null ? -EINVAL : yield* this.findPoint(fence, point);
    if (typeof found !== 'number' || !waitsForSubmit) return found;
    return yield* syncobjWaits.waitForSubmit(syncobj, point);
  }
}
