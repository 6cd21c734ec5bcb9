import {
  DMA_BUF_IOCTL_EXPORT_SYNC_FILE,
  DMA_BUF_IOCTL_IMPORT_SYNC_FILE,
  DMA_BUF_IOCTL_SYNC,
  DMA_BUF_SET_NAME_A,
  DMA_BUF_SET_NAME_B,
  DMA_BUF_SYNC_END,
  DMA_BUF_SYNC_READ,
  DMA_BUF_SYNC_WRITE,
} from '../../../impl/dma-buf/dma-buf-ioctls.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { numberField } from '../../../impl/uapi/user-memory.ts';
import type { Environment } from '../environment.ts';
import { maskArgument } from '../mask.ts';
import { type Arguments, defineOperations, type Operation, type Result } from '../operation.ts';
import { bindDescriptor, descriptorArgument, structureIn, userCalls } from '../user-space.ts';

const ACCESS = {
  none: 0,
  read: DMA_BUF_SYNC_READ,
  write: DMA_BUF_SYNC_WRITE,
  end: DMA_BUF_SYNC_END,
};

/** The fields that a request reads. */
type Fill = (environment: Environment, args: Arguments) => Record<string, unknown>;

/** A request to the buffer behind `fd`; `made` gives a name to what it makes. */
function* request(
  environment: Environment,
  args: Arguments,
  command: number,
  fields: Record<string, unknown>,
): KernelTask<number> {
  const argument = structureIn(args.text('memory', 'ok'), fields);
  const fd = descriptorArgument(environment, args);
  return yield* userCalls(environment).files.ioctl(fd, command, argument);
}

function requesting(
  name: string,
  parameters: readonly string[],
  command: number,
  fill: Fill,
): Operation {
  return {
    name,
    parameters: ['fd', ...parameters, 'memory'],
    *run(environment, args) {
      return yield* request(environment, args, command, fill(environment, args));
    },
  };
}

/** 0, and the descriptor of the sync_file under `out`. */
function* exportSyncFile(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const flags = maskArgument(args, 'flags', ACCESS, 'read');
  const argument = structureIn(args.text('memory', 'ok'), { flags, fd: args.number('before', -1) });
  const fd = descriptorArgument(environment, args);
  const { files } = userCalls(environment);
  const result = yield* files.ioctl(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, argument);
  bindDescriptor(environment, out, result < 0 ? result : numberField(argument, 'fd'));
  return result;
}

/** A name as user space has it: the words, `length` times an x, or nothing at all. */
function nameOf(args: Arguments): string {
  return args.has('length') ? 'x'.repeat(args.number('length')) : args.text('name', '');
}

/** Requests of a buffer's file. */
defineOperations([
  requesting('dmabuf.sync', ['flags'], DMA_BUF_IOCTL_SYNC, (_environment, args) => ({
    flags: maskArgument(args, 'flags', ACCESS, 'read'),
  })),
  requesting('dmabuf.setName', ['name', 'length'], DMA_BUF_SET_NAME_B, (_environment, args) => ({
    name: nameOf(args),
  })),
  requesting('dmabuf.setNameOld', ['name', 'length'], DMA_BUF_SET_NAME_A, (_environment, args) => ({
    name: nameOf(args),
  })),
  {
    name: 'dmabuf.exportSyncFile',
    parameters: ['fd', 'flags', 'memory', 'before'],
    run: exportSyncFile,
  },
  requesting(
    'dmabuf.importSyncFile',
    ['file', 'flags'],
    DMA_BUF_IOCTL_IMPORT_SYNC_FILE,
    (environment, args) => ({
      flags: maskArgument(args, 'flags', ACCESS, 'read'),
      fd: descriptorArgument(environment, args, 'file'),
    }),
  ),
]);
