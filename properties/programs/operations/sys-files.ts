import { EMFILE } from '../../../impl/kernel/errno.ts';
import { PROT_READ, PROT_WRITE } from '../../../impl/uapi/mapping.ts';
import { defineOperations } from '../operation.ts';
import { bindDescriptor, descriptorArgument, userCalls } from '../user-space.ts';

/** Longest name of a task. Unit: bytes. @kernel TASK_COMM_LEN */
const COMM_MAX = 15;
const PAGE = 4096;
const BYTES = new Uint8Array(1);

/** System calls about descriptors, whatever is behind them. */
defineOperations([
  {
    name: 'sys.close',
    parameters: ['fd'],
    *run(environment, args) {
      return yield* userCalls(environment).files.close(descriptorArgument(environment, args));
    },
  },
  {
    name: 'sys.dup',
    parameters: ['fd'],
    *run(environment, args, out) {
      const fd = yield* userCalls(environment).files.dup(descriptorArgument(environment, args));
      bindDescriptor(environment, out, fd);
      return Math.min(fd, 0);
    },
  },
  {
    // 0: both are one open file.
    name: 'sys.same',
    parameters: ['fd', 'fd2'],
    *run(environment, args) {
      const first = descriptorArgument(environment, args);
      const second = descriptorArgument(environment, args, 'fd2');
      return yield* userCalls(environment).files.compareFiles(first, second);
    },
  },
  {
    // Access mode, and whether the descriptor ends with an exec.
    name: 'sys.modes',
    parameters: ['fd'],
    *run(environment, args) {
      const { files } = userCalls(environment);
      const fd = descriptorArgument(environment, args);
      const mode = yield* files.getFlags(fd);
      if (mode < 0) return mode;
      const isCloseOnExec = (yield* files.getDescriptorFlags(fd)) === 1;
      const access = ['readOnly', 'writeOnly', 'readWrite'][mode] ?? 'none';
      return isCloseOnExec ? `${access} closeOnExec` : access;
    },
  },
  {
    name: 'sys.lseek',
    parameters: ['fd', 'offset', 'whence'],
    *run(environment, args) {
      const fd = descriptorArgument(environment, args);
      const { readWrite } = userCalls(environment);
      return yield* readWrite.lseek(fd, args.number('offset', 0), args.number('whence', 0));
    },
  },
  {
    name: 'sys.read',
    parameters: ['fd'],
    *run(environment, args) {
      const fd = descriptorArgument(environment, args);
      const bytes = yield* userCalls(environment).readWrite.read(fd, 1);
      return typeof bytes === 'number' ? bytes : bytes.length;
    },
  },
  {
    name: 'sys.write',
    parameters: ['fd'],
    *run(environment, args) {
      const fd = descriptorArgument(environment, args);
      return yield* userCalls(environment).readWrite.write(fd, BYTES);
    },
  },
  {
    name: 'sys.pread',
    parameters: ['fd'],
    *run(environment, args) {
      const fd = descriptorArgument(environment, args);
      const bytes = yield* userCalls(environment).readWrite.pread(fd, 1, 0);
      return typeof bytes === 'number' ? bytes : bytes.length;
    },
  },
  {
    name: 'sys.pwrite',
    parameters: ['fd'],
    *run(environment, args) {
      const fd = descriptorArgument(environment, args);
      return yield* userCalls(environment).readWrite.pwrite(fd, BYTES, 0);
    },
  },
  {
    // A shared mapping of one page, for a moment: an error, or `mapped`.
    name: 'sys.map',
    parameters: ['fd', 'writable'],
    *run(environment, args) {
      const prot = args.boolean('writable', false) ? PROT_READ | PROT_WRITE : PROT_READ;
      const request = { length: PAGE, offset: 0, prot, isShared: true };
      const fd = descriptorArgument(environment, args);
      const { memory } = userCalls(environment);
      const mapping = yield* memory.mmap(fd, request);
      if (typeof mapping === 'number') return mapping;
      yield* memory.munmap(mapping);
      return 'mapped';
    },
  },
  {
    name: 'sys.size',
    parameters: ['fd'],
    *run(environment, args) {
      const fd = descriptorArgument(environment, args);
      return yield* userCalls(environment).readWrite.fstatSize(fd);
    },
  },
  {
    // What the file adds to the listing of its descriptor: `size 4096, count 1, exp_name drm`.
    name: 'sys.fdinfo',
    parameters: ['fd'],
    *run(environment, args) {
      const fd = descriptorArgument(environment, args);
      const lines = yield* userCalls(environment).files.fdinfo(fd);
      if (typeof lines === 'number') return lines;
      return lines.map(([name, value]) => `${name} ${value}`).join(', ');
    },
  },
  {
    // How many lines of its own the file adds to the listing of its descriptor.
    name: 'sys.fdinfoLines',
    parameters: ['fd'],
    *run(environment, args) {
      const fd = descriptorArgument(environment, args);
      const lines = yield* userCalls(environment).files.fdinfo(fd);
      return typeof lines === 'number' ? lines : lines.length;
    },
  },
  {
    // Reserves every number that is left, so that nothing more can be opened.
    name: 'sys.fillTable',
    parameters: [],
    *run(environment) {
      const { table } = userCalls(environment);
      for (;;) if ((yield* table.getUnused(false)) === -EMFILE) return null;
    },
  },
  {
    // The number that the next descriptor gets.
    name: 'sys.nextNumber',
    parameters: [],
    *run(environment) {
      const { table } = userCalls(environment);
      const fd = yield* table.getUnused(false);
      if (fd >= 0) yield* table.putUnused(fd);
      return fd;
    },
  },
  {
    name: 'sys.setName',
    parameters: ['name'],
    *run(environment, args) {
      environment.stack.world.current.comm = args.text('name').slice(0, COMM_MAX);
      return null;
    },
  },
]);
