import { DMA_BIDIRECTIONAL } from '../dma-buf/dma-buf-ops.ts';
import type { DmaBufAttachment } from '../dma-buf/dma-buf-attachment.ts';
import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import type { SgTable } from '../dma-buf/sg-table.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, ENODEV, ENOENT } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import { FileTable } from '../uapi/file-table.ts';
import { O_CLOEXEC, O_RDWR } from '../uapi/file.ts';
import type { DrmDevice } from './drm-device.ts';
import type { DrmFile } from './drm-file.ts';
import { GemObject } from './gem-object.ts';

const EXPORT_FLAGS: number = O_CLOEXEC | O_RDWR;

/** Sharing objects between devices. */
export class Prime {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /**
   * A descriptor for the object behind a handle, or a negative error.
   *
   * @kernel drm_prime_handle_to_fd_ioctl
   * @rule PRIME-001
   */
  *handleToFd(file: DrmFile, handle: number, flags: number): KernelTask<number> {
    if ((flags & ~EXPORT_FLAGS) !== 0) return -EINVAL;
    const files = FileTable.ofCurrent(this.stack.world);
    const fd = yield* files.getUnused((flags & O_CLOEXEC) !== 0);
    if (fd < 0) return fd;
    const buffer = yield* this.handleToBuffer(file, handle, flags);
    if (typeof buffer === 'number') {
      yield* files.putUnused(fd);
      return buffer;
    }
    yield* files.install(fd, buffer.file);
    return fd;
  }

  /** @kernel drm_gem_prime_handle_to_dmabuf @rule PRIME-002 */
  protected *handleToBuffer(
    file: DrmFile,
    handle: number,
    flags: number,
  ): KernelTask<DmaBuf | number> {
    yield* file.prime.lock.acquire();
    const object = yield* file.lookup(handle);
    if (object === null) {
      file.prime.lock.release();
      return -ENOENT;
    }
    let buffer: DmaBuf | number | null = file.prime.bufferOf(handle);
    if (buffer === null) buffer = yield* this.share(file, object, handle, flags);
    else yield* buffer.file.get();
    yield* object.put();
    file.prime.lock.release();
    return buffer;
  }

  /** The object's buffer, with a reference, known to the file from now on. @rule PRIME-003 @rule PRIME-004 */
  protected *share(
    file: DrmFile,
    object: GemObject,
    handle: number,
    flags: number,
  ): KernelTask<DmaBuf | number> {
    const { nameLock } = object.device;
    yield* nameLock.acquire();
    let buffer: DmaBuf | number | null = object.imported?.attachment.buffer ?? object.buffer.get();
    if (buffer === null) buffer = yield* this.exportAndRegister(object, flags);
    else yield* buffer.file.get();
    if (typeof buffer !== 'number') {
      const error = yield* file.prime.add(buffer, handle);
      if (error !== 0) {
        yield* buffer.file.putAtReturn();
        buffer = error;
      }
    }
    nameLock.release();
    return buffer;
  }

  /** Without a handle nobody would ever take the buffer off the object again. @kernel export_and_register_object @rule PRIME-012 */
  protected *exportAndRegister(object: GemObject, flags: number): KernelTask<DmaBuf | number> {
    if (object.handleCount.get() === 0) return -ENOENT;
    const buffer = yield* this.export(object, flags);
    if (typeof buffer === 'number') return buffer;
    object.buffer.set(buffer);
    yield* buffer.file.get();
    return buffer;
  }

  /** @kernel drm_gem_prime_export */
  protected *export(object: GemObject, flags: number): KernelTask<DmaBuf | number> {
    const buffer = yield* this.stack.buffers.export({
      exporterName: object.device.driver.exporterName,
      owner: null,
      ops: object,
      size: object.size,
      flags,
      resv: object.resv,
      priv: object,
    });
    if (typeof buffer !== 'number') yield* object.get();
    return buffer;
  }

  /**
   * A handle for the buffer behind a descriptor, or a negative error.
   *
   * @kernel drm_gem_prime_fd_to_handle
   * @rule PRIME-005
   * @rule PRIME-006
   */
  *fdToHandle(file: DrmFile, fd: number): KernelTask<number> {
    const buffer = yield* this.stack.buffers.get(fd);
    if (typeof buffer === 'number') return buffer;
    yield* file.prime.lock.acquire();
    const known = file.prime.handleOf(buffer);
    const handle = known === 0 ? yield* this.importNew(file, buffer) : known;
    const isNew = known === 0 && handle > 0;
    const error = isNew ? yield* file.prime.add(buffer, handle) : 0;
    file.prime.lock.release();
    // Closing a handle takes the lock again.
    if (error !== 0) yield* this.stack.gemHandles.delete(file, handle);
    yield* buffer.file.putAtReturn();
    return error === 0 ? handle : error;
  }

  protected *importNew(file: DrmFile, buffer: DmaBuf): KernelTask<number> {
    const { device } = file;
    const { gemHandles, world } = this.stack;
    yield* device.nameLock.acquire();
    const object = yield* this.import(device, buffer);
    if (typeof object === 'number') {
      device.nameLock.release();
      return object;
    }
    const known = object.buffer.get();
    if (known === null) {
      object.buffer.set(buffer);
      yield* buffer.file.get();
    } else {
      world.warnOn(known !== buffer, 'an object has two buffers', object);
    }
    const handle = yield* gemHandles.createTail(file, object);
    yield* object.put();
    return handle;
  }

  /** The object, with a reference, or a negative error. @kernel drm_gem_prime_import_dev @rule PRIME-007 @rule PRIME-008 */
  protected *import(device: DrmDevice, buffer: DmaBuf): KernelTask<GemObject | number> {
    const { priv } = buffer;
    if (priv instanceof GemObject && priv.device === device) return yield* priv.get();
    const { bufferAttachments } = this.stack;
    if (device.driver.tableImport === 'absent') return -EINVAL;
    const attachment = yield* bufferAttachments.attach(buffer, device.driver.dmaDevice ?? device);
    if (typeof attachment === 'number') return attachment;
    yield* buffer.file.get();
    const table = yield* this.mapWhole(attachment);
    if (typeof table !== 'number') {
      if (device.driver.tableImport === 'works') {
        return yield* device.createObject(buffer.bytes, { attachment, table });
      }
      yield* bufferAttachments.unmapUnlocked(attachment, table, DMA_BIDIRECTIONAL);
    }
    yield* this.undo(buffer, attachment);
    return typeof table === 'number' ? table : -ENODEV;
  }

  /** For as long as the importing object lives. @rule PRIME-009 */
  protected *mapWhole(attachment: DmaBufAttachment): KernelTask<SgTable | number> {
    return yield* this.stack.bufferAttachments.mapUnlocked(attachment, DMA_BIDIRECTIONAL);
  }

  /** The import failed: the buffer is as before. */
  protected *undo(buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<void> {
    yield* this.stack.bufferAttachments.detach(buffer, attachment);
    yield* buffer.file.putAtReturn();
  }
}
