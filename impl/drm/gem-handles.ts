import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, ENOMEM } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import type { DrmFile } from './drm-file.ts';
import type { GemObject } from './gem-object.ts';

/** Numbers by which a device file knows objects. */
export class GemHandles {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** The handle, or a negative error. @kernel drm_gem_handle_create @rule DEV-005 */
  *create(file: DrmFile, object: GemObject): KernelTask<number> {
    yield* object.device.nameLock.acquire();
    return yield* this.createTail(file, object);
  }

  /** Takes the object-name lock over, and gives it back. @kernel drm_gem_handle_create_tail */
  *createTail(file: DrmFile, object: GemObject): KernelTask<number> {
    const { nameLock } = object.device;
    nameLock.assertHeld('drm_gem_handle_create_tail');
    const before = object.handleCount.get();
    object.handleCount.set(before + 1);
    if (before === 0) yield* object.get();
    const hasMemory = yield* this.stack.world.memory.reserve('GFP_KERNEL');
    const handle = hasMemory ? yield* this.allocate(file, object) : -ENOMEM;
    nameLock.release();
    if (handle < 0) yield* this.dropCount(object);
    return handle;
  }

  /** The smallest free number. @kernel idr_alloc */
  protected *allocate(file: DrmFile, object: GemObject): KernelTask<number> {
    yield* file.tableLock.acquire();
    let handle = 1;
    while (file.taken.get(handle) === true) handle += 1;
    file.taken.set(handle, true);
    file.handles.set(handle, object);
    file.tableLock.release();
    return handle;
  }

  /** @kernel drm_gem_handle_delete @rule PRIME-013 */
  *delete(file: DrmFile, handle: number): KernelTask<number> {
    yield* file.tableLock.acquire();
    const object = file.handles.get(handle);
    if (object !== null) file.handles.set(handle, null);
    file.tableLock.release();
    if (object === null) return -EINVAL;
    yield* this.release(file, handle, object);
    yield* file.tableLock.acquire();
    file.taken.set(handle, false);
    file.tableLock.release();
    return 0;
  }

  /** @kernel drm_gem_object_release_handle */
  *release(file: DrmFile, handle: number, object: GemObject): KernelTask<void> {
    yield* file.prime.lock.acquire();
    yield* file.prime.remove(handle);
    file.prime.lock.release();
    yield* this.dropCount(object);
  }

  /** With the last handle of all files the object lets go of its buffer. @kernel drm_gem_object_handle_put_unlocked */
  protected *dropCount(object: GemObject): KernelTask<void> {
    const { nameLock } = object.device;
    yield* nameLock.acquire();
    const left = object.handleCount.get() - 1;
    object.handleCount.set(left);
    if (left === 0) yield* this.dropBuffer(object);
    nameLock.release();
    if (left === 0) yield* object.put();
  }

  /** @kernel drm_gem_object_exported_dma_buf_free @rule PRIME-010 */
  protected *dropBuffer(object: GemObject): KernelTask<void> {
    const buffer = object.buffer.get();
    if (buffer === null) return;
    yield* buffer.file.putAtReturn();
    object.buffer.set(null);
  }
}
