import { EFD_SEMAPHORE } from '../../../impl/uapi/eventfd.ts';
import { defineOperations } from '../operation.ts';
import { bindDescriptor, descriptorArgument, userCalls } from '../user-space.ts';

/** Size of a counter as it is read and written. Unit: bytes. */
const COUNT_SIZE = 8;

/** Counters that can be waited for. */
defineOperations([
  {
    name: 'sys.eventfd',
    parameters: ['initial', 'isSemaphore'],
    *run(environment, args, out) {
      const flags = args.boolean('isSemaphore', false) ? EFD_SEMAPHORE : 0;
      const fd = yield* userCalls(environment).files.eventfd(args.number('initial', 0), flags);
      bindDescriptor(environment, out, fd);
      return Math.min(fd, 0);
    },
  },
  {
    // What it takes, or a negative error.
    name: 'sys.readCount',
    parameters: ['fd', 'length'],
    *run(environment, args) {
      const { readWrite } = userCalls(environment);
      const length = args.number('length', COUNT_SIZE);
      const bytes = yield* readWrite.read(descriptorArgument(environment, args), length);
      if (typeof bytes === 'number') return bytes;
      return Number(new DataView(bytes.buffer).getBigUint64(0, true));
    },
  },
  {
    name: 'sys.addCount',
    parameters: ['fd', 'count'],
    *run(environment, args) {
      const bytes = new Uint8Array(COUNT_SIZE);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(args.number('count', 1)), true);
      const { readWrite } = userCalls(environment);
      return Math.min(yield* readWrite.write(descriptorArgument(environment, args), bytes), 0);
    },
  },
]);
