import type { KernelTask } from '../kernel/access.ts';
import { EFAULT, EINVAL, ENOENT, ENOMEM, EOPNOTSUPP } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import { arrayField } from '../uapi/user-array.ts';
import { numberField, type UserPointer, wideField } from '../uapi/user-memory.ts';
import type { DrmFile } from './drm-file.ts';
import type { Syncobj } from './syncobj.ts';
import {
  DRM_IOCTL_SYNCOBJ_CREATE,
  DRM_IOCTL_SYNCOBJ_DESTROY,
  DRM_IOCTL_SYNCOBJ_EVENTFD,
  DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE,
  DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD,
  DRM_IOCTL_SYNCOBJ_QUERY,
  DRM_IOCTL_SYNCOBJ_RESET,
  DRM_IOCTL_SYNCOBJ_SIGNAL,
  DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL,
  DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT,
  DRM_IOCTL_SYNCOBJ_TRANSFER,
  DRM_IOCTL_SYNCOBJ_WAIT,
  DRM_SYNCOBJ_CREATE_SIGNALED,
  DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE,
  DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
  DRM_SYNCOBJ_QUERY_FLAGS_LAST_SUBMITTED,
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL,
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE,
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE,
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT,
} from './syncobj-uapi.ts';

const WAIT_FLAGS: number =
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL |
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT |
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE;
const TIMELINE_WAIT_FLAGS: number = WAIT_FLAGS | DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE;

type Call = (argument: UserPointer) => KernelTask<number>;

/** A request, and the part of the feature that a device must have for it. */
interface Request {
  readonly needs: 'binary' | 'timeline';
  readonly call: Call;
}

/** The part of a request that says what is asked for. */
const numberOf = (command: number): number => command & 0xff;

/** The requests about synchronisation objects, with the checks of their arguments. */
export class SyncobjIoctls {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** The request of this number, or null when it is about something else. @rule SYNCOBJ-001 */
  callOf(file: DrmFile, number: number): Call | null {
    const request = this.requestOf(file, number);
    return request === null ? null : (argument) => this.perform(file, request, argument);
  }

  protected *perform(file: DrmFile, request: Request, argument: UserPointer): KernelTask<number> {
    return this.isThere(file, request.needs) ? yield* request.call(argument) : -EOPNOTSUPP;
  }

  /** @kernel drm_core_check_feature */
  protected isThere(file: DrmFile, needs: 'binary' | 'timeline'): boolean {
    const { hasSyncobj, hasSyncobjTimeline } = file.device.driver;
    return needs === 'binary' ? hasSyncobj : hasSyncobjTimeline;
  }

  private requestOf(file: DrmFile, number: number): Request | null {
    const binary = (call: Call): Request => ({ needs: 'binary', call });
    const timeline = (call: Call): Request => ({ needs: 'timeline', call });
    switch (number) {
      case numberOf(DRM_IOCTL_SYNCOBJ_CREATE):
        return binary((argument) => this.create(file, argument));
      case numberOf(DRM_IOCTL_SYNCOBJ_DESTROY):
        return binary((argument) => this.destroy(file, argument));
      case numberOf(DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD):
        return binary((argument) => this.handleToFd(file, argument));
      case numberOf(DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE):
        return binary((argument) => this.fdToHandle(file, argument));
      case numberOf(DRM_IOCTL_SYNCOBJ_WAIT):
        return binary((argument) => this.wait(file, argument, WAIT_FLAGS));
      case numberOf(DRM_IOCTL_SYNCOBJ_RESET):
        return binary((argument) => this.reset(file, argument));
      case numberOf(DRM_IOCTL_SYNCOBJ_SIGNAL):
        return binary((argument) => this.signal(file, argument));
      case numberOf(DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT):
        return timeline((argument) => this.wait(file, argument, TIMELINE_WAIT_FLAGS));
      case numberOf(DRM_IOCTL_SYNCOBJ_QUERY):
        return timeline((argument) => this.query(file, argument));
      case numberOf(DRM_IOCTL_SYNCOBJ_TRANSFER):
        return timeline((argument) => this.transfer(file, argument));
      case numberOf(DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL):
        return timeline((argument) => this.timelineSignal(file, argument));
      case numberOf(DRM_IOCTL_SYNCOBJ_EVENTFD):
        return timeline((argument) => this.eventfd(file, argument));
      default:
        return null;
    }
  }

