import { CMA_DEFAULT_AREA } from '../../../impl/exporters/cma-heap.ts';
import { DMA_HEAP_IOCTL_ALLOC } from '../../../impl/exporters/dma-heaps.ts';
import { SystemHeapBuffer } from '../../../impl/exporters/system-heap.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { O_CLOEXEC, O_NONBLOCK } from '../../../impl/uapi/file.ts';
import { numberField } from '../../../impl/uapi/user-memory.ts';
import type { Environment } from '../environment.ts';
import { bufferOf } from '../buffers.ts';
import { looksAt } from '../looks-at.ts';
import { maskArgument } from '../mask.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { bindDescriptor, descriptorArgument, structureIn, userCalls } from '../user-space.ts';
import { LOOK } from './inspect.ts';

const PAGE = 4096;
const SYSTEM = 'system';
/** Size of the argument as this kernel knows it. Unit: bytes. */
const STRUCT_SIZE = 24;

const FD_FLAGS = {
  readOnly: 0,
  writeOnly: 1,
  readWrite: 2,
  noAccess: 3,
  nonBlock: O_NONBLOCK,
  closeOnExec: O_CLOEXEC,
};
const DIRECTIONS = { none: 0, in: 1, out: 2 };

/** Number, type, size and direction of a request: those of ALLOC where the program is silent. */
function commandOf(args: Arguments): number {
  const direction = maskArgument(args, 'direction', DIRECTIONS, 'in+out');
  const number = args.number('number', DMA_HEAP_IOCTL_ALLOC & 0xff);
  const type = args.number('type', (DMA_HEAP_IOCTL_ALLOC >>> 8) & 0xff);
  const size = args.number('size', STRUCT_SIZE);
  return ((direction << 30) | (size << 16) | (type << 8) | number) >>> 0;
}

/** Any request to any descriptor, with the structure of an allocation. */
function* alloc(environment: Environment, args: Arguments, out: string | null): KernelTask<Result> {
  const argument = structureIn(args.text('memory', 'ok'), {
    len: BigInt(args.number('len', PAGE)),
    fd: args.number('fd', 0),
    fd_flags: maskArgument(args, 'fdFlags', FD_FLAGS, 'readWrite+closeOnExec'),
    heap_flags: BigInt(args.number('heapFlags', 0)),
  });
  const device = descriptorArgument(environment, args, 'heap');
  const result = yield* userCalls(environment).files.ioctl(device, commandOf(args), argument);
  const fd = numberField(argument, 'fd');
  // A number that was not copied out is nothing that the program has.
  bindDescriptor(environment, out, result < 0 ? result : fd === args.number('fd', 0) ? -1 : fd);
  return result;
}

/** What most programs want: a buffer of a heap, and the device file closed again. */
function* buffer(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const { files } = userCalls(environment);
  const device = yield* files.openHeap(args.text('heap', SYSTEM));
  if (device < 0) return device;
  const argument = structureIn('ok', {
    len: args.number('len', PAGE),
    fd_flags: maskArgument(args, 'fdFlags', FD_FLAGS, 'readWrite+closeOnExec'),
  });
  const result = yield* files.ioctl(device, DMA_HEAP_IOCTL_ALLOC, argument);
  yield* files.close(device);
  bindDescriptor(environment, out, result < 0 ? result : numberField(argument, 'fd'));
  return result;
}

/** 0, or a negative error. */
function* register(environment: Environment, name: string, hasOps: boolean): KernelTask<number> {
  const { heaps, types } = environment.stack;
  const HeapType = name === CMA_DEFAULT_AREA ? types.CmaHeap : types.SystemHeap;
  const heap = yield* heaps.add(name, hasOps ? new HeapType(environment.stack) : null);
  return typeof heap === 'number' ? heap : 0;
}

/** DMA heaps: registering, opening, and allocating from them. */
defineOperations([
  {
    // The heaps of every machine: `system`, and the area of contiguous memory, `reserved`.
    name: 'heap.addAll',
    parameters: [],
    *run(environment) {
      for (const name of [SYSTEM, CMA_DEFAULT_AREA]) yield* register(environment, name, true);
      return null;
    },
  },
  {
    // Without `name` the name is empty; `count` registers `name0`, `name1`, ….
    name: 'heap.add',
    parameters: ['name', 'ops', 'count'],
    *run(environment, args) {
      const name = args.text('name', '');
      const hasOps = args.boolean('ops', true);
      if (!args.has('count')) return yield* register(environment, name, hasOps);
      let result = 0;
      for (let number = 0; number < args.number('count') && result === 0; number += 1) {
        result = yield* register(environment, `${name}${number}`, hasOps);
      }
      return result;
    },
  },
  {
    name: 'heap.open',
    parameters: ['name'],
    *run(environment, args, out) {
      const fd = yield* userCalls(environment).files.openHeap(args.text('name', SYSTEM));
      bindDescriptor(environment, out, fd);
      return Math.min(fd, 0);
    },
  },
  {
    name: 'heap.alloc',
    parameters: [
      'heap',
      'len',
      'fdFlags',
      'heapFlags',
      'fd',
      'memory',
      'size',
      'direction',
      'number',
      'type',
    ],
    run: alloc,
  },
  { name: 'heap.buffer', parameters: ['len', 'heap', 'fdFlags'], run: buffer },
  {
    // The orders of the chunks of a buffer of the system heap, in order; null if there is none.
    name: 'heap.chunks',
    parameters: ['fd'],
    *run(environment, args) {
      yield LOOK;
      if (descriptorArgument(environment, args) < 0) return null;
      const { priv } = bufferOf(environment, args, 'fd');
      looksAt(priv);
      if (priv instanceof SystemHeapBuffer) return priv.chunks.join(' ');
      throw new ProgramError(`${args.either('fd')} is no buffer of the system heap`);
    },
  },
]);
