import {
  UDMABUF_CREATE,
  UDMABUF_CREATE_LIST,
  type UdmabufItem,
} from '../../../impl/exporters/udmabuf-device.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { UserPointer } from '../../../impl/uapi/user-memory.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, type Result } from '../operation.ts';
import {
  bindDescriptor,
  descriptor,
  descriptorArgument,
  structureIn,
  userCalls,
} from '../user-space.ts';

const PAGE = 4096;
const CLOEXEC = 1;

/**
 * One request to `/dev/udmabuf`, which is opened for it unless the program has it open as `device`;
 * the descriptor of the buffer is bound to `out`, and the result is 0.
 */
function* request(
  environment: Environment,
  args: Arguments,
  out: string | null,
  command: number,
  argument: UserPointer,
): KernelTask<Result> {
  const { files } = userCalls(environment);
  const isOpen = args.has('device');
  const device = isOpen
    ? descriptorArgument(environment, args, 'device')
    : yield* files.openUdmabuf();
  if (device < 0) return device;
  const fd = yield* files.ioctl(device, command, argument);
  if (!isOpen) yield* files.close(device);
  bindDescriptor(environment, out, fd);
  return Math.min(fd, 0);
}

function* create(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const argument = structureIn(args.text('memory', 'ok'), {
    memfd: descriptorArgument(environment, args, 'memfd'),
    offset: args.number('offset', 0),
    size: args.number('size', PAGE),
    flags: args.number('flags', CLOEXEC),
  });
  return yield* request(environment, args, out, UDMABUF_CREATE, argument);
}

/** A list says one size, or one for each entry. */
function numberAt(list: readonly (string | null)[], index: number, otherwise: number): number {
  const text = list[index] ?? (list.length === 1 ? list[0] : undefined);
  return text === undefined ? otherwise : Number(text);
}

function* createList(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const offsets = args.has('offsets') ? args.names('offsets') : [];
  const sizes = args.has('sizes') ? args.names('sizes') : [];
  const times = args.number('times', 1);
  const once: UdmabufItem[] = args.names('memfds').map((name, index) => ({
    memfd: name === null ? -1 : descriptor(environment, /^-?\d+$/.test(name) ? Number(name) : name),
    offset: numberAt(offsets, index, 0),
    size: numberAt(sizes, index, PAGE),
  }));
  const list = Array.from({ length: times }, () => once).flat();
  const argument = structureIn(args.text('memory', 'ok'), {
    flags: args.number('flags', CLOEXEC),
    count: args.number('count', list.length),
    list: args.text('entries', 'ok') === 'ok' ? list : null,
  });
  return yield* request(environment, args, out, UDMABUF_CREATE_LIST, argument);
}

/** Buffers made of pages of memory files. */
defineOperations([
  {
    name: 'udmabuf.open',
    parameters: [],
    *run(environment, _args, out) {
      const fd = yield* userCalls(environment).files.openUdmabuf();
      bindDescriptor(environment, out, fd);
      return Math.min(fd, 0);
    },
  },
  {
    name: 'udmabuf.create',
    parameters: ['memfd', 'offset', 'size', 'flags', 'memory', 'device'],
    run: create,
  },
  {
    // `entries: bad` puts the list where nothing is mapped; `times` repeats it.
    name: 'udmabuf.createList',
    parameters: ['memfds', 'offsets', 'sizes', 'count', 'flags', 'memory', 'entries', 'times'],
    run: createList,
  },
  {
    name: 'udmabuf.request',
    parameters: ['command', 'memory'],
    *run(environment, args, out) {
      const argument = structureIn(args.text('memory', 'ok'), {});
      return yield* request(environment, args, out, args.number('command'), argument);
    },
  },
]);