  /** @kernel drm_syncobj_create_ioctl @rule SYNCOBJ-002 */
  *create(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const flags = numberField(argument, 'flags');
    if ((flags & ~DRM_SYNCOBJ_CREATE_SIGNALED) !== 0) return -EINVAL;
    const syncobj = yield* this.stack.syncobjs.create(flags);
    if (typeof syncobj === 'number') return syncobj;
    const handle = yield* file.syncobjs.add(syncobj);
    // The handle has it now.
    yield* syncobj.put();
    if (handle < 0) return handle;
    argument.fields['handle'] = handle;
    return 0;
  }

  /** @kernel drm_syncobj_destroy_ioctl @rule SYNCOBJ-004 */
  *destroy(file: DrmFile, argument: UserPointer): KernelTask<number> {
    if (numberField(argument, 'pad') !== 0) return -EINVAL;
    return yield* file.syncobjs.remove(numberField(argument, 'handle'));
  }

  /** @kernel drm_syncobj_handle_to_fd_ioctl @rule SYNCOBJ-005 */
  *handleToFd(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const { syncobjFds } = this.stack;
    const handle = numberField(argument, 'handle');
    const flags = numberField(argument, 'flags');
    if (numberField(argument, 'pad') !== 0) return -EINVAL;
    if (flags !== 0 && flags !== DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE) return -EINVAL;
    const fd =
      flags === 0
        ? yield* syncobjFds.handleToFd(file, handle)
        : yield* syncobjFds.exportSyncFile(file, handle);
    if (fd < 0) return fd;
    argument.fields['fd'] = fd;
    return 0;
  }

  /** @kernel drm_syncobj_fd_to_handle_ioctl @rule SYNCOBJ-007 @rule SYNCOBJ-008 */
  *fdToHandle(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const { syncobjFds } = this.stack;
    const fd = numberField(argument, 'fd');
    const flags = numberField(argument, 'flags');
    if (numberField(argument, 'pad') !== 0) return -EINVAL;
    if (flags !== 0 && flags !== DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE) return -EINVAL;
    if (flags !== 0) {
      return yield* syncobjFds.importSyncFile(file, fd, numberField(argument, 'handle'));
    }
    const handle = yield* syncobjFds.fdToHandle(file, fd);
    if (handle < 0) return handle;
    argument.fields['handle'] = handle;
    return 0;
  }

  /** @kernel drm_syncobj_wait_ioctl @kernel drm_syncobj_timeline_wait_ioctl @rule SYNCOBJ-013 */
  *wait(file: DrmFile, argument: UserPointer, allowed: number): KernelTask<number> {
    const { syncobjWaits } = this.stack;
    const flags = numberField(argument, 'flags');
    if ((flags & ~allowed) !== 0) return -EINVAL;
    if (numberField(argument, 'count_handles') === 0) return 0;
    const syncobjs = yield* this.find(file, argument);
    if (typeof syncobjs === 'number') return syncobjs;
    const isTimeline = allowed === TIMELINE_WAIT_FLAGS;
    const hasDeadline = (flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE) !== 0;
    const { left, first } = yield* syncobjWaits.waitAll({
      syncobjs,
      points: isTimeline ? arrayField(argument, 'points') : null,
      flags,
      timeout: syncobjWaits.timeoutOf(BigInt.asIntN(64, wideField(argument, 'timeout_nsec'))),
      deadline: hasDeadline ? wideField(argument, 'deadline_nsec') : null,
    });
    if (left >= 0) argument.fields['first_signaled'] = first;
    yield* this.putAll(syncobjs);
    return Math.min(left, 0);
  }

  /** @kernel drm_syncobj_reset_ioctl @rule SYNCOBJ-011 @rule SYNCOBJ-012 */
  *reset(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const syncobjs = yield* this.findPadded(file, argument);
    if (typeof syncobjs === 'number') return syncobjs;
    for (const syncobj of syncobjs) yield* syncobj.replaceFence(null);
    yield* this.putAll(syncobjs);
    return 0;
  }

