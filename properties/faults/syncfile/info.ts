import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { FenceInfo } from '../../../impl/dma-buf/sync-file-ioctls.ts';
import type { SyncFile } from '../../../impl/dma-buf/sync-file.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EFAULT, EINVAL, ENOMEM } from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Replaces the whole request by `call`, which may go on to the right one. */
function asking(
  call: (
    syncFile: SyncFile,
    argument: UserPointer,
    right: () => KernelTask<number>,
  ) => KernelTask<number>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SyncFileIoctls: class extends types.SyncFileIoctls {
      override *fileInfo(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
        return yield* call(syncFile, argument, () => super.fileInfo(syncFile, argument));
      }
    },
  });
}

/** Changes what one record says. */
function recording(
  change: (fence: DmaFence, right: FenceInfo) => FenceInfo,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SyncFileIoctls: class extends types.SyncFileIoctls {
      override *fillFenceInfo(fence: DmaFence): KernelTask<FenceInfo> {
        return change(fence, yield* super.fillFenceInfo(fence));
      }
    },
  });
}

/** Changes how the status of the file follows from its leaves. */
function judging(
  overall: (records: readonly FenceInfo[]) => number,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SyncFileIoctls: class extends types.SyncFileIoctls {
      protected override overallStatus(records: readonly FenceInfo[]): number {
        return overall(records);
      }
    },
  });
}

const isLong = (argument: UserPointer): boolean => numberField(argument, 'num_fences') > 0;

