import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, ENOMEM } from '../kernel/errno.ts';
import type { StateVisitor } from '../kernel/object.ts';
import { PlainTable } from '../kernel/plain.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import type { Stack } from '../stack.ts';
import type { DrmFile } from './drm-file.ts';
import type { Syncobj } from './syncobj.ts';

/** Numbers by which a device file knows synchronisation objects. */
export class SyncobjTable {
  protected readonly stack: Stack;
  /** @kernel syncobj_table_lock */
  readonly lock: SpinLock;
  /** By number from 1, with a reference on each; null where a number is free. Under `lock`. @kernel syncobj_idr */
  readonly syncobjs: PlainTable<Syncobj | null>;

  constructor(file: DrmFile) {
    this.stack = file.device.stack;
    this.lock = new SpinLock(file, 'syncobjTableLock', '&file_private->syncobj_table_lock');
    this.syncobjs = new PlainTable<Syncobj | null>(file, 'syncobjs');
  }

  /** The object behind a handle, with a reference, or null. @kernel drm_syncobj_find */
  *find(handle: number): KernelTask<Syncobj | null> {
    yield* this.lock.acquire();
    const syncobj = this.syncobjs.get(handle);
    if (syncobj !== null) yield* syncobj.get();
    this.lock.release();
    return syncobj;
  }

  /**
   * The smallest free number for an object, with a reference of its own, or a negative error.
   *
   * @kernel drm_syncobj_get_handle
   * @rule SYNCOBJ-003
   * @rule SYNCOBJ-007
   */
  *add(syncobj: Syncobj): KernelTask<number> {
    yield* syncobj.get();
    // What may sleep is asked for first, in front of the lock.
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) {
      yield* syncobj.put();
      return -ENOMEM;
    }
    yield* this.lock.acquire();
    let handle = 1;
    while (this.syncobjs.get(handle) !== null) handle += 1;
    this.syncobjs.set(handle, syncobj);
    this.lock.release();
    return handle;
  }

  /** Only the table's reference goes. @kernel drm_syncobj_destroy @rule SYNCOBJ-004 */
  *remove(handle: number): KernelTask<number> {
    yield* this.lock.acquire();
    const syncobj = this.syncobjs.get(handle);
    if (syncobj !== null) this.syncobjs.set(handle, null);
    this.lock.release();
    if (syncobj === null) return -EINVAL;
    yield* syncobj.put();
    return 0;
  }

  /** The file ends, and no call on it runs any more. @kernel drm_syncobj_release @rule SYNCOBJ-034 */
  *release(): KernelTask<void> {
    for (const [, syncobj] of this.syncobjs.entries()) {
      if (syncobj !== null) yield* syncobj.put();
    }
  }

  visitState(visit: StateVisitor): void {
    visit('syncobjTableLock', this.lock.holder?.name ?? 'free');
    visit(
      'syncobjs',
      this.syncobjs.value
        .filter(([, syncobj]) => syncobj !== null)
        .map(([handle, syncobj]) => [handle, syncobj]),
    );
  }
}
