import type { VmArea } from '../../../impl/dma-buf/dma-buf-access.ts';
import { Mapping, PROT_READ, PROT_WRITE } from '../../../impl/uapi/mapping.ts';
import { File, type FileOps, O_RDWR } from '../../../impl/uapi/file.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { areaOf, bufferOf } from '../buffers.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, type Operation, type Result } from '../operation.ts';
import { descriptorArgument, userCalls } from '../user-space.ts';

const PROTECTIONS: Readonly<Record<string, number>> = {
  none: 0,
  r: PROT_READ,
  w: PROT_WRITE,
  rw: PROT_READ | PROT_WRITE,
};

const DRIVER: FileOps = { name: 'driver' };

function* map(environment: Environment, args: Arguments, out: string | null): KernelTask<Result> {
  const { memory } = userCalls(environment);
  const request = {
    length: args.number('length', PAGE_SIZE),
    offset: args.number('offset', 0),
    prot: PROTECTIONS[args.text('prot', 'r')] ?? 0,
    isShared: !args.boolean('private', false),
  };
  const mapping = yield* memory.mmap(descriptorArgument(environment, args), request);
  if (typeof mapping === 'number') return mapping;
  environment.bind(out, mapping);
  return 'mapped';
}

/** A driver's own mapping, which is to show a buffer: what it shows in the end. */
function* mmapInto(environment: Environment, args: Arguments): KernelTask<Result> {
  const buffer = bufferOf(environment, args);
  const driver = new File(environment.stack, DRIVER, O_RDWR);
  const length = args.number('pages', 1) * PAGE_SIZE;
  const area: VmArea = {
    file: driver,
    request: { length, offset: 0, prot: PROT_READ, isShared: true },
  };
  const first = BigInt.asUintN(64, BigInt(args.number('page', 0)));
  const result = yield* environment.stack.bufferAccess.mmap(buffer, area, first);
  const { file, request } = area;
  if (typeof result !== 'number' && result.close !== undefined) yield* result.close();
  if (file !== null) yield* file.put();
  const shown = file === buffer.file ? `the buffer from ${request.offset}` : 'the driver';
  return typeof result === 'number' ? `${result} ${shown}` : shown;
}

function access(
  name: string,
  run: (mapping: Mapping, args: Arguments) => KernelTask<Result>,
): Operation {
  return {
    name,
    parameters: ['mapping', 'at', 'byte'],
    *run(environment, args) {
      return yield* run(environment.find(args.text('mapping'), Mapping), args);
    },
  };
}

/** Buffers in the memory of a process, and what is in them. */
defineOperations([
  { name: 'buf.map', parameters: ['fd', 'length', 'offset', 'prot', 'private'], run: map },
  {
    name: 'buf.unmap',
    parameters: ['mapping'],
    *run(environment, args) {
      const mapping = environment.find(args.text('mapping'), Mapping);
      yield* userCalls(environment).memory.munmap(mapping);
      return null;
    },
  },
  access('buf.load', (mapping, args) => mapping.readByte(args.number('at', 0))),
  access('buf.store', (mapping, args) =>
    mapping.writeByte(args.number('at', 0), args.number('byte', 1)),
  ),
  { name: 'buf.mmapInto', parameters: ['buffer', 'page', 'pages'], run: mmapInto },
  {
    // Through the kernel's own mapping.
    name: 'buf.peek',
    parameters: ['mapping', 'at'],
    *run(environment, args) {
      return yield* areaOf(environment, args).readByte(args.number('at', 0));
    },
  },
  {
    name: 'buf.poke',
    parameters: ['mapping', 'byte', 'at'],
    *run(environment, args) {
      yield* areaOf(environment, args).writeByte(args.number('at', 0), args.number('byte'));
      return null;
    },
  },
]);
