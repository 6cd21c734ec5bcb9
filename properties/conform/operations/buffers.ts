import { z } from 'zod';

import {
  DMA_BUF_IOCTL_EXPORT_SYNC_FILE,
  DMA_BUF_IOCTL_IMPORT_SYNC_FILE,
  DMA_BUF_IOCTL_SYNC,
  DMA_BUF_SET_NAME_A,
  DMA_BUF_SET_NAME_B,
} from '../../../impl/dma-buf/dma-buf-ioctls.ts';
import { CMA_DEFAULT_AREA } from '../../../impl/exporters/cma-heap.ts';
import { DMA_HEAP_IOCTL_ALLOC } from '../../../impl/exporters/dma-heaps.ts';
import { UDMABUF_CREATE, UDMABUF_CREATE_LIST } from '../../../impl/exporters/udmabuf-device.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { O_CLOEXEC, O_RDWR } from '../../../impl/uapi/file.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { plain } from '../answer.ts';
import { integer, type Operation, operation, slot, word } from '../operation.ts';
import type { UserSpace } from '../user-space.ts';
import { argumentOf } from './descriptors.ts';

const PAGE = 4096;
const CLOEXEC = 1;
const READ_WRITE: number = O_RDWR | O_CLOEXEC;

/** A list, or its only element. */
const numbers = z.union([z.array(z.number()), z.number().transform((only) => [only])]).default([]);

/** A request of a device that is opened for it. */
function* request(
  user: UserSpace,
  opened: number,
  command: number,
  argument: UserPointer,
): KernelTask<number> {
  if (opened < 0) return opened;
  const { fileCalls } = user.process;
  const result = yield* fileCalls.ioctl(opened, command, argument);
  yield* fileCalls.close(opened);
  return result;
}

/** Operations that make buffers, and requests on them. */
export const BUFFER_OPERATIONS: readonly Operation[] = [
  operation(
    'udmabuf_create',
    {
      memfd: slot,
      offset: integer(),
      size: integer(PAGE),
      flags: word(CLOEXEC),
      out: slot,
      badptr: word(),
    },
    function* (user, { memfd, offset, size, flags, out, badptr }) {
      const argument = argumentOf({ memfd: user.fd(memfd), offset, size, flags }, badptr);
      const device = yield* user.process.fileCalls.openUdmabuf();
      return yield* user.keep(out, yield* request(user, device, UDMABUF_CREATE, argument));
    },
  ),

  operation(
    'udmabuf_list',
    {
      memfds: numbers,
      offs: numbers,
      sizes: numbers,
      count: z.int().min(0).optional(),
      flags: word(CLOEXEC),
      out: slot,
      badptr: word(),
    },
    function* (user, { memfds, offs, sizes, count, flags, out, badptr }) {
      const list = memfds.map((memfd, index) => {
        return { memfd: user.fd(memfd), offset: offs[index] ?? 0, size: sizes[index] ?? PAGE };
      });
      const argument = argumentOf({ flags, count: count ?? list.length, list }, badptr);
      const device = yield* user.process.fileCalls.openUdmabuf();
      return yield* user.keep(out, yield* request(user, device, UDMABUF_CREATE_LIST, argument));
    },
  ),

  operation(
    'heap_alloc',
    {
      heap: word(),
      len: z.number().default(PAGE),
      fdflags: word(READ_WRITE),
      heapflags: z.number().default(0),
      fdin: word(),
      out: slot,
      badptr: word(),
    },
    function* (user, { heap, len, fdflags, heapflags, fdin, out, badptr }) {
      const argument = argumentOf(
        { len: BigInt(len), fd: fdin, fd_flags: fdflags, heap_flags: BigInt(heapflags) },
        badptr,
      );
      const name = heap === 0 ? 'system' : CMA_DEFAULT_AREA;
      const device = yield* user.process.fileCalls.openHeap(name);
      const result = yield* request(user, device, DMA_HEAP_IOCTL_ALLOC, argument);
      return yield* user.keep(out, result < 0 ? result : numberField(argument, 'fd'));
    },
  ),

  operation(
    'sync',
    { fd: slot, flags: z.number().default(0), badptr: word() },
    function* (user, { fd, flags, badptr }) {
      const argument = argumentOf({ flags }, badptr);
      return plain(yield* user.process.fileCalls.ioctl(user.fd(fd), DMA_BUF_IOCTL_SYNC, argument));
    },
  ),

  operation(
    'set_name',
    { fd: slot, name: z.string().optional(), len: word(), v32: word(), badptr: word() },
    function* (user, { fd, name, len, v32, badptr }) {
      const argument = argumentOf({ name: name ?? 'x'.repeat(len) }, badptr);
      const command = v32 === 0 ? DMA_BUF_SET_NAME_B : DMA_BUF_SET_NAME_A;
      return plain(yield* user.process.fileCalls.ioctl(user.fd(fd), command, argument));
    },
  ),

  operation(
    'export_sf',
    { fd: slot, flags: word(), out: slot, badptr: word() },
    function* (user, { fd, flags, out, badptr }) {
      const argument = argumentOf({ flags, fd: -1 }, badptr);
      const { fileCalls } = user.process;
      const result = yield* fileCalls.ioctl(user.fd(fd), DMA_BUF_IOCTL_EXPORT_SYNC_FILE, argument);
      return yield* user.keep(out, result < 0 ? result : numberField(argument, 'fd'));
    },
  ),

  operation(
    'import_sf',
    { fd: slot, sf: slot, flags: word(), badptr: word() },
    function* (user, { fd, sf, flags, badptr }) {
      const argument = argumentOf({ flags, fd: user.fd(sf) }, badptr);
      const { fileCalls } = user.process;
      return plain(yield* fileCalls.ioctl(user.fd(fd), DMA_BUF_IOCTL_IMPORT_SYNC_FILE, argument));
    },
  ),
];
