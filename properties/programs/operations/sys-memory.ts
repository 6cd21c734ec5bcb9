import type { KernelTask } from '../../../impl/kernel/access.ts';
import { Mapping, PROT_READ, PROT_WRITE } from '../../../impl/uapi/mapping.ts';
import {
  F_SEAL_EXEC,
  F_SEAL_FUTURE_WRITE,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  Memfd,
  MFD_ALLOW_SEALING,
  MFD_CLOEXEC,
  MFD_HUGETLB,
} from '../../../impl/uapi/memfd.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { maskArgument, maskText } from '../mask.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { bindDescriptor, descriptorArgument, userCalls } from '../user-space.ts';
import { LOOK } from './inspect.ts';

const PAGE = 4096;

const SEALS = {
  seal: F_SEAL_SEAL,
  shrink: F_SEAL_SHRINK,
  grow: F_SEAL_GROW,
  write: F_SEAL_WRITE,
  futureWrite: F_SEAL_FUTURE_WRITE,
  exec: F_SEAL_EXEC,
};
const MEMFD = { plain: 0, closeOnExec: MFD_CLOEXEC, sealing: MFD_ALLOW_SEALING, huge: MFD_HUGETLB };
const PROTECTIONS = { none: 0, read: PROT_READ, write: PROT_WRITE };

/** A memory file with its size and its seals; the result is the first thing that went wrong. */
function* memfd(environment: Environment, args: Arguments, out: string | null): KernelTask<Result> {
  const { files, readWrite } = userCalls(environment);
  const fd = yield* files.memfdCreate(maskArgument(args, 'flags', MEMFD, 'closeOnExec+sealing'));
  bindDescriptor(environment, out, fd);
  if (fd < 0) return fd;
  const size = yield* readWrite.ftruncate(fd, args.number('bytes', PAGE));
  if (size < 0 || !args.has('seals')) return size;
  return yield* files.addSeals(fd, maskArgument(args, 'seals', SEALS, 0));
}

/** 0 and a mapping, or a negative error. */
function* mmap(environment: Environment, args: Arguments, out: string | null): KernelTask<Result> {
  const { memory } = userCalls(environment);
  const mapping = yield* memory.mmap(descriptorArgument(environment, args), {
    length: args.number('length', PAGE),
    offset: offsetOf(environment, args),
    prot: maskArgument(args, 'prot', PROTECTIONS, 'read+write'),
    isShared: !args.boolean('private', false),
  });
  if (typeof mapping === 'number') return mapping;
  environment.bind(out, mapping);
  return 0;
}

/** A number, or the name of what a device has said. */
function offsetOf(environment: Environment, args: Arguments): number {
  const given = args.has('offset') ? args.either('offset') : 0;
  if (typeof given === 'number') return given;
  const value = environment.value(given);
  return typeof value === 'number' ? value : 0;
}

/** What the process has where `mapping` was made, by it or by the process that forked it. */
function mappingOf(environment: Environment, args: Arguments): Mapping | null {
  const found = environment.value(args.text('mapping'));
  return found instanceof Mapping ? userCalls(environment).memory.at(found) : null;
}

/** The memory file behind a descriptor, as a debugger finds it. */
function memfdOf(environment: Environment, args: Arguments): Memfd {
  const ops = userCalls(environment).table.at(descriptorArgument(environment, args))?.ops;
  if (ops instanceof Memfd) return ops;
  throw new ProgramError(`${args.either('fd')} is no memory file`);
}

/** System calls about memory files, and what a program does with memory that shows a file. */
defineOperations([
  { name: 'sys.memfd', parameters: ['bytes', 'seals', 'flags'], run: memfd },
  {
    name: 'sys.truncate',
    parameters: ['fd', 'bytes'],
    *run(environment, args) {
      const fd = descriptorArgument(environment, args);
      return yield* userCalls(environment).readWrite.ftruncate(fd, args.number('bytes'));
    },
  },
  {
    name: 'sys.addSeals',
    parameters: ['fd', 'seals'],
    *run(environment, args) {
      const fd = descriptorArgument(environment, args);
      return yield* userCalls(environment).files.addSeals(
        fd,
        maskArgument(args, 'seals', SEALS, 0),
      );
    },
  },
  {
    name: 'sys.seals',
    parameters: ['fd'],
    *run(environment, args) {
      const seals = yield* userCalls(environment).files.getSeals(
        descriptorArgument(environment, args),
      );
      return seals < 0 ? seals : maskText(seals, SEALS);
    },
  },
  {
    // Stores one byte through the file.
    name: 'sys.put',
    parameters: ['fd', 'offset', 'byte'],
    *run(environment, args) {
      const bytes = Uint8Array.of(args.number('byte'));
      const fd = descriptorArgument(environment, args);
      return yield* userCalls(environment).readWrite.pwrite(fd, bytes, args.number('offset'));
    },
  },
  {
    // The byte of a file at this offset; -1 behind its end.
    name: 'sys.peek',
    parameters: ['fd', 'offset'],
    *run(environment, args) {
      const fd = descriptorArgument(environment, args);
      const { readWrite } = userCalls(environment);
      const bytes = yield* readWrite.pread(fd, 1, args.number('offset'));
      return typeof bytes === 'number' ? bytes : (bytes[0] ?? -1);
    },
  },
  { name: 'sys.mmap', parameters: ['fd', 'length', 'offset', 'prot', 'private'], run: mmap },
  {
    // 0, also where there is nothing.
    name: 'sys.munmap',
    parameters: ['mapping'],
    *run(environment, args) {
      const mapping = mappingOf(environment, args);
      if (mapping !== null) yield* userCalls(environment).memory.munmap(mapping);
      return 0;
    },
  },
  {
    // The byte, or the signal that the load ends in.
    name: 'sys.load',
    parameters: ['mapping', 'at'],
    *run(environment, args) {
      const mapping = mappingOf(environment, args);
      return mapping === null ? 'SIGSEGV' : yield* mapping.readByte(args.number('at', 0));
    },
  },
  {
    // 0, or the signal that the store ends in.
    name: 'sys.store',
    parameters: ['mapping', 'at', 'byte'],
    *run(environment, args) {
      const mapping = mappingOf(environment, args);
      if (mapping === null) return 'SIGSEGV';
      return yield* mapping.writeByte(args.number('at', 0), args.number('byte', 1));
    },
  },
  {
    // How many holders have pinned pages of a memory file.
    name: 'inspect.pins',
    parameters: ['fd'],
    *run(environment, args) {
      yield LOOK;
      const { pages } = memfdOf(environment, args);
      looksAt(pages);
      return pages.pins.value;
    },
  },
]);
