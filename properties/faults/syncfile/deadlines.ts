import type { SyncFile } from '../../../impl/dma-buf/sync-file.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EFAULT, EINVAL } from '../../../impl/kernel/errno.ts';
import { type UserPointer, wideField } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about SET_DEADLINE. */
export const DEADLINE_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncfile-025-half-a-pad',
    mistake: 'the upper half of the padding is not looked at',
    breaks: ['SYNCFILE-025'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *setDeadline(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
          if (argument.isReadable) {
            argument.fields['pad'] = BigInt.asUintN(32, wideField(argument, 'pad'));
          }
          return yield* super.setDeadline(syncFile, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-025-unsigned',
    mistake: 'times beyond 2^63 are late ones',
    breaks: ['SYNCFILE-025'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *setDeadline(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
          if (!argument.isReadable) return -EFAULT;
          if (wideField(argument, 'pad') !== 0n) return -EINVAL;
          yield* syncFile.carried.setDeadline(wideField(argument, 'deadline_ns'));
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-025-first-part-only',
    mistake: 'the deadline of a container reaches its first part only',
    breaks: ['SYNCFILE-025'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *setDeadline(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
          const [part] = this.stack.unwrap.opened(syncFile.carried);
          if (part === undefined || part === syncFile.carried || !argument.isReadable) {
            return yield* super.setDeadline(syncFile, argument);
          }
          if (wideField(argument, 'pad') !== 0n) return -EINVAL;
          yield* part.setDeadline(BigInt.asIntN(64, wideField(argument, 'deadline_ns')));
          return 0;
        }
      },
    }),
  }),
];
