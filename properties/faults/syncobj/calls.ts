import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import { SyncobjFile } from '../../../impl/drm/syncobj-fds.ts';
import type { SyncobjIoctls } from '../../../impl/drm/syncobj-ioctls.ts';
import type { Syncobj } from '../../../impl/drm/syncobj.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBADF, EINVAL, ENOENT, ENOMEM } from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { File, O_RDONLY } from '../../../impl/uapi/file.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** The smallest number from `first` that this says nothing against. */
function smallest(first: number, isTaken: (number: number) => boolean): number {
  let number = first;
  while (isTaken(number)) number += 1;
  return number;
}

/** A table that picks its numbers in another way. */
function numbering(
  types: StackTypes,
  pick: (isTaken: (number: number) => boolean, last: number) => number,
): Partial<StackTypes> {
  return {
    SyncobjTable: class extends types.SyncobjTable {
      private last = 0;

      override *add(syncobj: Syncobj): KernelTask<number> {
        yield* syncobj.get();
        if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) {
          yield* syncobj.put();
          return -ENOMEM;
        }
        yield* this.lock.acquire();
        const handle = pick((number) => this.syncobjs.get(number) !== null, this.last);
        this.last = handle;
        this.syncobjs.set(handle, syncobj);
        this.lock.release();
        return handle;
      }
    },
  };
}

