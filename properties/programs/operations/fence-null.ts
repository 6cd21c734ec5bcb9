import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations } from '../operation.ts';

/** The fence that is named, or NULL. */
function fenceOrNull(environment: Environment, args: Arguments): DmaFence | null {
  return args.has('fence') ? environment.fence(args.text('fence')) : null;
}

/** The forms of the fence functions that take NULL. */
defineOperations([
  {
    name: 'fences.get',
    parameters: ['fence'],
    *run(environment, args) {
      const fence = fenceOrNull(environment, args);
      const got = yield* environment.stack.fences.get(fence);
      if (got !== null) environment.ownFence(got);
      if (got === null) return 'NULL';
      return got === fence ? 'same' : 'other';
    },
  },
  {
    name: 'fences.put',
    parameters: ['fence'],
    *run(environment, args) {
      const fence = fenceOrNull(environment, args);
      if (fence !== null) environment.disown(fence);
      yield* environment.stack.fences.put(fence);
      return null;
    },
  },
  {
    name: 'fences.signal',
    parameters: ['fence'],
    *run(environment, args) {
      return yield* environment.stack.fences.signal(fenceOrNull(environment, args));
    },
  },
  {
    name: 'fences.signalTimestamp',
    parameters: ['fence', 'timestampNs'],
    *run(environment, args) {
      const { fences } = environment.stack;
      return yield* fences.signalTimestamp(
        fenceOrNull(environment, args),
        args.number('timestampNs'),
      );
    },
  },
  {
    name: 'fences.addCallback',
    parameters: ['fence', 'callback'],
    *run(environment, args) {
      const callback = environment.callback(args.text('callback'));
      return yield* environment.stack.fences.addCallback(fenceOrNull(environment, args), callback);
    },
  },
]);
