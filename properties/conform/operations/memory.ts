import { DRM_IOCTL_MODE_MAP_DUMB } from '../../../impl/drm/drm-ioctls.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EFAULT, EINVAL } from '../../../impl/kernel/errno.ts';
import { numberField, userStructure } from '../../../impl/uapi/user-memory.ts';
import { plain, unlessError } from '../answer.ts';
import { byteCount, integer, type Operation, operation, slot, word } from '../operation.ts';
import type { UserSpace } from '../user-space.ts';

/** How many bytes one request of `rd` and `wr` moves when the program does not say. */
const LENGTH = 1;
const PAGE = 4096;

const PROT_READ_WRITE = 3;

/** Where the device file shows a buffer, or a negative error. */
function* offsetOf(user: UserSpace, device: number, object: number): KernelTask<number> {
  const argument = userStructure({ handle: user.handle(object) });
  const { fileCalls } = user.process;
  const result = yield* fileCalls.ioctl(device, DRM_IOCTL_MODE_MAP_DUMB, argument);
  return result < 0 ? result : numberField(argument, 'offset');
}

/** Operations on memory files, and on memory that shows files. */
export const MEMORY_OPERATIONS: readonly Operation[] = [
  operation('memfd', { out: slot, flags: word(3) }, function* (user, { out, flags }) {
    return yield* user.keep(out, yield* user.process.fileCalls.memfdCreate(flags));
  }),

  operation('ftruncate', { fd: slot, size: integer() }, function* (user, { fd, size }) {
    return plain(yield* user.process.readWrite.ftruncate(user.fd(fd), size));
  }),

  operation('add_seals', { fd: slot, seals: word() }, function* (user, { fd, seals }) {
    return plain(yield* user.process.fileCalls.addSeals(user.fd(fd), seals));
  }),

  operation('get_seals', { fd: slot }, function* (user, { fd }) {
    const seals = yield* user.process.fileCalls.getSeals(user.fd(fd));
    return unlessError(seals, () => ({ seals }));
  }),

  operation(
    'rd',
    { fd: slot, off: integer(), len: byteCount(LENGTH), byte: word() },
    function* (user, { fd, off, len }) {
      const bytes = yield* user.process.readWrite.pread(user.fd(fd), len, off);
      if (typeof bytes === 'number') return plain(bytes);
      const hex = Buffer.from(bytes).toString('hex');
      return { result: 0, observed: { n: bytes.length, hex } };
    },
  ),

  operation(
    'wr',
    { fd: slot, off: integer(), len: byteCount(LENGTH), byte: word() },
    function* (user, { fd, off, len, byte }) {
      const bytes = new Uint8Array(len).fill(byte);
      const n = yield* user.process.readWrite.pwrite(user.fd(fd), bytes, off);
      return unlessError(n, () => ({ n }));
    },
  ),

  operation(
    'mmap',
    {
      fd: slot.optional(),
      d: slot.optional(),
      g: slot.optional(),
      len: integer(PAGE),
      off: integer(),
      prot: word(PROT_READ_WRITE),
      private: word(),
      out: slot,
    },
    function* (user, { fd, d, g, len, off, prot, private: isPrivate, out }) {
      // With `d` the program first asks the device for an offset.
      const device = user.device(d ?? -1);
      const offset = fd === undefined ? yield* offsetOf(user, device, g ?? -1) : off;
      if (offset < 0) return plain(offset);
      const mapping = yield* user.process.memoryCalls.mmap(
        fd === undefined ? device : user.fd(fd),
        {
          length: len,
          offset,
          prot,
          isShared: isPrivate === 0,
        },
      );
      if (typeof mapping === 'number') return plain(mapping);
      yield* user.storeMapping(out, mapping);
      return plain(0);
    },
  ),

  operation('munmap', { m: slot }, function* (user, { m }) {
    const mapping = user.mappings.get(m);
    if (mapping === undefined) return plain(-EINVAL);
    user.mappings.delete(m);
    yield* user.process.memoryCalls.munmap(mapping);
    return plain(0);
  }),

  operation('mread', { m: slot, off: integer(), byte: word() }, function* (user, { m, off }) {
    const mapping = user.mappings.get(m);
    if (mapping === undefined) return plain(-EFAULT);
    const seen = yield* mapping.readByte(off);
    const observed = typeof seen === 'number' ? { byte: seen } : { sig: seen };
    return { result: 0, observed };
  }),

  operation(
    'mwrite',
    { m: slot, off: integer(), byte: word() },
    function* (user, { m, off, byte }) {
      const mapping = user.mappings.get(m);
      if (mapping === undefined) return plain(-EFAULT);
      const signal = yield* mapping.writeByte(off, byte);
      return signal === 0 ? plain(0) : { result: 0, observed: { sig: signal } };
    },
  ),
];
