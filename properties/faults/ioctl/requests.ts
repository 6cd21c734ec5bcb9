import {
  DMA_BUF_IOCTL_EXPORT_SYNC_FILE,
  DMA_BUF_IOCTL_IMPORT_SYNC_FILE,
  DMA_BUF_IOCTL_SYNC,
  DMA_BUF_SET_NAME_B,
} from '../../../impl/dma-buf/dma-buf-ioctls.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBADF, EFAULT, EINVAL, ENOMEM, ENOTTY } from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

const NUMBERS: readonly number[] = [
  DMA_BUF_IOCTL_SYNC,
  DMA_BUF_SET_NAME_B,
  DMA_BUF_IOCTL_EXPORT_SYNC_FILE,
  DMA_BUF_IOCTL_IMPORT_SYNC_FILE,
];

type Request = (buffer: DmaBuf, argument: UserPointer) => KernelTask<number>;

/** Replaces one request; `intact` is what it was. */
function requesting(
  name: 'exportSyncFile' | 'importSyncFile',
  request: (intact: Request, buffer: DmaBuf, argument: UserPointer) => KernelTask<number>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    DmaBufIoctls: class extends types.DmaBufIoctls {
      override *exportSyncFile(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
        const intact: Request = (given, with_) => super.exportSyncFile(given, with_);
        if (name !== 'exportSyncFile') return yield* intact(buffer, argument);
        return yield* request(intact, buffer, argument);
      }

      override *importSyncFile(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
        const intact: Request = (given, with_) => super.importSyncFile(given, with_);
        if (name !== 'importSyncFile') return yield* intact(buffer, argument);
        return yield* request(intact, buffer, argument);
      }
    },
  });
}

/** The argument with other flags; what is written back goes to both. */
function withFlags(argument: UserPointer, flags: number): UserPointer {
  const { isReadable, isWritable } = argument;
  return { fields: { ...argument.fields, flags }, isReadable, isWritable };
}

