import type { KernelTask } from '../kernel/access.ts';
import { EFAULT, EINVAL, ENOENT, ENOMEM, ENOTTY } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList } from '../kernel/plain.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import type { Stack } from '../stack.ts';
import { File, type FileOps, O_RDWR } from '../uapi/file.ts';
import { numberField, type UserPointer, wideField } from '../uapi/user-memory.ts';
import { TIMESTAMP } from './fence-flags.ts';
import { HAS_DEADLINE, SyncPoint } from './sync-point.ts';
import type { SyncTimeline } from './sync-timeline.ts';

/** Request numbers of the magic `W`; they hold direction and size of the argument. */
export const SW_SYNC_IOC_CREATE_FENCE = 0xc0285700;
export const SW_SYNC_IOC_INC = 0x40045701;
export const SW_SYNC_GET_DEADLINE = 0xc0105702;

const INT_MAX = 0x7fffffff;

/** The file of one timeline. @kernel sw_sync_debugfs_fops */
export class TimelineFile implements FileOps {
  readonly name = 'sw_sync';
  /** A file of debugfs: positioned reads get as far as "this file cannot be read". */
  readonly isPositioned = true;
  readonly timeline: SyncTimeline;
  protected readonly swSync: SwSync;

  constructor(swSync: SwSync, timeline: SyncTimeline) {
    this.swSync = swSync;
    this.timeline = timeline;
  }

  *ioctl(_file: File, command: number, argument: UserPointer): KernelTask<number> {
    return yield* this.swSync.dispatch(this.timeline, command, argument);
  }

  *release(): KernelTask<void> {
    yield* this.timeline.close();
  }
}

/** The software timelines of a machine: opening, requests, the debug listing. */
export class SwSync extends KernelObject {
  readonly stack: Stack;
  /** @kernel sync_timeline_list_lock */
  readonly listLock: SpinLock;
  /** In the order of creation; under `listLock`. */
  readonly timelines: PlainList<SyncTimeline>;

  constructor(stack: Stack) {
    super(stack.world, 'swSync');
    this.stack = stack;
    this.listLock = new SpinLock(this, 'listLock', 'sync_timeline_list_lock');
    this.timelines = new PlainList<SyncTimeline>(this, 'timelines');
  }

  /** A new timeline, named after the task. Null without memory. @kernel sw_sync_debugfs_open */
  *open(): KernelTask<File | null> {
    const { world, fences, types } = this.stack;
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return null;
    const context = yield* fences.contextAlloc(1);
    const timeline = new types.SyncTimeline(this.stack, world.current.comm, context);
    const flags = yield* this.listLock.acquireIrqsave();
    this.timelines.push(timeline);
    this.listLock.releaseIrqrestore(flags);
    return new File(this.stack, new TimelineFile(this, timeline), O_RDWR);
  }

  /** @kernel sync_timeline_debug_remove */
  *forget(timeline: SyncTimeline): KernelTask<void> {
    const flags = yield* this.listLock.acquireIrqsave();
    this.timelines.remove(timeline);
    this.listLock.releaseIrqrestore(flags);
  }

  /** @kernel sw_sync_ioctl @rule SWSYNC-002 */
  *dispatch(timeline: SyncTimeline, command: number, argument: UserPointer): KernelTask<number> {
    switch (command) {
      case SW_SYNC_IOC_CREATE_FENCE:
        return yield* this.createFence(timeline, argument);
      case SW_SYNC_IOC_INC:
        return yield* this.increment(timeline, argument);
      case SW_SYNC_GET_DEADLINE:
        return yield* this.getDeadline(argument);
      default:
        return -ENOTTY;
    }
  }

  /** @kernel sw_sync_ioctl_create_fence @rule SWSYNC-003 */
  *createFence(timeline: SyncTimeline, argument: UserPointer): KernelTask<number> {
    const { files } = this.stack.syncFiles;
    const fd = yield* files.getUnused(true);
    if (fd < 0) return fd;
    const result = yield* this.createInto(fd, timeline, argument);
    if (result < 0) yield* files.putUnused(fd);
    return result;
  }

