import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { SyncFile } from '../../../impl/dma-buf/sync-file.ts';
import type { SyncTimeline } from '../../../impl/dma-buf/sync-timeline.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EFAULT, EINVAL, ENOENT, ENOMEM } from '../../../impl/kernel/errno.ts';
import { numberField, textField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about making, finding and closing files. */
export const LIFE_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncfile-001-borrows',
    mistake: 'a new file takes no reference on its fence',
    breaks: ['SYNCFILE-001'],
    install: (types) => ({
      SyncFiles: class extends types.SyncFiles {
        override *create(fence: DmaFence): KernelTask<SyncFile | null> {
          const syncFile = yield* this.allocate();
          if (syncFile !== null) syncFile.fence.set(fence);
          return syncFile;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-001-keeps-when-failing',
    mistake: 'the reference for a file that cannot be made is not given back',
    breaks: ['SYNCFILE-001'],
    install: (types) => ({
      SyncFiles: class extends types.SyncFiles {
        override *create(fence: DmaFence): KernelTask<SyncFile | null> {
          yield* fence.get();
          const syncFile = yield* this.allocate();
          if (syncFile !== null) syncFile.fence.set(fence);
          return syncFile;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-002-unpacks',
    mistake: 'a container is replaced by its last part',
    breaks: ['SYNCFILE-002'],
    install: (types) => ({
      SyncFiles: class extends types.SyncFiles {
        override *getFence(fd: number): KernelTask<DmaFence | null> {
          const fence = yield* super.getFence(fd);
          const part = this.stack.arrays.children(fence).at(-1);
          if (fence === null || part === undefined || part === fence) return fence;
          yield* part.get();
          yield* fence.put();
          return part;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-002-signaled-is-none',
    mistake: 'a descriptor whose fence has signaled gives nothing',
    breaks: ['SYNCFILE-002'],
    install: (types) => ({
      SyncFiles: class extends types.SyncFiles {
        override *getFence(fd: number): KernelTask<DmaFence | null> {
          const fence = yield* super.getFence(fd);
          if (fence === null || !(yield* fence.isSignaled())) return fence;
          yield* fence.put();
          return null;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-003-borrows',
    mistake: 'the fence of a descriptor comes without a reference of its own',
    breaks: ['SYNCFILE-002', 'SYNCFILE-003'],
    install: (types) => ({
      SyncFiles: class extends types.SyncFiles {
        override *getFence(fd: number): KernelTask<DmaFence | null> {
          const syncFile = yield* this.fdget(fd);
          if (syncFile === null) return null;
          const fence = syncFile.carried;
          yield* syncFile.file.put();
          return fence;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-015-leaves-callback',
    mistake: 'closing a file leaves its callback on the fence',
    breaks: ['SYNCFILE-015'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        protected override *isClaimed(): KernelTask<boolean> {
          yield* super.isClaimed();
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-015-drops-fence-first',
    mistake: 'closing a file drops the fence, and then takes the callback back',
    breaks: ['SYNCFILE-015'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        override *release(): KernelTask<void> {
          const { world } = this;
          world.emit(this, 'release');
          const fence = this.carried;
          yield* fence.put();
          if (yield* this.isClaimed()) yield* fence.removeCallback(this.callback);
          world.emit(this, 'free');
          world.memory.free(this.callback);
          world.memory.free(this);
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-026-merge-installs-first',
    mistake: 'a merge installs its descriptor, tells the program, and closes it if that fails',
    breaks: ['SYNCFILE-026'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        protected override *mergeInto(
          fd: number,
          syncFile: SyncFile,
          argument: UserPointer,
        ): KernelTask<number> {
          const { syncFiles } = this.stack;
          if (!argument.isReadable) return -EFAULT;
          const isZero = numberField(argument, 'flags') === 0 && numberField(argument, 'pad') === 0;
          if (!isZero) return -EINVAL;
          const second = yield* syncFiles.fdget(numberField(argument, 'fd2'));
          if (second === null) return -ENOENT;
          const merged = yield* syncFiles.merge(textField(argument, 'name', 32), syncFile, second);
          yield* second.file.put();
          if (merged === null) return -ENOMEM;
          yield* syncFiles.files.install(fd, merged.file);
          argument.fields['fence'] = fd;
          if (argument.isWritable) return 0;
          yield* syncFiles.files.close(fd);
          return -EFAULT;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-026-point-installs-first',
    mistake: 'a new point gets its descriptor before the program can be told of it',
    breaks: ['SYNCFILE-026'],
    install: (types) => ({
      SwSync: class extends types.SwSync {
        protected override *createInto(
          fd: number,
          timeline: SyncTimeline,
          argument: UserPointer,
        ): KernelTask<number> {
          const { syncFiles } = this.stack;
          if (!argument.isReadable) return -EFAULT;
          const point = yield* timeline.createPoint(numberField(argument, 'value'));
          if (point === null) return -ENOMEM;
          const syncFile = yield* syncFiles.create(point.base);
          yield* point.base.put();
          if (syncFile === null) return -ENOMEM;
          yield* syncFiles.files.install(fd, syncFile.file);
          argument.fields['fence'] = fd;
          if (argument.isWritable) return 0;
          yield* syncFiles.files.close(fd);
          return -EFAULT;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-027-first-part',
    mistake: 'a job that depends on a merged file waits for its first part only',
    breaks: ['SYNCFILE-002', 'SYNCFILE-027'],
    install: (types) => ({
      SyncFiles: class extends types.SyncFiles {
        override *getFence(fd: number): KernelTask<DmaFence | null> {
          const fence = yield* super.getFence(fd);
          const [part] = this.stack.arrays.children(fence);
          if (fence === null || part === undefined || part === fence) return fence;
          yield* part.get();
          yield* fence.put();
          return part;
        }
      },
    }),
  }),
];
