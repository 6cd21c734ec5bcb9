import { looksAt } from '../looks-at.ts';
import { defineOperations } from '../operation.ts';
import { LOOK } from './inspect.ts';
import { descriptorArgument } from '../user-space.ts';

/** One line of the listing for each buffer, without the head: `;` stands between lines. */
function linesOf(text: string): string {
  const lines = text.split('\n').slice(3);
  return lines
    .map((line) => line.replaceAll('\t', ' ').trim())
    .filter((line) => line !== '')
    .join('; ');
}

/** What people and programs see of buffers besides their contents. */
defineOperations([
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
]);
