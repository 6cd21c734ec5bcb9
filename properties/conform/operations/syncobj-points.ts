import { z } from 'zod';

import {
  DRM_IOCTL_SYNCOBJ_QUERY,
  DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL,
  DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT,
  DRM_IOCTL_SYNCOBJ_TRANSFER,
  DRM_IOCTL_SYNCOBJ_WAIT,
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL,
} from '../../../impl/drm/syncobj-uapi.ts';
import { JIFFY_NS } from '../../../impl/kernel/clock.ts';
import { UserArray } from '../../../impl/uapi/user-array.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Outcome, plain } from '../answer.ts';
import { integer, type Operation, operation, slot, word } from '../operation.ts';
import type { UserSpace } from '../user-space.ts';
import { argumentOf } from './descriptors.ts';
import { handlesOf, OF_SEVERAL, request } from './syncobj.ts';

const point = z.int().min(0);
const points = z.union([z.array(point), point.transform((only) => [only])]).default([]);

const OF_WAITS = {
  ...OF_SEVERAL,
  flags: word(),
  timeout: integer(),
  deadline: integer(),
  pad: word(),
};

/** An absolute time, that many milliseconds ahead; 0 stands for "already past". */
function timeAhead(user: UserSpace, milliseconds: number): bigint {
  if (milliseconds === 0) return 0n;
  const { clock } = user.stack.world;
  return BigInt(clock.nanoseconds) + BigInt(milliseconds * JIFFY_NS);
}

/** What programs put where the kernel tells which object was ready first; they read it with a sign. */
const UNWRITTEN = 0xffffffff;

/** Which object was ready first, where the call promises to tell. */
function waited(result: number, flags: number, argument: UserPointer): Outcome {
  if (result < 0 || (flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL) !== 0) return plain(result);
  return { result, observed: { first: numberField(argument, 'first_signaled') | 0 } };
}

/** Waiting for synchronisation objects, and the points of their timelines. */
export const SYNCOBJ_POINT_OPERATIONS: readonly Operation[] = [
  operation('so_wait', OF_WAITS, function* (user, args) {
    const { d, s, count, flags, timeout, deadline, pad, badptr } = args;
    const argument = argumentOf(
      {
        handles: handlesOf(user, s),
        timeout_nsec: timeAhead(user, timeout),
        count_handles: count ?? s.length,
        flags,
        first_signaled: UNWRITTEN,
        pad,
        deadline_nsec: BigInt(deadline),
      },
      badptr,
    );
    return waited(yield* request(user, d, DRM_IOCTL_SYNCOBJ_WAIT, argument), flags, argument);
  }),

  operation('so_twait', { ...OF_WAITS, p: points }, function* (user, args) {
    const { d, s, p, count, flags, timeout, deadline, pad, badptr } = args;
    const argument = argumentOf(
      {
        handles: handlesOf(user, s),
        points: new UserArray(p),
        timeout_nsec: timeAhead(user, timeout),
        count_handles: count ?? s.length,
        flags,
        first_signaled: UNWRITTEN,
        pad,
        deadline_nsec: BigInt(deadline),
      },
      badptr,
    );
    const result = yield* request(user, d, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, argument);
    return waited(result, flags, argument);
  }),

  operation(
    'so_query',
    { ...OF_SEVERAL, flags: word(), out: slot.optional() },
    function* (user, { d, s, count, flags, badptr }) {
      const values = new UserArray([]);
      const argument = argumentOf(
        { handles: handlesOf(user, s), points: values, count_handles: count ?? s.length, flags },
        badptr,
      );
      const result = yield* request(user, d, DRM_IOCTL_SYNCOBJ_QUERY, argument);
      if (result < 0) return plain(result);
      return { result, observed: { points: values.items.map(String) } };
    },
  ),

  operation(
    'so_tsignal',
    { ...OF_SEVERAL, p: points, flags: word() },
    function* (user, { d, s, p, count, flags, badptr }) {
      const argument = argumentOf(
        {
          handles: handlesOf(user, s),
          points: new UserArray(p),
          count_handles: count ?? s.length,
          flags,
        },
        badptr,
      );
      return plain(yield* request(user, d, DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, argument));
    },
  ),

  operation(
    'so_transfer',
    {
      d: slot,
      src: slot,
      sp: point.default(0),
      dst: slot,
      dp: point.default(0),
      flags: word(),
      pad: word(),
      badptr: word(),
    },
    function* (user, { d, src, sp, dst, dp, flags, pad, badptr }) {
      const argument = argumentOf(
        {
          src_handle: user.syncobjs.get(src) ?? 0,
          dst_handle: user.syncobjs.get(dst) ?? 0,
          src_point: sp,
          dst_point: dp,
          flags,
          pad,
        },
        badptr,
      );
      return plain(yield* request(user, d, DRM_IOCTL_SYNCOBJ_TRANSFER, argument));
    },
  ),
];
