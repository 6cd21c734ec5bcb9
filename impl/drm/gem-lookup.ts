import type { KernelTask } from '../kernel/access.ts';
import { EFAULT, ENOENT, ENOMEM } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { World } from '../kernel/world.ts';
import type { Stack } from '../stack.ts';
import type { UserPointer } from '../uapi/user-memory.ts';
import type { DrmFile } from './drm-file.ts';
import type { GemObject } from './gem-object.ts';

/** Objects that were looked up together, a reference on each; whoever asked for it frees it. */
export class ObjectArray extends KernelObject {
  readonly objects: readonly GemObject[];

  constructor(world: World, objects: readonly GemObject[]) {
    super(world, 'objectArray');
    this.objects = objects;
  }

  visitState(visit: StateVisitor): void {
    visit('objects', this.objects);
  }
}

/** Room for handles, or for what is behind them, until somebody has filled it. */
class Room extends KernelObject {
  visitState(_visit: StateVisitor): void {}
}

/** Looking up what a job of a program names, all at once. */
export class GemLookup {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** The objects, or a negative error; the handles lie in user memory. @kernel drm_gem_objects_lookup */
  *lookupAll(file: DrmFile, handles: UserPointer): KernelTask<ObjectArray | number> {
    const { memory } = this.stack.world;
    if (!(yield* memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const room = new Room(this.stack.world, 'objectRoom');
    if (!handles.isReadable) return yield* this.fail(room, [], -EFAULT);
    const found: GemObject[] = [];
    for (const handle of numbersIn(handles)) {
      const object = yield* file.lookup(handle);
      if (object === null) return yield* this.fail(room, found, -ENOENT);
      found.push(object);
    }
    memory.free(room);
    return new ObjectArray(this.stack.world, found);
  }

  /** Nothing is left of a look-up that failed. */
  protected *fail(
    room: KernelObject,
    found: readonly GemObject[],
    error: number,
  ): KernelTask<number> {
    for (const object of found) yield* object.put();
    this.stack.world.memory.free(room);
    return error;
  }

  /** The job is done. */
  *putAll(array: ObjectArray): KernelTask<void> {
    for (const object of array.objects) yield* object.put();
    this.stack.world.memory.free(array);
  }
}

function numbersIn({ fields }: UserPointer): readonly number[] {
  const handles: unknown = fields['handles'];
  return Array.isArray(handles) ? handles.map(Number) : [];
}
