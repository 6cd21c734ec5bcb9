import {
  type FenceInfo,
  SYNC_IOC_FILE_INFO,
  SYNC_IOC_MERGE,
} from '../../impl/dma-buf/sync-file-ioctls.ts';
import { SW_SYNC_IOC_CREATE_FENCE, SW_SYNC_IOC_INC } from '../../impl/dma-buf/sw-sync.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { POLLERR, POLLIN } from '../../impl/uapi/file.ts';
import type { Process } from '../../impl/uapi/process.ts';
import { numberField, userStructure } from '../../impl/uapi/user-memory.ts';

/** More records than any file of the suite has. */
const RECORDS_MAX = 64;

export const FENCE_STATUS_ERROR = -1;
export const FENCE_STATUS_ACTIVE = 0;
export const FENCE_STATUS_SIGNALED = 1;

/** What the suite's programs call instead of the system calls. Descriptors, or negative errors. */
export class SyncLibrary {
  private readonly process: Process;

  constructor(process: Process) {
    this.process = process;
  }

  *createTimeline(): KernelTask<number> {
    this.beginCall();
    return yield* this.process.fileCalls.openSwSync();
  }

  *createFence(timeline: number, value: number): KernelTask<number> {
    this.beginCall();
    const argument = userStructure({ value, name: 'fence' });
    const result = yield* this.process.fileCalls.ioctl(
      timeline,
      SW_SYNC_IOC_CREATE_FENCE,
      argument,
    );
    return result < 0 ? result : numberField(argument, 'fence');
  }

  *increment(timeline: number, value: number): KernelTask<number> {
    this.beginCall();
    const argument = userStructure({ value });
    return yield* this.process.fileCalls.ioctl(timeline, SW_SYNC_IOC_INC, argument);
  }

  *merge(first: number, second: number): KernelTask<number> {
    this.beginCall();
    const argument = userStructure({ name: 'merge', fd2: second });
    const result = yield* this.process.fileCalls.ioctl(first, SYNC_IOC_MERGE, argument);
    return result < 0 ? result : numberField(argument, 'fence');
  }

  *close(fd: number): KernelTask<void> {
    this.beginCall();
    yield* this.process.fileCalls.close(fd);
  }

  /** Positive when ready, 0 when time ran out. */
  *wait(fd: number, timeoutMs: number): KernelTask<number> {
    this.beginCall();
    const pollfd = { fd, events: POLLIN | POLLERR, revents: 0 };
    return yield* this.process.pollCalls.poll([pollfd], timeoutMs);
  }

  protected *records(fd: number): KernelTask<readonly FenceInfo[]> {
    this.beginCall();
    const argument = userStructure({ num_fences: RECORDS_MAX, sync_fence_info: [] });
    const result = yield* this.process.fileCalls.ioctl(fd, SYNC_IOC_FILE_INFO, argument);
    if (result < 0) return [];
    // The request has just filled it in.
    return argument.fields['sync_fence_info'] as readonly FenceInfo[];
  }

  *size(fd: number): KernelTask<number> {
    return (yield* this.records(fd)).length;
  }

  /** How many records have this status; any error counts as FENCE_STATUS_ERROR. */
  *countWithStatus(fd: number, status: number): KernelTask<number> {
    const records = yield* this.records(fd);
    return records.filter((record) => Math.max(record.status, FENCE_STATUS_ERROR) === status)
      .length;
  }

  private beginCall(): void {
    this.process.stack.world.current.beginCall();
  }
}
