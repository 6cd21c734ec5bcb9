import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import type { GemObject } from '../../../impl/drm/gem-object.ts';
import { PrimeMember } from '../../../impl/drm/prime-cache.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOENT } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about handles that end. */
export const CLOSING_FAULTS: readonly Fault[] = [
  fault({
    id: 'prime-010-keeps-buffer',
    mistake: 'an object without handles keeps its buffer, and that keeps the object',
    breaks: ['PRIME-010'],
    install: (types) => ({
      GemHandles: class extends types.GemHandles {
        override *dropBuffer(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'BUG-GEM-06',
    mistake: 'a file remembers a buffer without a reference to it',
    breaks: ['PRIME-010'],
    install: (types) => ({
      PrimeCache: class extends types.PrimeCache {
        override *add(buffer: DmaBuf, handle: number): KernelTask<number> {
          this.members.push(new PrimeMember(buffer, handle));
          return 0;
        }

        override *remove(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'prime-011-forgets-link',
    mistake: 'an object that gets a handle again does not learn of its buffer',
    breaks: ['PRIME-011'],
    install: (types) => ({
      Prime: class extends types.Prime {
        protected override *importNew(file: DrmFile, buffer: DmaBuf): KernelTask<number> {
          yield* file.device.nameLock.acquire();
          const object = yield* this.import(file.device, buffer);
          if (typeof object === 'number') {
            file.device.nameLock.release();
            return object;
          }
          const handle = yield* this.stack.gemHandles.createTail(file, object);
          yield* object.put();
          return handle;
        }
      },
    }),
  }),
  fault({
    id: 'prime-011-keeps-importer',
    mistake: 'an import takes a reference on its object that nobody gives back',
    breaks: ['PRIME-011'],
    install: (types) => ({
      Prime: class extends types.Prime {
        override *fdToHandle(file: DrmFile, fd: number): KernelTask<number> {
          const handle = yield* super.fdToHandle(file, fd);
          if (handle > 0) yield* file.lookup(handle);
          return handle;
        }
      },
    }),
  }),
  fault({
    id: 'prime-012-entry-before-slot',
    mistake: 'close takes the entry away while the handle can still be looked up',
    breaks: ['PRIME-012', 'PRIME-013'],
    install: (types) => ({
      GemHandles: class extends types.GemHandles {
        override *delete(file: DrmFile, handle: number): KernelTask<number> {
          const object = yield* file.lookup(handle);
          if (object === null) return -EINVAL;
          yield* file.prime.lock.acquire();
          yield* file.prime.remove(handle);
          file.prime.lock.release();
          yield* file.tableLock.acquire();
          const isMine = file.handles.get(handle) === object;
          if (isMine) file.handles.set(handle, null);
          file.tableLock.release();
          if (isMine) {
            yield* this.dropCount(object);
            yield* this.giveBack(file, handle);
          }
          yield* object.put();
          return isMine ? 0 : -EINVAL;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-GEM-10',
    mistake: 'an object gets a name although its last handle is gone',
    breaks: ['PRIME-012'],
    install: (types) => ({
      GemNames: class extends types.GemNames {
        protected override *nameOf(object: GemObject): KernelTask<number> {
          const known = object.globalName.get();
          return known === 0 ? yield* this.makeName(object) : known;
        }
      },
    }),
  }),
  fault({
    id: 'prime-013-number-first',
    mistake: 'the number of a handle is free before the handle is closed',
    breaks: ['PRIME-013'],
    install: (types) => ({
      GemHandles: class extends types.GemHandles {
        override *release(file: DrmFile, handle: number, object: GemObject): KernelTask<void> {
          yield* this.giveBack(file, handle);
          yield* super.release(file, handle, object);
        }
      },
    }),
  }),
  fault({
    id: 'prime-013-hook-late',
    mistake: 'the driver hears of a close when the entry is gone',
    breaks: ['PRIME-013'],
    install: (types) => ({
      GemHandles: class extends types.GemHandles {
        override *release(file: DrmFile, handle: number, object: GemObject): KernelTask<void> {
          yield* file.prime.lock.acquire();
          yield* file.prime.remove(handle);
          file.prime.lock.release();
          yield* super.release(file, handle, object);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-GEM-05',
    mistake: 'closing a handle takes away the entry of any handle of the same buffer',
    breaks: ['PRIME-013'],
    install: (types) => ({
      PrimeCache: class extends types.PrimeCache {
        override *remove(handle: number): KernelTask<void> {
          const buffer = this.bufferOf(handle);
          const member = this.members.find((known) => known.buffer === buffer);
          if (member !== null) yield* this.drop(member);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-GEM-08',
    mistake: 'a handle leads to its object before the file is set up for it',
    breaks: ['PRIME-013'],
    install: (types) => ({
      GemHandles: class extends types.GemHandles {
        protected override *setUp(file: DrmFile, object: GemObject): KernelTask<number> {
          yield* file.tableLock.acquire();
          let handle = 1;
          while (file.taken.get(handle + 1) === true) handle += 1;
          file.handles.set(handle, object);
          file.tableLock.release();
          return yield* super.setUp(file, object);
        }

        protected override *publish(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'prime-014-names-outside',
    mistake: 'export takes the object-name lock before the lock of the file',
    breaks: ['PRIME-014'],
    install: (types) => ({
      Prime: class extends types.Prime {
        protected override *handleToBuffer(
          file: DrmFile,
          handle: number,
          flags: number,
        ): KernelTask<DmaBuf | number> {
          const { nameLock } = file.device;
          yield* nameLock.acquire();
          yield* file.prime.lock.acquire();
          const object = yield* file.lookup(handle);
          const known = file.prime.bufferOf(handle);
          if (known !== null) yield* known.file.get();
          file.prime.lock.release();
          nameLock.release();
          if (object === null) return -ENOENT;
          yield* object.put();
          return known ?? (yield* super.handleToBuffer(file, handle, flags));
        }
      },
    }),
  }),
  fault({
    id: 'prime-016-entries-stay',
    mistake: 'a handle that ends with its file leaves its entry behind',
    breaks: ['PRIME-016'],
    install: (types) => ({
      DrmFile: class extends types.DrmFile {
        protected override *releaseHandles(): KernelTask<void> {
          for (const [, object] of this.handles.entries()) {
            if (object !== null) yield* this.device.stack.gemHandles.dropCount(object);
          }
        }
      },
    }),
  }),
];
