import { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import { attachmentOf, directionOf } from '../buffers.ts';
import { defineOperations } from '../operation.ts';

/** What an importer does with the table that a map has given it. */
defineOperations([
  {
    // Unmaps what a map may have given: nothing where it failed.
    name: 'attach.giveBack',
    parameters: ['attachment', 'table', 'direction'],
    *run(environment, args) {
      const table = environment.value(args.text('table'));
      if (!(table instanceof SgTable)) return null;
      const { bufferAttachments } = environment.stack;
      const attachment = attachmentOf(environment, args);
      yield* bufferAttachments.unmapUnlocked(attachment, table, directionOf(args));
      return null;
    },
  },
  {
    // The lengths of the segments, in order. Unit: pages.
    name: 'attach.segments',
    parameters: ['table'],
    *run(environment, args) {
      const { segments } = environment.find(args.text('table'), SgTable);
      return segments.map(({ length }) => length / PAGE_SIZE).join(' ');
    },
  },
  {
    // Every segment begins at a multiple of so many bytes, as the device sees it.
    name: 'attach.isAligned',
    parameters: ['table', 'bytes'],
    *run(environment, args) {
      const { segments } = environment.find(args.text('table'), SgTable);
      return segments.every(({ dmaAddress }) => dmaAddress % args.number('bytes') === 0);
    },
  },
]);
