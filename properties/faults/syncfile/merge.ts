import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { SyncFile } from '../../../impl/dma-buf/sync-file.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBADF, EINVAL, ENOENT, ENOMEM } from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Changes what MERGE answers once its number is reserved. */
function answering(
  change: (result: number, syncFile: SyncFile, argument: UserPointer) => number,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SyncFileIoctls: class extends types.SyncFileIoctls {
      protected override *mergeInto(
        fd: number,
        syncFile: SyncFile,
        argument: UserPointer,
      ): KernelTask<number> {
        return change(yield* super.mergeInto(fd, syncFile, argument), syncFile, argument);
      }
    },
  });
}

/** Changes which file a merge makes. */
function merging(
  change: (
    name: string,
    first: SyncFile,
    second: SyncFile,
    right: (name: string) => KernelTask<SyncFile | null>,
  ) => KernelTask<SyncFile | null>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SyncFiles: class extends types.SyncFiles {
      override *merge(
        name: string,
        first: SyncFile,
        second: SyncFile,
      ): KernelTask<SyncFile | null> {
        const right = (other: string): KernelTask<SyncFile | null> =>
          super.merge(other, first, second);
        return yield* change(name, first, second, right);
      }
    },
  });
}

/** Mistakes about MERGE. */
export const MERGE_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncfile-006-descriptor-last',
    mistake: 'a number is reserved when everything else is in order',
    breaks: ['SYNCFILE-006'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *merge(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
          if (!argument.isReadable) return yield* this.mergeInto(0, syncFile, argument);
          return yield* super.merge(syncFile, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-006-ignores-pad',
    mistake: 'the padding of a MERGE is not looked at',
    breaks: ['SYNCFILE-006'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *merge(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
          if (argument.isReadable) argument.fields['pad'] = 0;
          return yield* super.merge(syncFile, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-006-bad-descriptor',
    mistake: 'a second descriptor that is no sync_file is called a bad one',
    breaks: ['SYNCFILE-006'],
    install: answering((result) => (result === -ENOENT ? -EBADF : result)),
  }),
  fault({
    id: 'syncfile-006-memory-is-invalid',
    mistake: 'a merge without memory says that its argument is wrong',
    breaks: ['SYNCFILE-006'],
    install: answering((result) => (result === -ENOMEM ? -EINVAL : result)),
  }),
  fault({
    id: 'BUG-SYNCFILE-01',
    mistake: 'a merge that runs out of memory keeps the fences that it has collected',
    breaks: ['SYNCFILE-007'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *wrap(fences: readonly DmaFence[]): KernelTask<DmaFence | null> {
          const context = yield* this.stack.fences.contextAlloc(1);
          const array = yield* this.stack.arrays.create(fences, context, 1n, false);
          return array === null ? null : array.base;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-007-keeps-the-number',
    mistake: 'a failed merge does not give its number back',
    breaks: ['SYNCFILE-007'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *merge(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
          const fd = yield* this.stack.syncFiles.files.getUnused(true);
          return fd < 0 ? fd : yield* this.mergeInto(fd, syncFile, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-007-survives-exec',
    mistake: 'the descriptor of a merged file is handed on at an exec',
    breaks: ['SYNCFILE-007'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *merge(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
          const { files } = this.stack.syncFiles;
          const fd = yield* files.getUnused(false);
          if (fd < 0) return fd;
          const result = yield* this.mergeInto(fd, syncFile, argument);
          if (result < 0) yield* files.putUnused(fd);
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-008-takes-the-inputs',
    mistake: 'a merge takes the references of its inputs over',
    breaks: ['SYNCFILE-008'],
    install: merging(function* (name, first, second, right) {
      const merged = yield* right(name);
      if (merged !== null) yield* first.carried.put();
      if (merged !== null) yield* second.carried.put();
      return merged;
    }),
  }),
  fault({
    id: 'syncfile-008-refuses-itself',
    mistake: 'a file cannot be merged with itself',
    breaks: ['SYNCFILE-008'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *merge(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
          const second = yield* this.stack.syncFiles.fdget(numberField(argument, 'fd2'));
          if (second !== null) yield* second.file.put();
          return second === syncFile ? -EINVAL : yield* super.merge(syncFile, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-009-keeps-the-error',
    mistake: 'a merge of finished inputs is the last of them, with its error',
    breaks: ['SYNCFILE-009'],
    install: merging(function* (name, first, second, right) {
      const isDone = (yield* first.carried.isSignaled()) && (yield* second.carried.isSignaled());
      const merged = yield* right(name);
      if (!isDone || merged === null) return merged;
      yield* merged.carried.put();
      merged.fence.set(yield* second.carried.get());
      return merged;
    }),
  }),
  fault({
    id: 'syncfile-009-keeps-both',
    mistake: 'of two points of one timeline a merge keeps both',
    breaks: ['SYNCFILE-009'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *deduplicate(fences: readonly DmaFence[]): KernelTask<DmaFence[]> {
          return [...fences];
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-010-shorter',
    mistake: 'names are cut to 15 bytes, as those of tasks are',
    breaks: ['SYNCFILE-010'],
    install: merging((name, _first, _second, right) => right(name.slice(0, 15))),
  }),
  fault({
    id: 'syncfile-010-names-the-unnamed',
    mistake: 'a merged file without a name is called `merged`',
    breaks: ['SYNCFILE-010'],
    install: merging((name, _first, _second, right) => right(name === '' ? 'merged' : name)),
  }),
];
