import { z } from 'zod';

import {
  SW_SYNC_GET_DEADLINE,
  SW_SYNC_IOC_CREATE_FENCE,
  SW_SYNC_IOC_INC,
} from '../../../impl/dma-buf/sw-sync.ts';
import { numberField, wideField } from '../../../impl/uapi/user-memory.ts';
import { plain } from '../answer.ts';
import { type Operation, operation, slot, word } from '../operation.ts';
import { argumentOf } from './descriptors.ts';

/** Software timelines. */
export const SW_SYNC_OPERATIONS: readonly Operation[] = [
  operation('sw_timeline', { out: slot }, function* (user, { out }) {
    return yield* user.keep(out, yield* user.process.fileCalls.openSwSync());
  }),

  operation(
    'sw_fence',
    { fd: slot, value: word(), name: z.string().default(''), out: slot, badptr: word() },
    function* (user, { fd, value, name, out, badptr }) {
      const argument = argumentOf({ value, name }, badptr);
      const { fileCalls } = user.process;
      const result = yield* fileCalls.ioctl(user.fd(fd), SW_SYNC_IOC_CREATE_FENCE, argument);
      if (result < 0) return plain(result);
      return yield* user.keep(out, numberField(argument, 'fence'));
    },
  ),

  operation(
    'sw_inc',
    { fd: slot, value: word(), badptr: word() },
    function* (user, { fd, value, badptr }) {
      const argument = argumentOf({ value }, badptr);
      return plain(yield* user.process.fileCalls.ioctl(user.fd(fd), SW_SYNC_IOC_INC, argument));
    },
  ),

  operation(
    'sw_deadline',
    { fd: slot, sf: slot, pad: word(), badptr: word() },
    function* (user, { fd, sf, pad, badptr }) {
      const argument = argumentOf({ fence_fd: user.fd(sf), pad }, badptr);
      const { fileCalls } = user.process;
      const result = yield* fileCalls.ioctl(user.fd(fd), SW_SYNC_GET_DEADLINE, argument);
      if (result < 0) return plain(result);
      return { result, observed: { ns: Number(wideField(argument, 'deadline_ns')) } };
    },
  ),
];