  /** @kernel drm_syncobj_signal_ioctl @rule SYNCOBJ-011 @rule SYNCOBJ-012 */
  *signal(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const syncobjs = yield* this.findPadded(file, argument);
    if (typeof syncobjs === 'number') return syncobjs;
    let result = 0;
    for (const syncobj of syncobjs) {
      result = yield* this.stack.syncobjs.signal(syncobj);
      if (result < 0) break;
    }
    yield* this.putAll(syncobjs);
    return result;
  }

  /** @kernel drm_syncobj_timeline_signal_ioctl @rule SYNCOBJ-026 */
  *timelineSignal(file: DrmFile, argument: UserPointer): KernelTask<number> {
    if (numberField(argument, 'flags') !== 0) return -EINVAL;
    if (numberField(argument, 'count_handles') === 0) return -EINVAL;
    const syncobjs = yield* this.find(file, argument);
    if (typeof syncobjs === 'number') return syncobjs;
    const points = arrayField(argument, 'points');
    const result = yield* this.stack.syncobjPoints.signal(syncobjs, points);
    yield* this.putAll(syncobjs);
    return result;
  }

  /** @kernel drm_syncobj_query_ioctl @rule SYNCOBJ-028 */
  *query(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const flags = numberField(argument, 'flags');
    if ((flags & ~DRM_SYNCOBJ_QUERY_FLAGS_LAST_SUBMITTED) !== 0) return -EINVAL;
    if (numberField(argument, 'count_handles') === 0) return -EINVAL;
    const syncobjs = yield* this.find(file, argument);
    if (typeof syncobjs === 'number') return syncobjs;
    const points = arrayField(argument, 'points');
    let result = 0;
    for (const [index, syncobj] of syncobjs.entries()) {
      const point = yield* this.stack.syncobjPoints.query(syncobj, flags !== 0);
      if (points === null || !points.write(index, point)) result = -EFAULT;
      if (result < 0) break;
    }
    yield* this.putAll(syncobjs);
    return result;
  }

  /** @kernel drm_syncobj_transfer_ioctl @rule SYNCOBJ-029 */
  *transfer(file: DrmFile, argument: UserPointer): KernelTask<number> {
    if (numberField(argument, 'pad') !== 0) return -EINVAL;
    return yield* this.stack.syncobjPoints.transfer(file, {
      source: {
        handle: numberField(argument, 'src_handle'),
        point: wideField(argument, 'src_point'),
      },
      target: {
        handle: numberField(argument, 'dst_handle'),
        point: wideField(argument, 'dst_point'),
      },
      flags: numberField(argument, 'flags'),
    });
  }

  /** @kernel drm_syncobj_eventfd_ioctl @rule SYNCOBJ-031 */
  *eventfd(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const flags = numberField(argument, 'flags');
    if ((flags & ~DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE) !== 0) return -EINVAL;
    if (numberField(argument, 'pad') !== 0) return -EINVAL;
    const handle = numberField(argument, 'handle');
    const fd = numberField(argument, 'fd');
    return yield* this.stack.syncobjEventfds.register(file, handle, fd, {
      point: wideField(argument, 'point'),
      isForAvailable: flags !== 0,
    });
  }

  /** What resetting and signalling have in common. @rule SYNCOBJ-011 */
  protected *findPadded(
    file: DrmFile,
    argument: UserPointer,
  ): KernelTask<readonly Syncobj[] | number> {
    if (numberField(argument, 'pad') !== 0) return -EINVAL;
    if (numberField(argument, 'count_handles') === 0) return -EINVAL;
    return yield* this.find(file, argument);
  }

  /** All objects that a call names, with references, or a negative error. @kernel drm_syncobj_array_find */
  protected *find(file: DrmFile, argument: UserPointer): KernelTask<readonly Syncobj[] | number> {
    const { memory } = this.stack.world;
    const count = numberField(argument, 'count_handles');
    if (!(yield* memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const handles = arrayField(argument, 'handles')?.read(count) ?? null;
    if (handles === null) return -EFAULT;
    if (!(yield* memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const syncobjs: Syncobj[] = [];
    for (const handle of handles) {
      const syncobj = yield* file.syncobjs.find(Number(handle));
      if (syncobj === null) {
        yield* this.putAll(syncobjs);
        return -ENOENT;
      }
      syncobjs.push(syncobj);
    }
    return syncobjs;
  }

  protected *putAll(syncobjs: readonly Syncobj[]): KernelTask<void> {
    for (const syncobj of syncobjs) yield* syncobj.put();
  }
}