/** Mistakes about which requests there are, and what is looked at first. */
export const REQUEST_FAULTS: readonly Fault[] = [
  fault({
    id: 'ioctl-001-einval',
    mistake: 'an unknown request gives -EINVAL',
    breaks: ['IOCTL-001'],
    install: (types) => ({
      DmaBufIoctls: class extends types.DmaBufIoctls {
        override *dispatch(
          ...given: Parameters<InstanceType<StackTypes['DmaBufIoctls']>['dispatch']>
        ): KernelTask<number> {
          const result = yield* super.dispatch(...given);
          return result === -ENOTTY ? -EINVAL : result;
        }
      },
    }),
  }),
  fault({
    id: 'ioctl-001-number-only',
    mistake: 'requests are told apart by their number field alone',
    breaks: ['IOCTL-001'],
    install: (types) => ({
      DmaBufIoctls: class extends types.DmaBufIoctls {
        override *dispatch(
          ...[buffer, command, argument]: Parameters<
            InstanceType<StackTypes['DmaBufIoctls']>['dispatch']
          >
        ): KernelTask<number> {
          const found = NUMBERS.find((known) => (known & 0xff) === (command & 0xff));
          return yield* super.dispatch(buffer, found ?? command, argument);
        }
      },
    }),
  }),
  fault({
    id: 'ioctl-002-takes-any-flags',
    mistake: 'an export ignores flags that it does not know',
    breaks: ['IOCTL-002'],
    install: requesting('exportSyncFile', function* (intact, buffer, argument) {
      const known = withFlags(argument, numberField(argument, 'flags') & 3);
      const result = yield* intact(buffer, known);
      Object.assign(argument.fields, { fd: known.fields['fd'] });
      return result;
    }),
  }),
  fault({
    id: 'ioctl-002-flags-first',
    mistake: 'an export with wrong flags says so, even if they cannot be read',
    breaks: ['IOCTL-002'],
    install: requesting('exportSyncFile', function* (intact, buffer, argument) {
      const flags = numberField(argument, 'flags');
      if (flags === 0 || flags > 3) return -EINVAL;
      return yield* intact(buffer, argument);
    }),
  }),
  fault({
    id: 'ioctl-002-number-first',
    mistake: 'an export takes a number before it looks at its flags',
    breaks: ['IOCTL-002'],
    install: requesting('exportSyncFile', function* (intact, buffer, argument) {
      if (!argument.isReadable) return -EFAULT;
      const { files } = buffer.stack.syncFiles;
      const fd = yield* files.getUnused(true);
      if (fd < 0) return fd;
      yield* files.putUnused(fd);
      return yield* intact(buffer, argument);
    }),
  }),
  fault({
    id: 'ioctl-002-keeps-the-number',
    mistake: 'a failed export does not give its number back',
    breaks: ['IOCTL-002'],
    install: requesting('exportSyncFile', function* (intact, buffer, argument) {
      const result = yield* intact(buffer, argument);
      if (result === -ENOMEM || (result === -EFAULT && argument.isReadable)) {
        yield* buffer.stack.syncFiles.files.getUnused(true);
      }
      return result;
    }),
  }),
  fault({
    id: 'ioctl-002-keeps-the-file',
    mistake: 'an export whose answer cannot be written does not drop its sync_file',
    breaks: ['IOCTL-002'],
    install: (types) => ({
      DmaBufIoctls: class extends types.DmaBufIoctls {
        protected override *exportInto(
          fd: number,
          buffer: DmaBuf,
          argument: UserPointer,
        ): KernelTask<number> {
          const result = yield* super.exportInto(fd, buffer, argument);
          if (result === -EFAULT) {
            const { stubs, syncFiles } = this.stack;
            const stub = yield* stubs.getStub();
            yield* syncFiles.create(stub);
            yield* stub.put();
          }
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'ioctl-002-no-memory-is-efault',
    mistake: 'an export without memory says that its argument cannot be written',
    breaks: ['IOCTL-002'],
    install: requesting('exportSyncFile', function* (intact, buffer, argument) {
      const result = yield* intact(buffer, argument);
      return result === -ENOMEM ? -EFAULT : result;
    }),
  }),
  fault({
    id: 'ioctl-006-survives-exec',
    mistake: 'the descriptor of an export is not closed on exec',
    breaks: ['IOCTL-006'],
    install: requesting('exportSyncFile', function* (intact, buffer, argument) {
      const result = yield* intact(buffer, argument);
      if (result !== 0) return result;
      const { files } = buffer.stack.syncFiles;
      const file = yield* files.fget(numberField(argument, 'fd'));
      if (file === null) return result;
      const fd = yield* files.getUnused(false);
      yield* files.install(fd, file);
      yield* files.close(numberField(argument, 'fd'));
      Object.assign(argument.fields, { fd });
      return result;
    }),
  }),
  fault({
    id: 'ioctl-006-installs-first',
    mistake: 'an export installs its descriptor, and takes it back if the answer cannot be written',
    breaks: ['IOCTL-006'],
    install: requesting('exportSyncFile', function* (intact, buffer, argument) {
      if (argument.isWritable) return yield* intact(buffer, argument);
      const { fields, isReadable } = argument;
      const writable = { fields: { ...fields }, isReadable, isWritable: true };
      const result = yield* intact(buffer, writable);
      if (result !== 0) return result;
      yield* buffer.stack.syncFiles.files.close(numberField(writable, 'fd'));
      return -EFAULT;
    }),
  }),
  fault({
    id: 'ioctl-008-ebadf',
    mistake: 'an import of a closed descriptor gives -EBADF',
    breaks: ['IOCTL-008'],
    install: requesting('importSyncFile', function* (intact, buffer, argument) {
      const result = yield* intact(buffer, argument);
      if (result !== -EINVAL) return result;
      const file = yield* buffer.stack.syncFiles.files.fget(numberField(argument, 'fd'));
      if (file === null) return -EBADF;
      yield* file.put();
      return result;
    }),
  }),
  fault({
    id: 'ioctl-008-any-flags',
    mistake: 'an import takes flags without READ and WRITE for reading',
    breaks: ['IOCTL-008'],
    install: requesting('importSyncFile', function* (intact, buffer, argument) {
      const flags = numberField(argument, 'flags') & 3;
      return yield* intact(buffer, withFlags(argument, flags === 0 ? 1 : flags));
    }),
  }),
  fault({
    id: 'ioctl-008-forgets-the-error',
    mistake: 'an import that finds no memory for slots adds what fits',
    breaks: ['IOCTL-008'],
    install: (types) => ({
      DmaBufIoctls: class extends types.DmaBufIoctls {
        protected override *addLeaves(
          buffer: DmaBuf,
          fence: DmaFence,
          usage: ResvUsage,
        ): KernelTask<number> {
          const error = yield* super.addLeaves(buffer, fence, usage);
          if (error === 0) return 0;
          yield* buffer.resv.acquire();
          for (const leaf of this.stack.unwrap.opened(fence)) {
            if ((yield* buffer.resv.reserveFences(1)) === 0) {
              yield* buffer.resv.addFence(leaf, usage);
            }
            break;
          }
          yield* buffer.resv.release();
          return error;
        }
      },
    }),
  }),
];
