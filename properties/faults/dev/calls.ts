import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import type { GemObject } from '../../../impl/drm/gem-object.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EFAULT, EINVAL, EOPNOTSUPP } from '../../../impl/kernel/errno.ts';
import type { KernelObject } from '../../../impl/kernel/object.ts';
import { numberField, type UserPointer, userStructure } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about calls on device files. */
export const CALL_FAULTS: readonly Fault[] = [
  fault({
    id: 'dev-001-unplugged-works',
    mistake: 'calls on a device that is gone go through',
    breaks: ['DEV-001'],
    install: (types) => ({
      DrmIoctls: class extends types.DrmIoctls {
        protected override *isGone(): KernelTask<boolean> {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'dev-001-memory-first',
    mistake: 'the memory is looked at before the command',
    breaks: ['DEV-001'],
    install: (types) => ({
      DrmIoctls: class extends types.DrmIoctls {
        override *dispatch(
          file: DrmFile,
          command: number,
          argument: UserPointer,
        ): KernelTask<number> {
          if (!argument.isReadable) return -EFAULT;
          return yield* super.dispatch(file, command, argument);
        }
      },
    }),
  }),
  fault({
    id: 'dev-001-answers-nowhere',
    mistake: 'nobody notices that the answer could not be written',
    breaks: ['DEV-001'],
    install: (types) => ({
      DrmIoctls: class extends types.DrmIoctls {
        override *dispatch(
          file: DrmFile,
          command: number,
          argument: UserPointer,
        ): KernelTask<number> {
          if (!argument.isReadable) return yield* super.dispatch(file, command, argument);
          return yield* super.dispatch(file, command, userStructure(argument.fields));
        }
      },
    }),
  }),
  fault({
    id: 'dev-002-unknown-is-wrong',
    mistake: 'a device without a display refuses capabilities as one with a display does',
    breaks: ['DEV-002'],
    install: (types) => ({
      DrmIoctls: class extends types.DrmIoctls {
        override *getCap(file: DrmFile, argument: UserPointer): KernelTask<number> {
          const result = yield* super.getCap(file, argument);
          return result === -EOPNOTSUPP ? -EINVAL : result;
        }
      },
    }),
  }),
  fault({
    id: 'dev-002-unknown-is-zero',
    mistake: 'a capability that nobody knows is 0',
    breaks: ['DEV-002'],
    install: (types) => ({
      DrmIoctls: class extends types.DrmIoctls {
        override *getCap(file: DrmFile, argument: UserPointer): KernelTask<number> {
          const result = yield* super.getCap(file, argument);
          return result === -EINVAL ? 0 : result;
        }
      },
    }),
  }),
  fault({
    id: 'dev-004-wraps',
    mistake: 'sizes are computed in 32 bits',
    breaks: ['DEV-004'],
    install: (types) => ({
      DrmIoctls: class extends types.DrmIoctls {
        protected override isPossible(width: number, height: number, bpp: number): boolean {
          return width > 0 && height > 0 && bpp > 0;
        }
      },
    }),
  }),
  fault({
    id: 'dev-004-whole-bytes',
    mistake: 'a pixel takes whole bytes',
    breaks: ['DEV-004'],
    install: (types) => ({
      DrmIoctls: class extends types.DrmIoctls {
        protected override pitchOf(width: number, bpp: number): number {
          return width * Math.ceil(bpp / 8);
        }
      },
    }),
  }),
  fault({
    id: 'dev-005-never-again',
    mistake: 'the number of a closed handle stays taken',
    breaks: ['DEV-005'],
    install: (types) => ({
      GemHandles: class extends types.GemHandles {
        protected override *giveBack(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'dev-005-keeps-refused',
    mistake: 'a handle that the driver refuses uses up its number',
    breaks: ['DEV-005'],
    install: (types) => ({
      GemHandles: class extends types.GemHandles {
        protected override *giveBack(file: DrmFile, handle: number): KernelTask<void> {
          // Nothing was ever behind it.
          if (file.handles.has(handle)) yield* super.giveBack(file, handle);
        }
      },
    }),
  }),
  fault({
    id: 'dev-005-nameless-object-stays',
    mistake: 'an object for whose name there is no memory keeps the reference of the name',
    breaks: ['DEV-005'],
    install: (types) => ({
      GemNames: class extends types.GemNames {
        protected override *makeName(object: GemObject): KernelTask<number> {
          yield* object.get();
          const name = yield* super.makeName(object);
          if (name > 0) yield* object.put();
          return name;
        }
      },
    }),
  }),
  fault({
    id: 'dev-005-keeps-failed',
    mistake: 'a number is reserved before there is memory for it',
    breaks: ['DEV-005'],
    install: (types) => ({
      GemHandles: class extends types.GemHandles {
        protected override *reserve(file: DrmFile): KernelTask<number> {
          yield* file.tableLock.acquire();
          let number = 1;
          while (file.taken.get(number) === true) number += 1;
          file.tableLock.release();
          const handle = yield* super.reserve(file);
          if (handle < 0) file.taken.set(number, true);
          return handle;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-VGEM-02',
    mistake: 'a new object is read after the reference of its maker is gone',
    breaks: ['DEV-005'],
    install: (types) => ({
      DrmIoctls: class extends types.DrmIoctls {
        protected override *announce(file: DrmFile, object: GemObject): KernelTask<number> {
          const handle = yield* super.announce(file, object);
          this.stack.world.memory.reads(object, 'size', 'once');
          return handle;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-GEM-04',
    mistake: 'a look-up of several handles that fails leaves behind what it has made',
    breaks: ['DEV-005'],
    install: (types) => ({
      GemLookup: class extends types.GemLookup {
        protected override *fail(
          _room: KernelObject,
          found: readonly GemObject[],
          error: number,
        ): KernelTask<number> {
          for (const object of found) yield* object.put();
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-GEM-09',
    mistake:
      'an object that was opened by its name is read after the reference of the look-up is gone',
    breaks: ['DEV-005'],
    install: (types) => ({
      GemNames: class extends types.GemNames {
        protected override *answer(
          file: DrmFile,
          object: GemObject,
          argument: UserPointer,
        ): KernelTask<number> {
          const result = yield* super.answer(file, object, argument);
          if (numberField(argument, 'handle') === 0) return result;
          this.stack.world.memory.reads(object, 'size', 'once');
          return result;
        }
      },
    }),
  }),
];
