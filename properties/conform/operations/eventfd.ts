import { plain } from '../answer.ts';
import { type Operation, operation, slot, word } from '../operation.ts';

const COUNT_SIZE = 8;

/** Event counters. */
export const EVENTFD_OPERATIONS: readonly Operation[] = [
  operation(
    'eventfd',
    { out: slot, init: word(), flags: word() },
    function* (user, { out, init, flags }) {
      return yield* user.keep(out, yield* user.process.fileCalls.eventfd(init, flags));
    },
  ),

  operation('efd_read', { fd: slot }, function* (user, { fd }) {
    const bytes = yield* user.process.readWrite.read(user.fd(fd), COUNT_SIZE);
    if (typeof bytes === 'number') return plain(bytes);
    const count = new DataView(bytes.buffer).getBigUint64(0, true);
    return { result: 0, observed: { value: Number(count) } };
  }),
];
