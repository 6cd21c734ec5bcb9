import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import { SyncobjFile } from '../../../impl/drm/syncobj-fds.ts';
import type { Transfer } from '../../../impl/drm/syncobj-points.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBADF, EINVAL, ENOENT } from '../../../impl/kernel/errno.ts';
import { Eventfd } from '../../../impl/uapi/eventfd.ts';
import { FileTable } from '../../../impl/uapi/file-table.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about what a call has looked up: it is let go before its last use. */
export const BESIDE_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncobj-034-fd-drops-first',
    mistake: 'the reference on the object is dropped before its descriptor is made',
    breaks: ['SYNCOBJ-034'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        override *handleToFd(file: DrmFile, handle: number): KernelTask<number> {
          const syncobj = yield* file.syncobjs.find(handle);
          if (syncobj === null) return -EINVAL;
          yield* syncobj.put();
          return yield* this.getFd(syncobj);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-034-handle-closes-first',
    mistake: 'the file is dropped before there is a handle for its object',
    breaks: ['SYNCOBJ-034'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        override *fdToHandle(file: DrmFile, fd: number): KernelTask<number> {
          const found = yield* this.files.fget(fd);
          if (found === null) return -EINVAL;
          yield* found.put();
          return found.ops instanceof SyncobjFile
            ? yield* file.syncobjs.add(found.ops.syncobj)
            : -EINVAL;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-034-import-drops-first',
    mistake: 'the fence of a sync_file is dropped before the object has it',
    breaks: ['SYNCOBJ-034'],
    install: (types) => ({
      SyncobjFds: class extends types.SyncobjFds {
        override *importSyncFile(file: DrmFile, fd: number, handle: number): KernelTask<number> {
          const fence = yield* this.stack.syncFiles.getFence(fd);
          if (fence === null) return -EINVAL;
          yield* fence.put();
          const syncobj = yield* file.syncobjs.find(handle);
          if (syncobj === null) return -ENOENT;
          yield* syncobj.replaceFence(fence);
          yield* syncobj.put();
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-034-transfer-drops-first',
    mistake: 'a transfer drops the fence that it has found before the target has it',
    breaks: ['SYNCOBJ-034'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        override *transfer(file: DrmFile, request: Transfer): KernelTask<number> {
          const { source, target, flags } = request;
          if (target.point !== 0n) return yield* super.transfer(file, request);
          const syncobj = yield* file.syncobjs.find(target.handle);
          if (syncobj === null) return -ENOENT;
          const fence = yield* this.stack.syncobjs.findFence(file, { ...source, flags });
          if (typeof fence !== 'number') {
            yield* fence.put();
            yield* syncobj.replaceFence(fence);
          }
          yield* syncobj.put();
          return typeof fence === 'number' ? fence : 0;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-034-counter-closes-first',
    mistake: 'the file of a counter is dropped before its counter is referenced',
    breaks: ['SYNCOBJ-034'],
    install: (types) => ({
      SyncobjEventfds: class extends types.SyncobjEventfds {
        protected override *counterOf(fd: number): KernelTask<Eventfd | number> {
          const file = yield* FileTable.ofCurrent(this.stack.world).fget(fd);
          if (file === null) return -EBADF;
          yield* file.put();
          return file.ops instanceof Eventfd ? yield* file.ops.get() : -EINVAL;
        }
      },
    }),
  }),
];
