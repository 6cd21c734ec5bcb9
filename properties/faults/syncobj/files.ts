import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOENT } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about sync_files that objects become, and that become theirs. */
export const FILE_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncobj-006-keeps-the-number',
    mistake: 'an export that fails does not give its number back',
    breaks: ['SYNCOBJ-006'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        override *exportSyncFile(file: DrmFile, handle: number): KernelTask<number> {
          const fd = yield* this.files.getUnused(true);
          if (fd < 0) return fd;
          const error = yield* this.carryFence(file, handle, fd);
          return error === 0 ? fd : error;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-006-einval',
    mistake: 'an unknown handle is -EINVAL for an export, as for a descriptor',
    breaks: ['SYNCOBJ-006'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        override *exportSyncFile(file: DrmFile, handle: number): KernelTask<number> {
          const result = yield* super.exportSyncFile(file, handle);
          return result === -ENOENT ? -EINVAL : result;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-006-handle-first',
    mistake: 'an export looks at its handle before it has a number',
    breaks: ['SYNCOBJ-006'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        override *exportSyncFile(file: DrmFile, handle: number): KernelTask<number> {
          const syncobj = yield* file.syncobjs.find(handle);
          if (syncobj === null) return -ENOENT;
          yield* syncobj.put();
          return yield* super.exportSyncFile(file, handle);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-006-contained',
    mistake: 'of a timeline only what its head contains is exported',
    breaks: ['SYNCOBJ-006'],
    install: (types) => ({
      SyncFiles: class extends types.SyncFiles {
        override *create(fence: DmaFence): ReturnType<typeof types.SyncFiles.prototype.create> {
          return yield* super.create(this.stack.chains.contained(fence));
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-006-keeps-fence',
    mistake: 'an export keeps a reference on the fence',
    breaks: ['SYNCOBJ-006'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        protected override *carryFence(
          file: DrmFile,
          handle: number,
          fd: number,
        ): KernelTask<number> {
          const request = { handle, point: 0n, flags: 0 };
          yield* this.stack.syncobjs.findFence(file, request);
          return yield* super.carryFence(file, handle, fd);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-008-handle-first',
    mistake: 'an import looks at its handle before its descriptor',
    breaks: ['SYNCOBJ-008'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        override *importSyncFile(file: DrmFile, fd: number, handle: number): KernelTask<number> {
          const syncobj = yield* file.syncobjs.find(handle);
          if (syncobj === null) return -ENOENT;
          yield* syncobj.put();
          return yield* super.importSyncFile(file, fd, handle);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-008-onto-the-timeline',
    mistake: 'an import into a timeline becomes its next point',
    breaks: ['SYNCOBJ-008'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        override *replaceFence(fence: DmaFence | null): KernelTask<void> {
          const { chains } = this.stack;
          const head = yield* this.fenceGet();
          const isNext = fence !== null && chains.chainOf(head) !== null;
          const memory = isNext && chains.chainOf(fence) === null ? yield* chains.alloc() : null;
          if (memory === null || fence === null || head === null) yield* super.replaceFence(fence);
          else yield* this.addPoint(memory, fence, head.seqno + 1n);
          if (head !== null) yield* head.put();
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-008-keeps-fence',
    mistake: 'an import keeps the reference that the descriptor gave',
    breaks: ['SYNCOBJ-008'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        override *importSyncFile(file: DrmFile, fd: number, handle: number): KernelTask<number> {
          yield* this.stack.syncFiles.getFence(fd);
          return yield* super.importSyncFile(file, fd, handle);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-008-only-when-empty',
    mistake: 'an import leaves a fence in place that is there',
    breaks: ['SYNCOBJ-008'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        override *importSyncFile(file: DrmFile, fd: number, handle: number): KernelTask<number> {
          const request = { handle, point: 0n, flags: 0 };
          const there = yield* this.stack.syncobjs.findFence(file, request);
          if (typeof there === 'number') return yield* super.importSyncFile(file, fd, handle);
          yield* there.put();
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-009-signals-what-goes',
    mistake: 'a fence that is replaced signals',
    breaks: ['SYNCOBJ-009'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        override *replaceFence(fence: DmaFence | null): KernelTask<void> {
          const before = yield* this.fenceGet();
          yield* super.replaceFence(fence);
          if (before === null) return;
          if (before !== fence) yield* before.signal();
          yield* before.put();
        }
      },
    }),
  }),
];
