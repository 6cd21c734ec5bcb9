import type { KernelTask } from '../kernel/access.ts';
import { ENOENT, ENOMEM } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import { numberField, type UserPointer } from '../uapi/user-memory.ts';
import type { DrmDevice } from './drm-device.ts';
import type { DrmFile } from './drm-file.ts';
import type { GemObject } from './gem-object.ts';

/** Numbers by which every file of a device can open an object, while that has handles. */
export class GemNames {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel drm_gem_flink_ioctl */
  *flink(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const object = yield* file.lookup(numberField(argument, 'handle'));
    if (object === null) return -ENOENT;
    const { nameLock } = file.device;
    yield* nameLock.acquire();
    const name = yield* this.nameOf(object);
    nameLock.release();
    yield* object.put();
    if (name < 0) return name;
    argument.fields['name'] = name;
    return 0;
  }

  /** Without a handle nobody would ever take the name away again. */
  protected *nameOf(object: GemObject): KernelTask<number> {
    if (object.handleCount.get() === 0) return -ENOENT;
    const known = object.globalName.get();
    return known === 0 ? yield* this.makeName(object) : known;
  }

  protected *makeName(object: GemObject): KernelTask<number> {
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const { names } = object.device;
    let name = 1;
    while (names.get(name) !== null) name += 1;
    names.set(name, object);
    object.globalName.set(name);
    return name;
  }

  /** A handle for a name, or a negative error. @kernel drm_gem_open_ioctl */
  *open(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const { nameLock, names } = file.device;
    yield* nameLock.acquire();
    const object = names.get(numberField(argument, 'name'));
    if (object === null) {
      nameLock.release();
      return -ENOENT;
    }
    yield* object.get();
    return yield* this.answer(file, object, argument);
  }

  /** The reference of the look-up goes last: the number of the handle can be guessed. */
  protected *answer(file: DrmFile, object: GemObject, argument: UserPointer): KernelTask<number> {
    const handle = yield* this.stack.gemHandles.createTail(file, object);
    if (handle > 0) Object.assign(argument.fields, { handle, size: object.size });
    yield* object.put();
    return Math.min(handle, 0);
  }

  /** With its last handle an object loses its name. @kernel drm_gem_object_handle_free */
  forget(device: DrmDevice, object: GemObject): void {
    device.nameLock.assertHeld('drm_gem_object_handle_free');
    const name = object.globalName.get();
    if (name === 0) return;
    device.names.set(name, null);
    object.globalName.set(0);
  }
}
