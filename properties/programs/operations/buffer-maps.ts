import type { VmArea } from '../../../impl/dma-buf/dma-buf-access.ts';
import { PROT_READ } from '../../../impl/uapi/mapping.ts';
import { File, type FileOps, O_RDWR } from '../../../impl/uapi/file.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL } from '../../../impl/kernel/errno.ts';
import { areaOf, bufferOf } from '../buffers.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, type Result } from '../operation.ts';

const DRIVER: FileOps = { name: 'driver' };

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

function* fault(environment: Environment, args: Arguments): KernelTask<Result> {
  const buffer = bufferOf(environment, args);
  const request = { length: PAGE_SIZE, offset: 0, prot: PROT_READ, isShared: true };
  if (buffer.ops.mmap === undefined) return -EINVAL;
  const backing = yield* buffer.ops.mmap(buffer, request);
  if (typeof backing === 'number') return backing;
  return (yield* backing.readByte(args.number('page') * PAGE_SIZE)) ?? 'SIGBUS';
}

/** Buffers in the memory of a process, and what is in them. */
defineOperations([
  {
    // What the exporter's own fault handler finds at this page: its first byte, or SIGBUS.
    name: 'buf.fault',
    parameters: ['buffer', 'page'],
    run: fault,
  },
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
