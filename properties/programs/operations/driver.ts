import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceOps } from '../../../impl/dma-buf/fence-ops.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ENOMEM } from '../../../impl/kernel/errno.ts';
import { SpinLock } from '../../../impl/kernel/spinlock.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, type Result } from '../operation.ts';
import { bindDescriptor, descriptorArgument, userCalls } from '../user-space.ts';

/** Publishes a fence: a number first, then the file, and the installation last. */
function* outFence(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const { stack } = environment;
  const { table } = userCalls(environment);
  const fence = environment.fence(args.text('fence'));
  const fd = yield* table.getUnused(true);
  if (fd < 0) return fd;
  const syncFile = yield* stack.syncFiles.create(fence);
  if (syncFile === null) {
    yield* table.putUnused(fd);
    return -ENOMEM;
  }
  yield* table.install(fd, syncFile.file);
  bindDescriptor(environment, out, fd);
  return 0;
}

function* inFence(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const fd = descriptorArgument(environment, args);
  const fence = yield* environment.stack.syncFiles.getFence(fd);
  environment.bind(out, fence);
  if (fence === null) return 'NULL';
  environment.ownFence(fence);
  return fence.label;
}

/** Waits for the fence behind a descriptor, as the kernel does for a job that depends on it. */
function* waitFor(environment: Environment, args: Arguments): KernelTask<Result> {
  const fd = descriptorArgument(environment, args);
  const fence: DmaFence | null = yield* environment.stack.syncFiles.getFence(fd);
  if (fence === null) return 'NULL';
  const result = yield* fence.wait(false);
  yield* fence.put();
  return result;
}

/** What drivers do with descriptors that carry fences. */
defineOperations([
  { name: 'driver.outFence', parameters: ['fence'], run: outFence },
  { name: 'driver.inFence', parameters: ['fd'], run: inFence },
  { name: 'driver.waitFor', parameters: ['fd'], run: waitFor },
  {
    // A fence with names of one's own.
    name: 'driver.fence',
    parameters: ['driver', 'timeline', 'context'],
    *run(environment, args, out) {
      const { stack } = environment;
      const driver = args.text('driver');
      const timeline = args.text('timeline');
      const ops: FenceOps = { getDriverName: () => driver, getTimelineName: () => timeline };
      const lock = new SpinLock(stack.fences, 'named', '&named->lock');
      const fence = new stack.types.DmaFence(stack, ops, lock, args.number('context', 1), 1n);
      environment.bind(out, fence);
      environment.ownFence(fence);
      return null;
    },
  },
]);
