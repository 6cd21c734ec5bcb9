import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import type { GemObject } from '../../../impl/drm/gem-object.ts';
import { dmaBase } from '../../../impl/exporters/dma-addresses.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOENT } from '../../../impl/kernel/errno.ts';
import { FileTable } from '../../../impl/uapi/file-table.ts';
import { O_CLOEXEC, O_RDWR } from '../../../impl/uapi/file.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about descriptors for objects. */
export const EXPORTING_FAULTS: readonly Fault[] = [
  fault({
    id: 'prime-001-handle-first',
    mistake: 'export looks at the handle before it reserves a number',
    breaks: ['PRIME-001'],
    install: (types) => ({
      Prime: class extends types.Prime {
        override *handleToFd(file: DrmFile, handle: number, flags: number): KernelTask<number> {
          const object = yield* file.lookup(handle);
          if (object === null) return -ENOENT;
          yield* object.put();
          return yield* super.handleToFd(file, handle, flags);
        }
      },
    }),
  }),
  fault({
    id: 'prime-001-keeps-the-buffer',
    mistake: 'a buffer that a file has no memory to remember keeps a reference',
    breaks: ['PRIME-001'],
    install: (types) => ({
      PrimeCache: class extends types.PrimeCache {
        override *add(buffer: DmaBuf, handle: number): KernelTask<number> {
          const error = yield* super.add(buffer, handle);
          if (error !== 0) yield* buffer.file.get();
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'prime-001-keeps-number',
    mistake: 'an export that fails does not give its number back',
    breaks: ['PRIME-001'],
    install: (types) => ({
      Prime: class extends types.Prime {
        override *handleToFd(file: DrmFile, handle: number, flags: number): KernelTask<number> {
          if ((flags & ~(O_CLOEXEC | O_RDWR)) !== 0) return -EINVAL;
          const files = FileTable.ofCurrent(this.stack.world);
          const fd = yield* files.getUnused((flags & O_CLOEXEC) !== 0);
          if (fd < 0) return fd;
          const buffer = yield* this.handleToBuffer(file, handle, flags);
          if (typeof buffer === 'number') return buffer;
          yield* files.install(fd, buffer.file);
          return fd;
        }
      },
    }),
  }),
  fault({
    id: 'prime-001-any-flags',
    mistake: 'flags that mean nothing are let through',
    breaks: ['PRIME-001'],
    install: (types) => ({
      Prime: class extends types.Prime {
        override *handleToFd(file: DrmFile, handle: number, flags: number): KernelTask<number> {
          return yield* super.handleToFd(file, handle, flags & (O_CLOEXEC | O_RDWR));
        }
      },
    }),
  }),
  fault({
    id: 'prime-002-known-to-nobody',
    mistake: 'a file does not look whether it has exported a handle before',
    breaks: ['PRIME-002'],
    install: (types) => ({
      PrimeCache: class extends types.PrimeCache {
        override bufferOf(): DmaBuf | null {
          return null;
        }
      },
    }),
  }),
  fault({
    id: 'prime-003-wraps',
    mistake: 'an imported object is exported as a buffer of its own',
    breaks: ['PRIME-003'],
    install: (types) => ({
      Prime: class extends types.Prime {
        override *fdToHandle(file: DrmFile, fd: number): KernelTask<number> {
          const handle = yield* super.fdToHandle(file, fd);
          const object = handle < 0 ? null : yield* file.lookup(handle);
          if (object === null) return handle;
          if (object.imported !== null) {
            yield* file.prime.lock.acquire();
            yield* file.prime.remove(handle);
            file.prime.lock.release();
          }
          yield* object.put();
          return handle;
        }

        protected override *share(
          file: DrmFile,
          object: GemObject,
          handle: number,
          flags: number,
        ): KernelTask<DmaBuf | number> {
          if (object.imported === null) return yield* super.share(file, object, handle, flags);
          return yield* this.export(object, flags);
        }
      },
    }),
  }),
  fault({
    id: 'prime-004-one-each',
    mistake: 'every file makes a buffer of its own of an object',
    breaks: ['PRIME-004'],
    install: (types) => ({
      Prime: class extends types.Prime {
        protected override *share(
          file: DrmFile,
          object: GemObject,
          handle: number,
          flags: number,
        ): KernelTask<DmaBuf | number> {
          if (object.imported !== null || object.buffer.get() === null) {
            return yield* super.share(file, object, handle, flags);
          }
          const buffer = yield* this.export(object, flags);
          if (typeof buffer !== 'number') yield* file.prime.add(buffer, handle);
          return buffer;
        }
      },
    }),
  }),
  fault({
    id: 'prime-015-offset-of-imported',
    mistake: 'imported objects have offsets in the device file',
    breaks: ['PRIME-015', 'DEV-006'],
    install: (types) => ({
      DrmIoctls: class extends types.DrmIoctls {
        override *mapDumb(file: DrmFile, argument: UserPointer): KernelTask<number> {
          const object = yield* file.lookup(numberField(argument, 'handle'));
          if (object === null) return -ENOENT;
          argument.fields['offset'] = dmaBase(object);
          yield* object.put();
          return 0;
        }
      },
    }),
  }),
];
