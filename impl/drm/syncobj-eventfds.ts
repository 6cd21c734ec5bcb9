import type { KernelTask } from '../kernel/access.ts';
import { EBADF, EINVAL, ENOENT, ENOMEM } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import { Eventfd } from '../uapi/eventfd.ts';
import { FileTable } from '../uapi/file-table.ts';
import type { DrmFile } from './drm-file.ts';
import type { Syncobj } from './syncobj.ts';
import type { EventfdRequest } from './syncobj-eventfd.ts';

/** Event counters that hear of points. */
export class SyncobjEventfds {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel drm_syncobj_eventfd_ioctl @rule SYNCOBJ-031 @rule SYNCOBJ-032 */
  *register(
    file: DrmFile,
    handle: number,
    fd: number,
    request: EventfdRequest,
  ): KernelTask<number> {
    const syncobj = yield* file.syncobjs.find(handle);
    if (syncobj === null) return -ENOENT;
    const result = yield* this.registerWith(syncobj, fd, request);
    yield* syncobj.put();
    return result;
  }

  protected *registerWith(
    syncobj: Syncobj,
    fd: number,
    request: EventfdRequest,
  ): KernelTask<number> {
    const { types, world } = this.stack;
    const counter = yield* this.counterOf(fd);
    if (typeof counter === 'number') return counter;
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) {
      yield* counter.put();
      return -ENOMEM;
    }
    yield* syncobj.addEventfd(new types.SyncobjEventfd(this.stack, counter, request));
    return 0;
  }

  /** The counter behind a descriptor, with a reference, or a negative error. @kernel eventfd_ctx_fdget */
  protected *counterOf(fd: number): KernelTask<Eventfd | number> {
    const file = yield* FileTable.ofCurrent(this.stack.world).fget(fd);
    if (file === null) return -EBADF;
    const counter = file.ops instanceof Eventfd ? yield* file.ops.get() : -EINVAL;
    yield* file.put();
    return counter;
  }
}
