import { z } from 'zod';

import {
  DRM_IOCTL_SYNCOBJ_CREATE,
  DRM_IOCTL_SYNCOBJ_DESTROY,
  DRM_IOCTL_SYNCOBJ_EVENTFD,
  DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE,
  DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD,
  DRM_IOCTL_SYNCOBJ_RESET,
  DRM_IOCTL_SYNCOBJ_SIGNAL,
} from '../../../impl/drm/syncobj-uapi.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { UserArray } from '../../../impl/uapi/user-array.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Outcome, plain } from '../answer.ts';
import { type Operation, operation, slot, word } from '../operation.ts';
import type { UserSpace } from '../user-space.ts';
import { argumentOf, sameFiles } from './descriptors.ts';

/** A list of slots, or its only element. */
const slots: z.ZodType<number[]> = z
  .union([z.array(slot), slot.transform((only) => [only])])
  .default([]);

/** What every call on several objects has. */
export const OF_SEVERAL: {
  readonly d: typeof slot;
  readonly s: typeof slots;
  readonly count: z.ZodOptional<z.ZodNumber>;
  readonly badptr: ReturnType<typeof word>;
} = {
  d: slot,
  s: slots,
  count: z.int().min(0).optional(),
  badptr: word(),
};

/** The handles in these slots, as an array in memory. */
export function handlesOf(user: UserSpace, list: readonly number[]): UserArray {
  return new UserArray(list.map((one) => user.syncobjs.get(one) ?? 0));
}

/** A request of a device file. */
export function* request(
  user: UserSpace,
  device: number,
  command: number,
  argument: UserPointer,
): KernelTask<number> {
  return yield* user.process.fileCalls.ioctl(user.device(device), command, argument);
}

/** Stores the handle that a call has filled in, unless it failed. */
function keepHandle(user: UserSpace, out: number, result: number, argument: UserPointer): Outcome {
  if (result === 0) user.syncobjs.set(out, numberField(argument, 'handle'));
  return plain(result);
}

/** Synchronisation objects: their life, and sharing them. */
export const SYNCOBJ_OPERATIONS: readonly Operation[] = [
  operation(
    'so_create',
    // Programs that try every call on a device without the feature name objects here, too.
    { d: slot, s: slots, flags: word(), out: slot, badptr: word() },
    function* (user, { d, flags, out, badptr }) {
      const argument = argumentOf({ flags }, badptr);
      const result = yield* request(user, d, DRM_IOCTL_SYNCOBJ_CREATE, argument);
      return keepHandle(user, out, result, argument);
    },
  ),

  operation(
    'so_destroy',
    { d: slot, s: slot, pad: word(), badptr: word() },
    function* (user, { d, s, pad, badptr }) {
      const argument = argumentOf({ handle: user.syncobjs.get(s) ?? 0, pad }, badptr);
      return plain(yield* request(user, d, DRM_IOCTL_SYNCOBJ_DESTROY, argument));
    },
  ),

  ...(['so_reset', 'so_signal'] as const).map((name) =>
    operation(name, { ...OF_SEVERAL, pad: word() }, function* (user, { d, s, count, pad, badptr }) {
      const handles = handlesOf(user, s);
      const argument = argumentOf({ handles, count_handles: count ?? s.length, pad }, badptr);
      const command = name === 'so_reset' ? DRM_IOCTL_SYNCOBJ_RESET : DRM_IOCTL_SYNCOBJ_SIGNAL;
      return plain(yield* request(user, d, command, argument));
    }),
  ),

  operation(
    'so_to_fd',
    { d: slot, s: slot, flags: word(), pad: word(), out: slot, badptr: word() },
    function* (user, { d, s, flags, pad, out, badptr }) {
      const argument = argumentOf({ handle: user.syncobjs.get(s) ?? 0, flags, pad }, badptr);
      const result = yield* request(user, d, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, argument);
      if (result < 0) return plain(result);
      yield* user.store(out, numberField(argument, 'fd'));
      return { result, observed: { same: yield* sameFiles(user, out) } };
    },
  ),

  operation(
    'so_from_fd',
    {
      d: slot,
      fd: slot,
      flags: word(),
      s: slot.optional(),
      pad: word(),
      out: slot.optional(),
      badptr: word(),
    },
    function* (user, { d, fd, flags, s, pad, out, badptr }) {
      const handle = s === undefined ? 0 : (user.syncobjs.get(s) ?? 0);
      const argument = argumentOf({ handle, fd: user.fd(fd), flags, pad }, badptr);
      const result = yield* request(user, d, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, argument);
      if (out === undefined || (flags & 1) !== 0) return plain(result);
      return keepHandle(user, out, result, argument);
    },
  ),

  operation(
    'so_eventfd',
    {
      d: slot,
      h: slot,
      point: z.int().min(0).default(0),
      fd: slot,
      flags: word(),
      pad: word(),
      badptr: word(),
    },
    function* (user, { d, h, point, fd, flags, pad, badptr }) {
      const handle = user.syncobjs.get(h) ?? 0;
      const argument = argumentOf({ handle, flags, point, fd: user.fd(fd), pad }, badptr);
      return plain(yield* request(user, d, DRM_IOCTL_SYNCOBJ_EVENTFD, argument));
    },
  ),
];
