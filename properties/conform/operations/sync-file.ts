import { z } from 'zod';

import {
  type FenceInfo,
  SYNC_IOC_FILE_INFO,
  SYNC_IOC_MERGE,
  SYNC_IOC_SET_DEADLINE,
} from '../../../impl/dma-buf/sync-file-ioctls.ts';
import { numberField, textField, userStructure } from '../../../impl/uapi/user-memory.ts';
import { FenceName, type Observed, plain } from '../answer.ts';
import { type Operation, operation, slot, word } from '../operation.ts';
import { argumentOf } from './descriptors.ts';

/** "Now" means this much ahead. Unit: nanoseconds. */
const SOON_NS = 1_000_000n;

const NAME_SIZE = 32;

function isFenceInfos(value: unknown): value is readonly FenceInfo[] {
  return Array.isArray(value);
}

function fenceOf(info: FenceInfo): Observed {
  return {
    drv: info.driverName,
    tl: info.timelineName,
    status: info.status,
    ts: info.timestampNs === 0 ? 0 : 1,
  };
}

/** Requests on sync_files. */
export const SYNC_FILE_OPERATIONS: readonly Operation[] = [
  operation(
    'sf_merge',
    {
      fd: slot,
      fd2: slot,
      name: z.string().default(''),
      out: slot,
      flags: word(),
      pad: word(),
      badptr: word(),
    },
    function* (user, { fd, fd2, name, out, flags, pad, badptr }) {
      const argument = argumentOf({ name, fd2: user.fd(fd2), flags, pad }, badptr);
      const { fileCalls } = user.process;
      const result = yield* fileCalls.ioctl(user.fd(fd), SYNC_IOC_MERGE, argument);
      if (result < 0) return plain(result);
      return yield* user.keep(out, numberField(argument, 'fence'));
    },
  ),

  // Here `badptr` is the address of the records; the structure itself can be reached.
  operation(
    'sf_info',
    { fd: slot, num: word(), flags: word(), pad: word(), badptr: word() },
    function* (user, { fd, num, flags, pad, badptr }) {
      const records = badptr === 0 ? [] : null;
      const argument = userStructure({ num_fences: num, flags, pad, sync_fence_info: records });
      const { fileCalls } = user.process;
      const result = yield* fileCalls.ioctl(user.fd(fd), SYNC_IOC_FILE_INFO, argument);
      if (result < 0) return plain(result);
      const observed: Observed = {
        name: new FenceName(textField(argument, 'name', NAME_SIZE)),
        status: numberField(argument, 'status'),
        num: numberField(argument, 'num_fences'),
      };
      const infos = argument.fields['sync_fence_info'];
      if (num === 0 || !isFenceInfos(infos)) return { result, observed };
      return { result, observed: { ...observed, fences: infos.map(fenceOf) } };
    },
  ),

  operation(
    'sf_deadline',
    { fd: slot, ns: z.number().default(0), now: word(), pad: word(), badptr: word() },
    function* (user, { fd, ns, now, pad, badptr }) {
      const soon = BigInt(user.stack.world.clock.nanoseconds) + SOON_NS;
      const deadline = now === 0 ? BigInt(Math.trunc(ns)) : soon;
      const argument = argumentOf({ deadline_ns: deadline, pad }, badptr);
      const { fileCalls } = user.process;
      return plain(yield* fileCalls.ioctl(user.fd(fd), SYNC_IOC_SET_DEADLINE, argument));
    },
  ),
];
