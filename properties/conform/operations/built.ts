import type { Operation } from '../operation.ts';
import { BUFFER_OPERATIONS } from './buffers.ts';
import { DESCRIPTOR_OPERATIONS } from './descriptors.ts';
import { DISPLAY_OPERATIONS } from './display.ts';
import { DRM_OPERATIONS } from './drm.ts';
import { EPOLL_OPERATIONS } from './epoll.ts';
import { EVENTFD_OPERATIONS } from './eventfd.ts';
import { MEMORY_OPERATIONS } from './memory.ts';
import { POLL_OPERATIONS } from './poll.ts';
import { SW_SYNC_OPERATIONS } from './sw-sync.ts';
import { SYNC_FILE_OPERATIONS } from './sync-file.ts';
import { SYNCOBJ_POINT_OPERATIONS } from './syncobj-points.ts';
import { SYNCOBJ_OPERATIONS } from './syncobj.ts';
import { THREAD_OPERATIONS } from './threads.ts';

/** Every operation that the replayer can perform, by name. Others cut a program. */
export const BUILT_OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  [
    ...BUFFER_OPERATIONS,
    ...DESCRIPTOR_OPERATIONS,
    ...DISPLAY_OPERATIONS,
    ...DRM_OPERATIONS,
    ...EPOLL_OPERATIONS,
    ...EVENTFD_OPERATIONS,
    ...MEMORY_OPERATIONS,
    ...POLL_OPERATIONS,
    ...SW_SYNC_OPERATIONS,
    ...SYNC_FILE_OPERATIONS,
    ...SYNCOBJ_OPERATIONS,
    ...SYNCOBJ_POINT_OPERATIONS,
    ...THREAD_OPERATIONS,
  ].map((operation) => [operation.name, operation]),
);