/** Mistakes about handles and descriptors. */
export const CALL_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncobj-001-arguments-first',
    mistake: 'padding is looked at before the device is asked for the feature',
    breaks: ['SYNCOBJ-001', 'DEV-003'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        override callOf(file: DrmFile, number: number): ReturnType<SyncobjIoctls['callOf']> {
          const call = super.callOf(file, number);
          return call === null ? null : (argument) => this.unlessPadded(argument, call);
        }

        private *unlessPadded(
          argument: UserPointer,
          call: (argument: UserPointer) => KernelTask<number>,
        ): KernelTask<number> {
          const isWrong = numberField(argument, 'pad') !== 0 || numberField(argument, 'flags') > 15;
          return isWrong ? -EINVAL : yield* call(argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-001-one-feature',
    mistake: 'timelines are there wherever objects are',
    breaks: ['SYNCOBJ-001'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        protected override isThere(file: DrmFile): boolean {
          return super.isThere(file, 'binary');
        }
      },
    }),
  }),
  fault({
    id: 'dev-003-everywhere',
    mistake: 'objects can be made on devices without the feature',
    breaks: ['SYNCOBJ-001', 'DEV-003'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        protected override isThere(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-002-any-flags',
    mistake: 'create lets unknown flags through',
    breaks: ['SYNCOBJ-002'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        override *create(file: DrmFile, argument: UserPointer): KernelTask<number> {
          argument.fields['flags'] = numberField(argument, 'flags') & 1;
          return yield* super.create(file, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-002-never-signaled',
    mistake: 'create forgets what its flag asks for',
    breaks: ['SYNCOBJ-002'],
    install: (types) => ({
      Syncobjs: class extends types.Syncobjs {
        override *create(_flags: number, fence?: DmaFence | null): KernelTask<Syncobj | number> {
          return yield* super.create(0, fence);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-002-leaks-half-made',
    mistake: 'an object that could not be signaled is forgotten',
    breaks: ['SYNCOBJ-002'],
    install: (types) => ({
      Syncobjs: class extends types.Syncobjs {
        override *create(flags: number, fence?: DmaFence | null): KernelTask<Syncobj | number> {
          const syncobj = yield* super.create(0, fence);
          if (typeof syncobj === 'number' || flags === 0) return syncobj;
          const error = yield* this.signal(syncobj);
          return error === 0 ? syncobj : error;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-003-from-zero',
    mistake: 'the first handle is 0',
    breaks: ['SYNCOBJ-003'],
    install: (types) => numbering(types, (isTaken) => smallest(0, isTaken)),
  }),
  fault({
    id: 'syncobj-003-never-again',
    mistake: 'a handle that was destroyed is not given again',
    breaks: ['SYNCOBJ-003'],
    install: (types) => numbering(types, (_isTaken, last) => last + 1),
  }),
  fault({
    id: 'dev-005-one-space',
    mistake: 'objects are not given numbers that buffers have',
    breaks: ['DEV-005'],
    install: (types) => ({
      DrmFile: class extends types.DrmFile {
        constructor(...given: ConstructorParameters<typeof types.DrmFile>) {
          super(...given);
          const { syncobjs } = this;
          const add = syncobjs.add.bind(syncobjs);
          const isBuffer = (number: number): boolean =>
            this.handles.value.some(([known, object]) => known === number && object !== null);
          syncobjs.add = function* (syncobj: Syncobj): KernelTask<number> {
            const handle = yield* add(syncobj);
            if (!isBuffer(handle)) return handle;
            const next = yield* this.add(syncobj);
            yield* this.remove(handle);
            return next;
          };
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-003-two-of-one',
    mistake: 'a free number is looked for before the lock is taken',
    breaks: ['SYNCOBJ-003'],
    install: (types) => ({
      SyncobjTable: class extends types.SyncobjTable {
        override *add(syncobj: Syncobj): KernelTask<number> {
          yield* this.lock.acquire();
          const handle = smallest(1, (number) => this.syncobjs.get(number) !== null);
          this.lock.release();
          yield* syncobj.get();
          yield* this.lock.acquire();
          this.syncobjs.set(handle, syncobj);
          this.lock.release();
          return handle;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-004-enoent',
    mistake: 'destroy says -ENOENT for an unknown handle, as other calls do',
    breaks: ['SYNCOBJ-004'],
    install: (types) => ({
      SyncobjTable: class extends types.SyncobjTable {
        override *remove(handle: number): KernelTask<number> {
          const result = yield* super.remove(handle);
          return result === 0 ? 0 : -ENOENT;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-004-takes-the-fence',
    mistake: 'destroy resets the object, whoever else has it',
    breaks: ['SYNCOBJ-004'],
    install: (types) => ({
      SyncobjTable: class extends types.SyncobjTable {
        override *remove(handle: number): KernelTask<number> {
          const syncobj = yield* this.find(handle);
          const result = yield* super.remove(handle);
          if (syncobj === null) return result;
          yield* syncobj.replaceFence(null);
          yield* syncobj.put();
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-004-ignores-pad',
    mistake: 'destroy does not look at its padding',
    breaks: ['SYNCOBJ-004'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        override *destroy(file: DrmFile, argument: UserPointer): KernelTask<number> {
          argument.fields['pad'] = 0;
          return yield* super.destroy(file, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-004-keeps-reference',
    mistake: 'destroy looks the object up, and keeps what it got',
    breaks: ['SYNCOBJ-004'],
    install: (types) => ({
      SyncobjTable: class extends types.SyncobjTable {
        override *remove(handle: number): KernelTask<number> {
          yield* this.find(handle);
          return yield* super.remove(handle);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-005-any-flags',
    mistake: 'a descriptor is made for any flags',
    breaks: ['SYNCOBJ-005'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        override *handleToFd(file: DrmFile, argument: UserPointer): KernelTask<number> {
          argument.fields['flags'] = numberField(argument, 'flags') & 1;
          return yield* super.handleToFd(file, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-005-open-at-exec',
    mistake: 'the descriptor stays open at exec',
    breaks: ['SYNCOBJ-005'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        protected override *getFd(syncobj: Syncobj): KernelTask<number> {
          const fd = yield* this.files.getUnused(false);
          if (fd < 0) return fd;
          if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) {
            yield* this.files.putUnused(fd);
            return -ENOMEM;
          }
          const ops = new SyncobjFile(yield* syncobj.get());
          yield* this.files.install(fd, new File(this.stack, ops, O_RDONLY));
          return fd;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-005-no-reference',
    mistake: 'a descriptor has no reference of its own',
    breaks: ['SYNCOBJ-005'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        protected override *getFd(syncobj: Syncobj): KernelTask<number> {
          const fd = yield* super.getFd(syncobj);
          if (fd >= 0) yield* syncobj.put();
          return fd;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-005-enoent',
    mistake: 'an unknown handle is -ENOENT for a descriptor, too',
    breaks: ['SYNCOBJ-005'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        override *handleToFd(file: DrmFile, handle: number): KernelTask<number> {
          const result = yield* super.handleToFd(file, handle);
          return result === -EINVAL ? -ENOENT : result;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-007-one-handle',
    mistake: 'an import of what is known gives the handle that there is',
    breaks: ['SYNCOBJ-007'],
    install: (types) => ({
      SyncobjTable: class extends types.SyncobjTable {
        override *add(syncobj: Syncobj): KernelTask<number> {
          yield* this.lock.acquire();
          const known = this.syncobjs.entries().find(([, one]) => one === syncobj);
          this.lock.release();
          return known === undefined ? yield* super.add(syncobj) : known[0];
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-007-ebadf',
    mistake: 'a closed descriptor is -EBADF for an import',
    breaks: ['SYNCOBJ-007'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        override *fdToHandle(file: DrmFile, fd: number): KernelTask<number> {
          const found = yield* this.files.fget(fd);
          if (found === null) return -EBADF;
          yield* found.put();
          return yield* super.fdToHandle(file, fd);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-007-keeps-file',
    mistake: 'an import keeps the file that it has looked up',
    breaks: ['SYNCOBJ-007'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        override *fdToHandle(file: DrmFile, fd: number): KernelTask<number> {
          yield* this.files.fget(fd);
          return yield* super.fdToHandle(file, fd);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-007-keeps-failed',
    mistake: 'a handle that finds no memory keeps its reference',
    breaks: ['SYNCOBJ-007'],
    install: (types) => ({
      SyncobjTable: class extends types.SyncobjTable {
        override *add(syncobj: Syncobj): KernelTask<number> {
          const handle = yield* super.add(syncobj);
          if (handle < 0) yield* syncobj.get();
          return handle;
        }
      },
    }),
  }),
];
