import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, ENOENT, ENOMEM } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import { FileTable } from '../uapi/file-table.ts';
import { File, type FileOps, O_RDONLY } from '../uapi/file.ts';
import type { DrmFile } from './drm-file.ts';
import type { Syncobj } from './syncobj.ts';

/** A descriptor's hold on an object. It can be imported again, and nothing else. @kernel drm_syncobj_file_fops */
export class SyncobjFile implements FileOps {
  readonly name = 'syncobj_file';
  readonly syncobj: Syncobj;

  constructor(syncobj: Syncobj) {
    this.syncobj = syncobj;
  }

  /** @kernel drm_syncobj_file_release */
  *release(): KernelTask<void> {
    yield* this.syncobj.put();
  }
}

/** Handles into descriptors and back, of whole objects and of their fences. */
export class SyncobjFds {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  protected get files(): FileTable {
    return FileTable.ofCurrent(this.stack.world);
  }

  /** A new descriptor for the object, or a negative error. @kernel drm_syncobj_handle_to_fd @rule SYNCOBJ-005 */
  *handleToFd(file: DrmFile, handle: number): KernelTask<number> {
    const syncobj = yield* file.syncobjs.find(handle);
    if (syncobj === null) return -EINVAL;
    const fd = yield* this.getFd(syncobj);
    yield* syncobj.put();
    return fd;
  }

  /** @kernel drm_syncobj_get_fd */
  protected *getFd(syncobj: Syncobj): KernelTask<number> {
    const fd = yield* this.files.getUnused(true);
    if (fd < 0) return fd;
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) {
      yield* this.files.putUnused(fd);
      return -ENOMEM;
    }
    const file = new File(this.stack, new SyncobjFile(yield* syncobj.get()), O_RDONLY);
    yield* this.files.install(fd, file);
    return fd;
  }

  /** A new handle for the object behind a descriptor, or a negative error. @kernel drm_syncobj_fd_to_handle @rule SYNCOBJ-007 */
  *fdToHandle(file: DrmFile, fd: number): KernelTask<number> {
    const found = yield* this.files.fget(fd);
    if (found === null) return -EINVAL;
    const handle =
      found.ops instanceof SyncobjFile ? yield* file.syncobjs.add(found.ops.syncobj) : -EINVAL;
    yield* found.put();
    return handle;
  }

  /** A descriptor that carries the fence of this moment, or a negative error. @kernel drm_syncobj_export_sync_file @rule SYNCOBJ-006 */
  *exportSyncFile(file: DrmFile, handle: number): KernelTask<number> {
    const fd = yield* this.files.getUnused(true);
    if (fd < 0) return fd;
    const error = yield* this.carryFence(file, handle, fd);
    if (error !== 0) yield* this.files.putUnused(fd);
    return error === 0 ? fd : error;
  }

  protected *carryFence(file: DrmFile, handle: number, fd: number): KernelTask<number> {
    const { syncFiles, syncobjs } = this.stack;
    const fence = yield* syncobjs.findFence(file, { handle, point: 0n, flags: 0 });
    if (typeof fence === 'number') return fence;
    const syncFile = yield* syncFiles.create(fence);
    yield* fence.put();
    // Even without memory.
    if (syncFile === null) return -EINVAL;
    yield* this.files.install(fd, syncFile.file);
    return 0;
  }

  /** The fence behind a descriptor becomes that of the object. @kernel drm_syncobj_import_sync_file_fence @rule SYNCOBJ-008 */
  *importSyncFile(file: DrmFile, fd: number, handle: number): KernelTask<number> {
    const fence = yield* this.stack.syncFiles.getFence(fd);
    if (fence === null) return -EINVAL;
    const syncobj = yield* file.syncobjs.find(handle);
    if (syncobj === null) {
      yield* fence.put();
      return -ENOENT;
    }
    yield* syncobj.replaceFence(fence);
    yield* fence.put();
    yield* syncobj.put();
    return 0;
  }
}