/** Mistakes about FILE_INFO. */
export const INFO_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncfile-016-ignores-flags',
    mistake: 'flags of FILE_INFO are not looked at',
    breaks: ['SYNCFILE-016'],
    install: asking(function* (_file, argument, right) {
      if (argument.isReadable) argument.fields['flags'] = 0;
      return yield* right();
    }),
  }),
  fault({
    id: 'syncfile-016-tells-the-number',
    mistake: 'a request with too few slots is told how many it needs',
    breaks: ['SYNCFILE-016'],
    install: asking(function* (syncFile, argument, right) {
      const count = syncFile.stack.unwrap.opened(syncFile.carried).length;
      const result = yield* right();
      if (result === -EINVAL && isLong(argument)) argument.fields['num_fences'] = count;
      return result;
    }),
  }),
  fault({
    id: 'syncfile-016-fills-what-fits',
    mistake: 'records out of reach are noticed before their number',
    breaks: ['SYNCFILE-016'],
    install: asking(function* (_file, argument, right) {
      const isReachable = argument.fields['sync_fence_info'] !== null;
      return isLong(argument) && !isReachable ? -EFAULT : yield* right();
    }),
  }),
  fault({
    id: 'syncfile-016-memory-is-a-fault',
    mistake: 'a request without memory says that its records are out of reach',
    breaks: ['SYNCFILE-016'],
    install: asking(function* (_file, _argument, right) {
      const result = yield* right();
      return result === -ENOMEM ? -EFAULT : result;
    }),
  }),
  fault({
    id: 'syncfile-017-looks-at-records',
    mistake: 'records out of reach are refused even if none is wanted',
    breaks: ['SYNCFILE-017'],
    install: asking(function* (_file, argument, right) {
      const isReachable = argument.fields['sync_fence_info'] !== null;
      return isLong(argument) || isReachable ? yield* right() : -EFAULT;
    }),
  }),
  fault({
    id: 'syncfile-017-counts-one',
    mistake: 'the short form counts a container as one fence',
    breaks: ['SYNCFILE-017'],
    install: asking(function* (_file, argument, right) {
      const isShort = !isLong(argument);
      const result = yield* right();
      if (isShort && result === 0) argument.fields['num_fences'] = 1;
      return result;
    }),
  }),
  fault({
    id: 'BUG-SYNCFILE-02',
    mistake: 'the status of a file is whether it has signaled, without its error',
    breaks: ['SYNCFILE-017', 'SYNCFILE-019'],
    install: asking(function* (syncFile, argument, right) {
      const result = yield* right();
      const isSignaled = yield* syncFile.carried.isSignaled();
      if (result === 0) argument.fields['status'] = isSignaled ? 1 : 0;
      return result;
    }),
  }),
  fault({
    id: 'syncfile-018-clears-the-rest',
    mistake: 'all slots are written, those without a leaf with zeros',
    breaks: ['SYNCFILE-018'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        protected override copyRecords(slots: FenceInfo[], records: readonly FenceInfo[]): void {
          super.copyRecords(slots, records, slots.length);
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-018-backwards',
    mistake: 'records are written from the last leaf to the first',
    breaks: ['SYNCFILE-018'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        protected override *fillRecords(fence: DmaFence): KernelTask<readonly FenceInfo[]> {
          return (yield* super.fillRecords(fence)).toReversed();
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-018-reports-room',
    mistake: 'the number of slots comes back unchanged',
    breaks: ['SYNCFILE-018'],
    install: asking(function* (_file, argument, right) {
      const room = numberField(argument, 'num_fences');
      const result = yield* right();
      if (result === 0 && room > 0) argument.fields['num_fences'] = room;
      return result;
    }),
  }),
  fault({
    id: 'syncfile-019-worst',
    mistake: 'one failed leaf makes the whole file failed',
    breaks: ['SYNCFILE-019'],
    install: judging((records) => Math.min(1, ...records.map(({ status }) => status))),
  }),
  fault({
    id: 'syncfile-019-last',
    mistake: 'the last leaf that is not done decides',
    breaks: ['SYNCFILE-019'],
    install: judging((records) => records.findLast(({ status }) => status <= 0)?.status ?? 1),
  }),
  fault({
    id: 'syncfile-020-short-asks-the-leaves',
    mistake: 'the short form takes the status of the leaves, too',
    breaks: ['SYNCFILE-020'],
    install: asking(function* (syncFile, argument, right) {
      const isShort = !isLong(argument);
      const result = yield* right();
      if (!isShort || result < 0) return result;
      for (const leaf of syncFile.stack.unwrap.opened(syncFile.carried)) {
        const status = yield* leaf.getStatus();
        if (status < 0) argument.fields['status'] = status;
      }
      return result;
    }),
  }),
  fault({
    id: 'syncfile-020-long-asks-the-container',
    mistake: 'the long form takes the status of the container',
    breaks: ['SYNCFILE-020'],
    install: asking(function* (syncFile, argument, right) {
      const status = yield* syncFile.carried.getStatus();
      const result = yield* right();
      if (result === 0) argument.fields['status'] = status;
      return result;
    }),
  }),
  fault({
    id: 'syncfile-021-not-cut',
    mistake: 'names in records are not cut',
    breaks: ['SYNCFILE-021'],
    install: recording((fence, right) => ({
      ...right,
      timelineName: fence.ops.getTimelineName(fence),
      driverName: fence.ops.getDriverName(fence),
    })),
  }),
  fault({
    id: 'syncfile-021-names-swapped',
    mistake: 'a record has the names of driver and timeline in each other’s place',
    breaks: ['SYNCFILE-021'],
    install: recording((_fence, right) => ({
      ...right,
      timelineName: right.driverName,
      driverName: right.timelineName,
    })),
  }),
  fault({
    id: 'syncfile-021-always-now',
    mistake: 'a record of a pending fence has the present time',
    breaks: ['SYNCFILE-021'],
    install: recording((fence, right) => ({
      ...right,
      timestampNs: right.timestampNs === 0 ? fence.world.clock.nanoseconds : right.timestampNs,
    })),
  }),
  fault({
    id: 'syncfile-022-time-first',
    mistake: 'the time is sampled before the status',
    breaks: ['SYNCFILE-022'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *fillFenceInfo(fence: DmaFence): KernelTask<FenceInfo> {
          const timestampNs = (yield* fence.isSignaled()) ? yield* fence.timestamp() : 0;
          return { ...(yield* super.fillFenceInfo(fence)), timestampNs };
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-022-one-sample',
    mistake: 'a pending status goes with time 0, whatever happened since',
    breaks: ['SYNCFILE-022'],
    install: recording((_fence, right) =>
      right.status === 0 ? { ...right, timestampNs: 0 } : right,
    ),
  }),
  fault({
    id: 'syncfile-023-skips-the-finished',
    mistake: 'the second walk leaves out what has signaled since the first',
    breaks: ['SYNCFILE-023'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        protected override *fillRecords(fence: DmaFence): KernelTask<readonly FenceInfo[]> {
          const records: FenceInfo[] = [];
          for (const leaf of this.stack.unwrap.opened(fence)) {
            if (!(yield* leaf.flags.test(SIGNALED))) records.push(yield* this.fillFenceInfo(leaf));
          }
          return records;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-024-looks-at-flags',
    mistake: 'a record is made without polling the leaf',
    breaks: ['SYNCFILE-024'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *fillFenceInfo(fence: DmaFence): KernelTask<FenceInfo> {
          if (yield* fence.flags.test(SIGNALED)) return yield* super.fillFenceInfo(fence);
          const timelineName = fence.ops.getTimelineName(fence);
          const driverName = fence.ops.getDriverName(fence);
          return { timelineName, driverName, status: 0, flags: 0, timestampNs: 0 };
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-024-short-polls-leaves',
    mistake: 'the short form polls every leaf',
    breaks: ['SYNCFILE-024'],
    install: asking(function* (syncFile, _argument, right) {
      for (const leaf of syncFile.stack.unwrap.opened(syncFile.carried)) yield* leaf.isSignaled();
      return yield* right();
    }),
  }),
];
