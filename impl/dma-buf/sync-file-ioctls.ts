import type { KernelTask } from '../kernel/access.ts';
import { EFAULT, EINVAL, ENOENT, ENOMEM, ENOTTY } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import { numberField, textField, type UserPointer, wideField } from '../uapi/user-memory.ts';
import type { DmaFence } from './dma-fence.ts';
import { SYNC_NAME_SIZE, type SyncFile } from './sync-file.ts';

/** Request numbers of the magic `>`; they hold direction and size of the argument. */
export const SYNC_IOC_MERGE = 0xc0303e03;
export const SYNC_IOC_FILE_INFO = 0xc0383e04;
export const SYNC_IOC_SET_DEADLINE = 0x40103e05;

/** One leaf of a file, as FILE_INFO reports it. @kernel struct sync_fence_info */
export interface FenceInfo {
  timelineName: string;
  driverName: string;
  status: number;
  flags: number;
  timestampNs: number;
}

/** Memory for records is zeroed when it is allocated. */
const ZERO_RECORD: FenceInfo = {
  timelineName: '',
  driverName: '',
  status: 0,
  flags: 0,
  timestampNs: 0,
};

/** Where a program wants its records; null when that is no memory that it may write to. */
function slotsOf(argument: UserPointer): FenceInfo[] | null {
  const slots = argument.fields['sync_fence_info'];
  return Array.isArray(slots) ? (slots as FenceInfo[]) : null; // programs put slots there
}

/** The requests of a sync_file. */
export class SyncFileIoctls {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel sync_file_ioctl @rule SYNCFILE-005 */
  *dispatch(syncFile: SyncFile, command: number, argument: UserPointer): KernelTask<number> {
    switch (command) {
      case SYNC_IOC_MERGE:
        return yield* this.merge(syncFile, argument);
      case SYNC_IOC_FILE_INFO:
        return yield* this.fileInfo(syncFile, argument);
      case SYNC_IOC_SET_DEADLINE:
        return yield* this.setDeadline(syncFile, argument);
      default:
        return -ENOTTY;
    }
  }

  /**
   * @kernel sync_file_ioctl_merge
   * @rule SYNCFILE-006
   * @rule SYNCFILE-007
   */
  *merge(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
    const { files } = this.stack.syncFiles;
    const fd = yield* files.getUnused(true);
    if (fd < 0) return fd;
    const result = yield* this.mergeInto(fd, syncFile, argument);
    if (result < 0) yield* files.putUnused(fd);
    return result;
  }

  protected *mergeInto(fd: number, syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
    const { syncFiles } = this.stack;
    if (!argument.isReadable) return -EFAULT;
    if (numberField(argument, 'flags') !== 0 || numberField(argument, 'pad') !== 0) return -EINVAL;
    const second = yield* syncFiles.fdget(numberField(argument, 'fd2'));
    if (second === null) return -ENOENT;

    const name = textField(argument, 'name', SYNC_NAME_SIZE);
    const merged = yield* syncFiles.merge(name, syncFile, second);
    let result = 0;
    if (merged === null) {
      result = -ENOMEM;
    } else if (!argument.isWritable) {
      yield* merged.file.put();
      result = -EFAULT;
    } else {
      argument.fields['name'] = name;
      argument.fields['fence'] = fd;
      yield* syncFiles.files.install(fd, merged.file);
    }
    yield* second.file.put();
    return result;
  }

  /**
   * @kernel sync_file_ioctl_fence_info
   * @rule SYNCFILE-016
   * @rule SYNCFILE-017
   * @rule SYNCFILE-018
   * @rule SYNCFILE-019
   */
  *fileInfo(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
    if (!argument.isReadable) return -EFAULT;
    if (numberField(argument, 'flags') !== 0 || numberField(argument, 'pad') !== 0) return -EINVAL;
    const fence = syncFile.carried;
    const count = yield* this.stack.unwrap.count(fence);
    const room = numberField(argument, 'num_fences');
    let status = 1;
    let filled = count;
    if (room === 0) {
      status = yield* fence.getStatus();
    } else {
      if (room < count) return -EINVAL;
      if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
      const records = yield* this.fillRecords(fence);
      status = this.overallStatus(records);
      filled = records.length;
      const slots = slotsOf(argument);
      if (slots === null) return -EFAULT;
      this.copyRecords(slots, records, count);
    }
    if (!argument.isWritable) return -EFAULT;
    argument.fields['name'] = syncFile.getName();
    argument.fields['status'] = status;
    argument.fields['num_fences'] = filled;
    return 0;
  }

  /** The second walk: one record for each leaf that it finds. @rule SYNCFILE-023 */
  protected *fillRecords(fence: DmaFence): KernelTask<readonly FenceInfo[]> {
    const records: FenceInfo[] = [];
    const cursor = this.stack.unwrap.cursor();
    let leaf = yield* cursor.first(fence);
    while (leaf !== null) {
      records.push(yield* this.fillFenceInfo(leaf));
      leaf = yield* cursor.next();
    }
    return records;
  }

  /** The first leaf that is not done decides. @rule SYNCFILE-019 */
  protected overallStatus(records: readonly FenceInfo[]): number {
    return records.find(({ status }) => status <= 0)?.status ?? 1;
  }

  /** Writes as many slots as leaves were counted. @rule SYNCFILE-018 */
  protected copyRecords(slots: FenceInfo[], records: readonly FenceInfo[], count: number): void {
    for (let index = 0; index < count; index += 1) slots[index] = records[index] ?? ZERO_RECORD;
  }

  /** @kernel sync_fill_fence_info @rule SYNCFILE-021 @rule SYNCFILE-022 */
  *fillFenceInfo(fence: DmaFence): KernelTask<FenceInfo> {
    const status = yield* fence.getStatus();
    const timestampNs = (yield* fence.isSignaled()) ? yield* fence.timestamp() : 0;
    return {
      timelineName: fence.ops.getTimelineName(fence).slice(0, SYNC_NAME_SIZE - 1),
      driverName: fence.ops.getDriverName(fence).slice(0, SYNC_NAME_SIZE - 1),
      status,
      flags: 0,
      timestampNs,
    };
  }

  /** @kernel sync_file_ioctl_set_deadline @rule SYNCFILE-025 */
  *setDeadline(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
    if (!argument.isReadable) return -EFAULT;
    if (wideField(argument, 'pad') !== 0n) return -EINVAL;
    const deadlineNs = BigInt.asIntN(64, wideField(argument, 'deadline_ns'));
    yield* syncFile.carried.setDeadline(deadlineNs);
    return 0;
  }
}
