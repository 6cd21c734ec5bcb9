import type { KernelTask } from '../kernel/access.ts';
import { EBADF, EINVAL, ENOMEM, ENOTTY } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import type { DrmDevice } from '../drm/drm-device.ts';
import type { VideoDevice } from '../media/video-device.ts';
import { Eventfd } from './eventfd.ts';
import { FileTable } from './file-table.ts';
import { type FdinfoLine, File, O_RDWR } from './file.ts';
import { Memfd, MFD_CLOEXEC, MFD_FLAGS } from './memfd.ts';
import type { UserPointer } from './user-memory.ts';

/** Files that differ: what `kcmp` answers for the first and the second being the smaller one. */
const KCMP_LESS = 1;
const KCMP_GREATER = 2;

/** The system calls that open, copy, close and question descriptors. */
export class FileCalls {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  protected get files(): FileTable {
    return FileTable.ofCurrent(this.stack.world);
  }

  /** Opens `sync/sw_sync` of debugfs. @kernel do_sys_openat2 @rule SWSYNC-001 */
  *openSwSync(isCloseOnExec = true): KernelTask<number> {
    const fd = yield* this.files.getUnused(isCloseOnExec);
    if (fd < 0) return fd;
    return yield* this.installAt(fd, yield* this.stack.swSync.open());
  }

  /** Opens `/dev/udmabuf`. */
  *openUdmabuf(isCloseOnExec = true): KernelTask<number> {
    const fd = yield* this.files.getUnused(isCloseOnExec);
    if (fd < 0) return fd;
    return yield* this.installAt(fd, yield* this.stack.udmabuf.open());
  }

  /** Opens the device file of a heap. @rule HEAP-001 */
  *openHeap(name: string, isCloseOnExec = true): KernelTask<number> {
    const fd = yield* this.files.getUnused(isCloseOnExec);
    if (fd < 0) return fd;
    const file = yield* this.stack.heaps.open(name);
    if (typeof file !== 'number') return yield* this.installAt(fd, file);
    yield* this.files.putUnused(fd);
    return file;
  }

  /** Opens the file of a graphics device. */
  *openDrm(device: DrmDevice, isCloseOnExec = true): KernelTask<number> {
    const fd = yield* this.files.getUnused(isCloseOnExec);
    if (fd < 0) return fd;
    return yield* this.installAt(fd, yield* device.open());
  }

  /** Opens the file of a video device. */
  *openVideo(device: VideoDevice, isNonblocking: boolean): KernelTask<number> {
    const fd = yield* this.files.getUnused(true);
    if (fd < 0) return fd;
    const file = yield* device.open(isNonblocking);
    if (typeof file !== 'number') return yield* this.installAt(fd, file);
    yield* this.files.putUnused(fd);
    return file;
  }

  /** @kernel memfd_create */
  *memfdCreate(flags: number): KernelTask<number> {
    if ((flags & ~MFD_FLAGS) !== 0) return -EINVAL;
    const fd = yield* this.files.getUnused((flags & MFD_CLOEXEC) !== 0);
    if (fd < 0) return fd;
    const isThere = yield* this.stack.world.memory.reserve('GFP_KERNEL');
    if (!isThere) return yield* this.installAt(fd, null);
    return yield* this.installAt(
      fd,
      new File(this.stack, new this.stack.types.Memfd(this.stack, flags), O_RDWR),
    );
  }

  /** Always non-blocking. @kernel do_eventfd */
  *eventfd(initial: number, flags: number, isCloseOnExec = true): KernelTask<number> {
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const fd = yield* this.files.getUnused(isCloseOnExec);
    if (fd < 0) return fd;
    const context = new Eventfd(this.stack, initial, flags);
    return yield* this.installAt(fd, new File(this.stack, context, O_RDWR));
  }

  protected *installAt(fd: number, file: File | null): KernelTask<number> {
    if (file === null) {
      yield* this.files.putUnused(fd);
      return -ENOMEM;
    }
    yield* this.files.install(fd, file);
    return fd;
  }

  /** The copy is not closed on exec. @kernel ksys_dup */
  *dup(fd: number): KernelTask<number> {
    const file = yield* this.files.fget(fd);
    if (file === null) return -EBADF;
    const copy = yield* this.files.getUnused(false);
    if (copy < 0) yield* file.put();
    else yield* this.files.install(copy, file);
    return copy;
  }

  /** @kernel close */
  *close(fd: number): KernelTask<number> {
    const result = yield* this.files.close(fd);
    yield* this.stack.world.current.runReturnWork();
    return result;
  }

  /** @kernel ioctl */
  *ioctl(fd: number, command: number, argument: UserPointer): KernelTask<number> {
    const file = yield* this.files.fget(fd);
    if (file === null) return -EBADF;
    const result =
      file.ops.ioctl === undefined ? -ENOTTY : yield* file.ops.ioctl(file, command, argument);
    yield* file.put();
    yield* this.stack.world.current.runReturnWork();
    return result;
  }

  /** 0 when both numbers name one open file, else 1 or 2. @kernel kcmp KCMP_FILE */
  *compareFiles(first: number, second: number): KernelTask<number> {
    const one = yield* this.files.fget(first);
    const other = yield* this.files.fget(second);
    let result = -EBADF;
    if (one !== null && other !== null) {
      result = one === other ? 0 : one.key < other.key ? KCMP_LESS : KCMP_GREATER;
    }
    if (one !== null) yield* one.put();
    if (other !== null) yield* other.put();
    return result;
  }

  /** The access mode. @kernel fcntl F_GETFL */
  *getFlags(fd: number): KernelTask<number> {
    const file = yield* this.files.fget(fd);
    if (file === null) return -EBADF;
    const mode = file.accessMode;
    yield* file.put();
    return mode;
  }

  /** 1 when the descriptor is closed on exec. @kernel fcntl F_GETFD */
  *getDescriptorFlags(fd: number): KernelTask<number> {
    const file = yield* this.files.fget(fd);
    if (file === null) return -EBADF;
    const isCloseOnExec = this.files.isCloseOnExec(fd);
    yield* file.put();
    return isCloseOnExec ? 1 : 0;
  }

  /** The lines that its kind adds to the listing of a descriptor. @kernel seq_show */
  *fdinfo(fd: number): KernelTask<readonly FdinfoLine[] | number> {
    const file = yield* this.files.fget(fd);
    if (file === null) return -EBADF;
    const lines = file.ops.showFdinfo === undefined ? [] : yield* file.ops.showFdinfo(file);
    yield* file.put();
    return lines;
  }

  /** @kernel fcntl F_ADD_SEALS */
  *addSeals(fd: number, seals: number): KernelTask<number> {
    const file = yield* this.files.fget(fd);
    if (file === null) return -EBADF;
    const result = file.ops instanceof Memfd ? yield* file.ops.addSeals(file, seals) : -EINVAL;
    yield* file.put();
    return result;
  }

  /** @kernel fcntl F_GET_SEALS */
  *getSeals(fd: number): KernelTask<number> {
    const file = yield* this.files.fget(fd);
    if (file === null) return -EBADF;
    const result = file.ops instanceof Memfd ? yield* file.ops.getSeals() : -EINVAL;
    yield* file.put();
    return result;
  }
}
