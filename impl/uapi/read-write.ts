import type { KernelTask } from '../kernel/access.ts';
import { EBADF, EINVAL, ESPIPE } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import { FileTable } from './file-table.ts';
import type { File } from './file.ts';

/** @kernel SEEK_MAX */
const SEEK_MAX = 4;

/** The system calls that move data, positions and sizes. */
export class ReadWriteCalls {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  protected get files(): FileTable {
    return FileTable.ofCurrent(this.stack.world);
  }

  /** @kernel ksys_lseek @rule SYNCFILE-030 @rule SWSYNC-025 */
  *lseek(fd: number, offset: number, whence: number): KernelTask<number> {
    const file = yield* this.files.fget(fd);
    if (file === null) return -EBADF;
    let position = -EINVAL;
    if (whence >= 0 && whence <= SEEK_MAX) {
      position =
        file.ops.llseek === undefined ? -ESPIPE : yield* file.ops.llseek(file, offset, whence);
    }
    yield* file.put();
    return position;
  }

  /** @kernel ksys_pread64 */
  *pread(fd: number, length: number, position: number): KernelTask<Uint8Array | number> {
    if (position < 0) return -EINVAL;
    const file = yield* this.files.fget(fd);
    if (file === null) return -EBADF;
    const isPositioned = file.ops.isPositioned ?? false;
    const bytes = isPositioned ? yield* this.readFile(file, position, length) : -ESPIPE;
    yield* file.put();
    return bytes;
  }

  /** @kernel ksys_pwrite64 */
  *pwrite(fd: number, bytes: Uint8Array, position: number): KernelTask<number> {
    if (position < 0) return -EINVAL;
    const file = yield* this.files.fget(fd);
    if (file === null) return -EBADF;
    const isPositioned = file.ops.isPositioned ?? false;
    const count = isPositioned ? yield* this.writeFile(file, position, bytes) : -ESPIPE;
    yield* file.put();
    return count;
  }

  /** @kernel ksys_read */
  *read(fd: number, length: number): KernelTask<Uint8Array | number> {
    const file = yield* this.files.fget(fd);
    if (file === null) return -EBADF;
    const position = yield* file.position.read();
    const bytes = yield* this.readFile(file, position, length);
    if (typeof bytes !== 'number') yield* file.position.write(position + bytes.length);
    yield* file.put();
    return bytes;
  }

  /** @kernel ksys_write */
  *write(fd: number, bytes: Uint8Array): KernelTask<number> {
    const file = yield* this.files.fget(fd);
    if (file === null) return -EBADF;
    const position = yield* file.position.read();
    const count = yield* this.writeFile(file, position, bytes);
    if (count > 0) yield* file.position.write(position + count);
    yield* file.put();
    return count;
  }

  /** @kernel vfs_read */
  protected *readFile(
    file: File,
    position: number,
    length: number,
  ): KernelTask<Uint8Array | number> {
    if (!file.isReadable) return -EBADF;
    if (file.ops.read === undefined) return -EINVAL;
    return yield* file.ops.read(file, position, length);
  }

  /** @kernel vfs_write */
  protected *writeFile(file: File, position: number, bytes: Uint8Array): KernelTask<number> {
    if (!file.isWritable) return -EBADF;
    if (file.ops.write === undefined) return -EINVAL;
    return yield* file.ops.write(file, position, bytes);
  }

  /** @kernel do_sys_ftruncate */
  *ftruncate(fd: number, size: number): KernelTask<number> {
    if (size < 0) return -EINVAL;
    const file = yield* this.files.fget(fd);
    if (file === null) return -EBADF;
    let result = -EINVAL;
    if (file.ops.truncate !== undefined && file.isWritable) {
      result = yield* file.ops.truncate(file, size);
    }
    yield* file.put();
    return result;
  }

  /** The size of the file behind a descriptor. @kernel newfstat */
  *fstatSize(fd: number): KernelTask<number> {
    const file = yield* this.files.fget(fd);
    if (file === null) return -EBADF;
    const size = file.ops.size === undefined ? 0 : yield* file.ops.size(file);
    yield* file.put();
    return size;
  }
}
