import { SYNC_NAME_SIZE, type SyncFile } from '../../../impl/dma-buf/sync-file.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOTTY } from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { EpollItem } from '../../../impl/uapi/epoll-item.ts';
import { type FdinfoLine, type File, POLLOUT, type PollTable } from '../../../impl/uapi/file.ts';
import type { UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** The low bits of a request: magic and number, without direction and size. */
const NUMBER_MASK = 0xffff;

/** Another way to make up a name. */
function named(
  name: (file: SyncFile, right: string) => string,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SyncFile: class extends types.SyncFile {
      override getName(): string {
        return name(this, super.getName());
      }
    },
  });
}

/** The made-up name before it is cut. */
function whole({ carried }: SyncFile): string {
  const { ops, context, seqno } = carried;
  const timeline = `${ops.getTimelineName(carried)}${context}`;
  return `${ops.getDriverName(carried)}-${timeline}-${BigInt.asIntN(64, seqno)}`;
}

/** Mistakes about names, and about what else a file can do. */
export const NAME_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncfile-004-unsigned-seqno',
    mistake: 'the seqno in a name is unsigned',
    breaks: ['SYNCFILE-004'],
    install: named((file, right) => {
      const { ops, context, seqno } = file.carried;
      if (file.userName.get() !== '') return right;
      const timeline = `${ops.getTimelineName(file.carried)}${context}`;
      const name = `${ops.getDriverName(file.carried)}-${timeline}-${seqno}`;
      return name.slice(0, SYNC_NAME_SIZE - 1);
    }),
  }),
  fault({
    id: 'syncfile-004-no-context',
    mistake: 'the context is missing in names',
    breaks: ['SYNCFILE-004'],
    install: named((file, right) =>
      file.userName.get() === '' ? right.replace(`${file.carried.context}-`, '-') : right,
    ),
  }),
  fault({
    id: 'syncfile-004-own-name-second',
    mistake: 'the made-up name goes before the given one',
    breaks: ['SYNCFILE-004'],
    install: named((file) => whole(file).slice(0, SYNC_NAME_SIZE - 1)),
  }),
  fault({
    id: 'syncfile-004-not-cut',
    mistake: 'made-up names are not cut',
    breaks: ['SYNCFILE-004'],
    install: named((file, right) => (file.userName.get() === '' ? whole(file) : right)),
  }),
  fault({
    id: 'syncfile-005-invalid',
    mistake: 'an unknown request gives -EINVAL',
    breaks: ['SYNCFILE-005'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *dispatch(
          syncFile: SyncFile,
          command: number,
          argument: UserPointer,
        ): KernelTask<number> {
          const result = yield* super.dispatch(syncFile, command, argument);
          return result === -ENOTTY ? -EINVAL : result;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-005-any-size',
    mistake: 'a request is known by its number, whatever its size',
    breaks: ['SYNCFILE-005'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *dispatch(
          syncFile: SyncFile,
          command: number,
          argument: UserPointer,
        ): KernelTask<number> {
          if ((command & NUMBER_MASK) === 0x3e03) return yield* this.merge(syncFile, argument);
          return yield* super.dispatch(syncFile, command, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-030-seeks',
    mistake: 'a sync_file can be sought in',
    breaks: ['SYNCFILE-030'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        *llseek(): KernelTask<number> {
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-030-lists-lines',
    mistake: 'a sync_file adds a line to the listing of its descriptor',
    breaks: ['SYNCFILE-030'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        *showFdinfo(): KernelTask<readonly FdinfoLine[]> {
          return [['size', 0]];
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-030-has-a-size',
    mistake: 'the size of a sync_file is the number of its leaves',
    breaks: ['SYNCFILE-030'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        *size(): KernelTask<number> {
          return this.stack.unwrap.opened(this.carried).length;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-031-no-queue-for-sets',
    mistake: 'epoll sets do not hear of signals',
    breaks: ['SYNCFILE-031'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        override *poll(file: File, table: PollTable | null): KernelTask<number> {
          return yield* super.poll(file, table instanceof EpollItem ? null : table);
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-031-ready-for-all',
    mistake: 'an epoll registration hears of a signal as whatever it asked for',
    breaks: ['SYNCFILE-031'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        override *poll(file: File, table: PollTable | null): KernelTask<number> {
          const events = yield* super.poll(file, table);
          return table instanceof EpollItem && events !== 0 ? events | POLLOUT : events;
        }
      },
    }),
  }),
];