  protected *createInto(
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
    if (!argument.isWritable) {
      yield* syncFile.file.put();
      return -EFAULT;
    }
    argument.fields['fence'] = fd;
    yield* syncFiles.files.install(fd, syncFile.file);
    return 0;
  }

  /** @kernel sw_sync_ioctl_inc @rule SWSYNC-008 @rule SWSYNC-009 */
  *increment(timeline: SyncTimeline, argument: UserPointer): KernelTask<number> {
    if (!argument.isReadable) return -EFAULT;
    let value = numberField(argument, 'value') >>> 0;
    while (value > INT_MAX) {
      yield* timeline.advance(INT_MAX);
      value -= INT_MAX;
    }
    yield* timeline.advance(value);
    return 0;
  }

  /** @kernel sw_sync_ioctl_get_deadline @rule SWSYNC-018 */
  *getDeadline(argument: UserPointer): KernelTask<number> {
    if (!argument.isReadable) return -EFAULT;
    if (wideField(argument, 'deadline_ns') !== 0n || numberField(argument, 'pad') !== 0) {
      return -EINVAL;
    }
    const fence = yield* this.stack.syncFiles.getFence(numberField(argument, 'fence_fd'));
    if (fence === null) return -EINVAL;
    const point = fence.ops;
    if (!(point instanceof SyncPoint)) {
      yield* fence.put();
      return -EINVAL;
    }
    const flags = yield* fence.lock.acquireIrqsave();
    const isSet = fence.flags.testOwned(HAS_DEADLINE);
    const deadlineNs = point.deadlineNs.get();
    fence.lock.releaseIrqrestore(flags);
    yield* fence.put();
    if (!isSet) return -ENOENT;
    if (!argument.isWritable) return -EFAULT;
    argument.fields['deadline_ns'] = deadlineNs;
    return 0;
  }

  /** The text of `sync/info`. @kernel sync_info_debugfs_show @rule SWSYNC-023 */
  *info(): KernelTask<string> {
    let text = 'objs:\n--------------\n';
    const kept: SyncPoint[] = [];
    yield* this.listLock.acquireIrq();
    for (const timeline of this.timelines.copy()) {
      text += yield* this.printTimeline(timeline, kept);
    }
    this.listLock.releaseIrq();
    // The release of a point takes its timeline's lock, and that of a timeline the list's.
    for (const point of kept) yield* point.base.put();
    return `${text}fences:\n--------------\n`;
  }

  /** Points that it keeps alive go to `kept`. @kernel sync_print_obj */
  *printTimeline(timeline: SyncTimeline, kept: SyncPoint[]): KernelTask<string> {
    // The value is read before the lock is taken, so it can be older than the points below it.
    const value = yield* timeline.value.read();
    let text = `${timeline.name}: ${value | 0}\n`;
    yield* timeline.lock.acquire();
    for (const point of timeline.list.copy()) {
      // A point whose count is 0 belongs to its release, which waits for this lock.
      if (!(yield* point.base.getRcu())) continue;
      kept.push(point);
      text += yield* this.printPoint(point);
    }
    timeline.lock.release();
    return `${text}\n`;
  }

  /** @kernel sync_print_fence */
  *printPoint(point: SyncPoint): KernelTask<string> {
    const fence = point.base;
    const status = yield* fence.getStatusLocked();
    const word = status === 0 ? 'active' : status > 0 ? 'signaled' : 'error';
    let time = '';
    if (yield* fence.flags.test(TIMESTAMP)) {
      const timestampNs = yield* fence.timestamp();
      const seconds = Math.floor(timestampNs / 1e9);
      time = `@${seconds}.${String(timestampNs % 1e9).padStart(9, '0')}`;
    }
    const value = point.timeline.value.readStable();
    return `  fence ${word}${time}: ${fence.seqno} / ${value | 0}\n`;
  }

  visitState(visit: StateVisitor): void {
    visit('timelines', this.timelines.value);
    visit('listLock', this.listLock.holder?.name ?? 'free');
  }
}
