import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Observed } from '../answer.ts';
import { plain, unlessError } from '../answer.ts';
import { badPointer, userStructure } from '../../../impl/uapi/user-memory.ts';
import { integer, type Operation, operation, slot, word } from '../operation.ts';
import type { UserSpace } from '../user-space.ts';

/** Operations that every kind of descriptor takes. */
export const DESCRIPTOR_OPERATIONS: readonly Operation[] = [
  operation('dup', { fd: slot, out: slot }, function* (user, { fd, out }) {
    return yield* user.keep(out, yield* user.process.fileCalls.dup(user.fd(fd)));
  }),

  operation('close', { fd: slot }, function* (user, { fd }) {
    const number = user.fd(fd);
    user.descriptors.delete(fd);
    return plain(yield* user.process.fileCalls.close(number));
  }),

  operation('same', { fd: slot }, function* (user, { fd }) {
    const { fileCalls } = user.process;
    const number = user.fd(fd);
    const exists = yield* fileCalls.compareFiles(number, number);
    if (exists < 0) return plain(exists);
    return { result: 0, observed: { same: yield* sameFiles(user, fd) } };
  }),

  operation(
    'lseek',
    { fd: slot, off: integer(), whence: integer() },
    function* (user, { fd, off, whence }) {
      const pos = yield* user.process.readWrite.lseek(user.fd(fd), off, whence);
      return unlessError(pos, () => ({ pos }));
    },
  ),

  operation('fstat', { fd: slot }, function* (user, { fd }) {
    const size = yield* user.process.readWrite.fstatSize(user.fd(fd));
    return unlessError(size, () => ({ size }));
  }),

  operation('getfl', { fd: slot }, function* (user, { fd }) {
    const { fileCalls } = user.process;
    const acc = yield* fileCalls.getFlags(user.fd(fd));
    const cloexec = yield* fileCalls.getDescriptorFlags(user.fd(fd));
    return unlessError(acc, () => ({ acc, cloexec }));
  }),

  operation('fdinfo', { fd: slot }, function* (user, { fd }) {
    const lines = yield* user.process.fileCalls.fdinfo(user.fd(fd));
    if (typeof lines === 'number') return plain(lines);
    const observed: Observed = Object.fromEntries(lines);
    return lines.length === 0 ? plain(0) : { result: 0, observed };
  }),

  operation(
    'ioctl',
    { fd: slot.optional(), d: slot.optional(), cmd: word() },
    function* (user, { fd, d, cmd }) {
      const number = fd === undefined ? user.device(d ?? -1) : user.fd(fd);
      return plain(yield* user.process.fileCalls.ioctl(number, cmd, userStructure({})));
    },
  ),
];

/** Other full descriptor slots that name the same open file, in ascending order. */
export function* sameFiles(user: UserSpace, slot: number): KernelTask<number[]> {
  const number = user.fd(slot);
  const same: number[] = [];
  for (const [other, otherNumber] of user.descriptors) {
    if (other === slot) continue;
    const compared = yield* user.process.fileCalls.compareFiles(number, otherNumber);
    if (compared === 0) same.push(other);
  }
  return same.toSorted((a, b) => a - b);
}

/** The argument of a request: a structure, or an address that is not mapped. */
export function argumentOf(
  fields: Record<string, unknown>,
  isBad: number,
): ReturnType<typeof userStructure> {
  return isBad === 0 ? userStructure(fields) : badPointer();
}
