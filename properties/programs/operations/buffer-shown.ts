import {
  DMA_BUF_IOCTL_SYNC,
  DMA_BUF_SET_NAME_A,
  DMA_BUF_SET_NAME_B,
} from '../../../impl/dma-buf/dma-buf-ioctls.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { type Arguments, defineOperations, type Result } from '../operation.ts';
import { LOOK } from './inspect.ts';
import { descriptorArgument, structureIn, userCalls } from '../user-space.ts';

/** `none` is a name of its own in programs: a word cannot be empty. */
function nameIn(args: Arguments): string {
  if (args.has('length')) return 'x'.repeat(args.number('length'));
  return args.has('name') ? args.text('name') : '';
}

/** One line of the listing for each buffer, without the head: `;` stands between lines. */
function linesOf(text: string): string {
  const lines = text.split('\n').slice(3);
  return lines
    .map((line) => line.replaceAll('\t', ' ').trim())
    .filter((line) => line !== '')
    .join('; ');
}

function* setName(environment: Environment, args: Arguments): KernelTask<Result> {
  const argument = structureIn(args.text('memory', 'ok'), { name: nameIn(args) });
  const command = args.boolean('wide', false) ? DMA_BUF_SET_NAME_B : DMA_BUF_SET_NAME_A;
  const fd = descriptorArgument(environment, args);
  return yield* userCalls(environment).files.ioctl(fd, command, argument);
}

/** What people and programs see of buffers besides their contents. */
defineOperations([
  {
    // Without a name: the empty one. `length`: a name of so many letters.
    name: 'buf.setName',
    parameters: ['fd', 'name', 'length', 'memory', 'wide'],
    run: setName,
  },
  {
    name: 'buf.sync',
    parameters: ['fd', 'flags', 'memory'],
    *run(environment, args) {
      const argument = structureIn(args.text('memory', 'ok'), { flags: args.number('flags') });
      const fd = descriptorArgument(environment, args);
      return yield* userCalls(environment).files.ioctl(fd, DMA_BUF_IOCTL_SYNC, argument);
    },
  },
  {
    // `size 4096 count 1 exp_name mock`, or a negative error.
    name: 'buf.fdinfo',
    parameters: ['fd'],
    *run(environment, args) {
      const fd = descriptorArgument(environment, args);
      const lines = yield* userCalls(environment).files.fdinfo(fd);
      if (typeof lines === 'number') return lines;
      return lines.map(([name, value]) => `${name} ${value}`).join(' ');
    },
  },
  {
    name: 'buf.link',
    parameters: ['fd'],
    *run(environment, args) {
      return yield* environment.stack.bufferListing.link(descriptorArgument(environment, args));
    },
  },
  {
    name: 'buf.listing',
    parameters: [],
    *run(environment) {
      const text = yield* environment.stack.bufferListing.show();
      return typeof text === 'number' ? text : linesOf(text);
    },
  },
  {
    // `1 mock 4096`, one for each buffer.
    name: 'buf.statistics',
    parameters: [],
    *run(environment) {
      yield LOOK;
      const { statistics } = environment.stack.buffers;
      looksAt(statistics);
      const entries = statistics.list();
      const lines = entries.map(({ inode, exporterName, size }) =>
        [inode, exporterName, size].join(' '),
      );
      return lines.join('; ');
    },
  },
  {
    name: 'buf.stat',
    parameters: ['fd'],
    *run(environment, args) {
      const { readWrite } = userCalls(environment);
      return yield* readWrite.fstatSize(descriptorArgument(environment, args));
    },
  },
]);
