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
    const handle = yield* this.reserve(file);
    nameLock.release();
    const error = handle < 0 ? handle : yield* this.setUp(file, object);
    if (error === 0) {
      yield* this.publish(file, handle, object);
      return handle;
    }
    if (handle > 0) yield* this.giveBack(file, handle);
    yield* this.dropCount(object);
    return error;
  }

  /** The smallest free number, with nothing behind it, or a negative error. @kernel idr_alloc */
  protected *reserve(file: DrmFile): KernelTask<number> {
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    yield* file.tableLock.acquire();
    let handle = 1;
    while (file.taken.get(handle) === true) handle += 1;
    file.taken.set(handle, true);
    file.tableLock.release();
    return handle;
  }

  /** What the file needs before it may use the object. */
  protected *setUp(file: DrmFile, object: GemObject): KernelTask<number> {
    object.allowed.set(file.key, (object.allowed.get(file.key) ?? 0) + 1);
    const error = yield* file.device.driver.openObject?.(object, file) ?? nothing();
    if (error !== 0) this.revoke(file, object);
    return error;
  }

  /** @kernel drm_vma_node_revoke */
  protected revoke(file: DrmFile, object: GemObject): void {
    object.allowed.set(file.key, (object.allowed.get(file.key) ?? 0) - 1);
  }

  /** Whoever guesses the number finds the object from now on. @kernel idr_replace @rule PRIME-013 */
  protected *publish(file: DrmFile, handle: number, object: GemObject): KernelTask<void> {
    yield* file.tableLock.acquire();
    file.handles.set(handle, object);
    file.tableLock.release();
  }

  /** @kernel idr_remove */
  protected *giveBack(file: DrmFile, handle: number): KernelTask<void> {
    yield* file.tableLock.acquire();
    file.taken.set(handle, false);
    file.tableLock.release();
  }

  /** @kernel drm_gem_handle_delete @rule PRIME-013 */
  *delete(file: DrmFile, handle: number): KernelTask<number> {
    yield* file.tableLock.acquire();
    const object = file.handles.get(handle);
    if (object !== null) file.handles.set(handle, null);
    file.tableLock.release();
    if (object === null) return -EINVAL;
    yield* this.release(file, handle, object);
    yield* this.giveBack(file, handle);
    return 0;
  }

  /** @kernel drm_gem_object_release_handle */
  *release(file: DrmFile, handle: number, object: GemObject): KernelTask<void> {
    yield* file.device.driver.closeObject?.(object, file) ?? nothing();
    yield* file.prime.lock.acquire();
    yield* file.prime.remove(handle);
    file.prime.lock.release();
    this.revoke(file, object);
    yield* this.dropCount(object);
  }

  /** With the last handle of all files the object lets go of its buffer. @kernel drm_gem_object_handle_put_unlocked */
  *dropCount(object: GemObject): KernelTask<void> {
    const { nameLock } = object.device;
    yield* nameLock.acquire();
    const left = object.handleCount.get() - 1;
    object.handleCount.set(left);
    if (left === 0) {
      this.stack.gemNames.forget(object.device, object);
      yield* this.dropBuffer(object);
    }
    nameLock.release();
    if (left === 0) yield* object.put();
  }

  /** @kernel drm_gem_object_exported_dma_buf_free @rule PRIME-010 */
  *dropBuffer(object: GemObject): KernelTask<void> {
    const buffer = object.buffer.get();
    if (buffer === null) return;
    yield* buffer.file.putAtReturn();
    object.buffer.set(null);
  }
}

function* nothing(): KernelTask<number> {
  return 0;
}
